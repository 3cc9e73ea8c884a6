"""What the two of the worked example agreed on, and how their cooperation went on. Invented."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone

from punte.apps.access.permissions import right_groups
from punte.apps.cooperation.models import (
    Commitment,
    CommitmentEvent,
    Cooperation,
    Feedback,
    MeetingMark,
    MeetingTask,
    StageChange,
    Task,
)
from punte.apps.forum.models import Edition
from punte.apps.meetings.models import MeetingRequest

STAGES: Final = (
    ("contact", 1, "Begun after a meeting."),
    ("explore", 75, "Visit to the test site."),
    ("nda", 117, "Signed by both."),
    ("consort", 187, "A third partner brings the cameras."),
    ("apply", 300, "Application handed in."),
)
"""Each stage, how many days after the edition it was reached [d], and why."""
JOINS_AFTER: Final = 187
"""When the third partner joins: as the consortium is made, so many days after the edition [d]."""
TESTED_AFTER: Final = 290
"""When the first mast stood for tests, so many days after the edition [d]."""


def days_after(edition: Edition, days: int) -> dt.datetime:
    """Return ten in the morning, so many days after the edition."""
    day = edition.ends_on + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(10), edition.zone)


def write_history(edition: Edition, request: MeetingRequest, made: Cooperation) -> None:
    """Enter the stages, that both say the meeting was held, what they agreed on and promised, and what came of it."""
    for stage, days, reason in STAGES:
        StageChange.objects.create(
            cooperation=made, stage=stage, reason=reason, at=days_after(edition, days)
        )
    for side, delegate in (("sender", request.sender), ("receiver", request.receiver)):
        MeetingMark.objects.create(
            request=request,
            side=side,
            mark="held",
            by_id=delegate.person_id,
            by_name=delegate.badge_name,
            at=days_after(edition, 0),
        )
        Feedback.objects.create(
            request_id=request.pk,
            edition_id=edition.pk,
            wave=Feedback.Wave.SECOND,
            outcome=Feedback.Outcome.WORK,
            worth=5,
            by_id=delegate.person_id,
            by_name=delegate.badge_name,
            at=days_after(edition, 183),
            owner_org_id=delegate.organisation_id,
            label_releasable_to=right_groups("organise", "audit", edition_id=edition.pk),
        )
    _agree(edition, request, made)
    _promise(edition, request, made)


def _agree(edition: Edition, request: MeetingRequest, made: Cooperation) -> None:
    """Enter the actions agreed at the table, and those of the cooperation since."""
    organisation = request.receiver.organisation
    MeetingTask.objects.create(
        request_id=request.pk,
        text="Send the data sheet of the mast, with its wind load",
        side=MeetingTask.Side.RECEIVER,
        who=organisation.name,
        due_on=edition.ends_on + dt.timedelta(days=14),
        done_at=days_after(edition, 9),
        at=days_after(edition, 0),
        owner_org_id=request.sender.organisation_id,
        label_stewards=[f"org:{organisation.pk}"],
    )
    partner = made.partners.order_by("pk").first()
    Task.objects.create(
        cooperation=made,
        text="Send the drawings of the mast",
        who=partner.organisation_name if partner else made.name,
        partner_id=partner.pk if partner else None,
        due_on=edition.ends_on + dt.timedelta(days=90),
        done_at=days_after(edition, 80),
    )
    Task.objects.create(
        cooperation=made,
        text="Agree on the date of the acceptance test",
        who="both",
        due_on=timezone.localdate() + dt.timedelta(days=5),
    )


def _promise(edition: Edition, request: MeetingRequest, made: Cooperation) -> None:
    """Enter a promise that was kept, with its evidence, and the one that the delivery is measured on."""
    label: dict[str, Any] = {
        "owner_org_id": made.owner_org_id,
        "label_stewards": made.label_stewards,
    }
    tested, delivered = (
        Commitment.objects.create(
            who=made.name,
            what=what,
            occasion=edition.name,
            promised_on=edition.ends_on,
            due_on=edition.ends_on + dt.timedelta(days=days),
            cooperation_id=made.pk,
            milestone_id=made.milestone_id,
            request_id=request.pk,
            is_synthetic=True,
            **label,
        )
        for what, days in (
            ("A first mast stands for tests (synthetic)", 300),
            ("The masts of the first ten sites are delivered (synthetic)", 540),
        )
    )
    CommitmentEvent.objects.create(
        commitment=tested,
        state=Commitment.State.KEPT,
        evidence="Protocol of the test site, number 3 (synthetic)",
        at=days_after(edition, TESTED_AFTER),
        **label,
    )
    Commitment.objects.filter(pk=tested.pk).update(state=Commitment.State.KEPT)
    CommitmentEvent.objects.create(
        commitment=delivered,
        state=Commitment.State.OPEN,
        evidence="The order waits for the first draw (synthetic)",
        at=days_after(edition, 300),
        **label,
    )
