"""What the two sides say of a meeting: right after it, and again six months later."""

import datetime as dt
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting, acting_as_system, right_groups
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.follow_up import Side, require_begun, side_of
from punte.apps.cooperation.marks import outcome_of
from punte.apps.cooperation.models import Feedback
from punte.apps.cooperation.permissions import NotPartOfItError, may_write
from punte.apps.forum.models import Edition
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import PunteError

SECOND_KIND: Final = "feedback.second"
MONTHS: Final = 6
ASKED_FOR: Final = dt.timedelta(days=31)
"""So long after its day an edition is still asked about: a site that stood still asks late, not years later."""


def second_day(edition: Edition) -> dt.date:
    """
    Return the day on which the sides are asked again: six months after the last day, or the last day of that month.

    >>> second_day(Edition(ends_on=dt.date(2026, 8, 31)))
    datetime.date(2027, 2, 28)
    """
    month = edition.ends_on.month - 1 + MONTHS
    first = dt.date(edition.ends_on.year + month // 12, month % 12 + 1, 1)
    after = (first + dt.timedelta(days=31)).replace(day=1)
    return min(first + dt.timedelta(days=edition.ends_on.day - 1), after - dt.timedelta(days=1))


def wave_on(edition: Edition, day: dt.date) -> int:
    """Return which time of asking a day belongs to."""
    return Feedback.Wave.SECOND if day >= second_day(edition) else Feedback.Wave.FIRST


def give_feedback(
    *, by: Subject, request: MeetingRequest, outcome: str, worth: int, text: str = ""
) -> Feedback:
    """
    Say for one's own organisation what came of a meeting; said again in the same wave it replaces what was said.

    Raises
    ------
    NotPartOfItError
        The subject is on neither side.
    PunteError
        The meeting was not agreed to or is said not to have taken place, there is no such outcome, the worth is not 1 to
        5, or the text carries a marking.
    """
    if side_of(by, request) not in {Side.SENDER, Side.RECEIVER} or not may_write(by):
        raise NotPartOfItError(_("Only the two who met say what came of it."))
    if request.state != MeetingRequest.State.ACCEPTED or outcome_of(request) == "not":
        raise PunteError(_("Only of a meeting that took place can be said what came of it."))
    require_begun(request)
    if outcome not in Feedback.Outcome.values or not 1 <= worth <= 5:
        raise PunteError(_("Choose what came of it, and from 1 to 5 what it was worth."))
    refuse_classified(_("Feedback"), [(_("text"), text)])
    feedback, _new = Feedback.objects.update_or_create(
        request_id=request.pk,
        wave=wave_on(request.edition, timezone.localdate()),
        owner_org_id=by.org_id,
        defaults={
            "edition_id": request.edition_id,
            "outcome": outcome,
            "worth": worth,
            "text": whole_text(text, 2000),
            "by_id": by.person_id,
            "by_name": name_of(by),
            "at": timezone.now(),
            # The organisers count; the other side does not read it.
            "label_stewards": [],
            "label_releasable_to": right_groups("organise", "audit", edition_id=request.edition_id),
        },
    )
    record("meeting.feedback", request, wave=feedback.wave, outcome=outcome)
    return feedback


def ask_again(*, today: dt.date) -> int:
    """Ask each delegate once who met somebody at an edition of six months ago; return how many mails go [count]."""
    with acting_as_system("ask what came of the meetings"):
        due = [
            edition
            for edition in Edition.objects.filter(ends_on__lte=today)
            if second_day(edition) <= today < second_day(edition) + ASKED_FOR
        ]
        met = {edition: _persons_who_met(edition.pk) for edition in due}
    return sum(_ask(edition, persons) for edition, persons in met.items())


def _persons_who_met(edition_id: UUID) -> list[Person]:
    pairs = Meeting.objects.filter(
        version__edition_id=edition_id, version__state=TimetableVersion.State.PUBLISHED
    ).values_list("request__sender__person_id", "request__receiver__person_id")
    ids = {person for pair in pairs for person in pair}
    return list(Person.objects.filter(pk__in=ids, erased_at__isnull=True).select_related("account"))


def _ask(edition: Edition, persons: Iterable[Person]) -> int:
    asked: list[tuple[Person, dict[str, str]]] = [
        (person, {}) for person in persons if _has_meetings(edition, person)
    ]
    return queue_mails(
        kind=SECOND_KIND,
        to=asked,
        key=str(edition.pk),
        edition_id=edition.pk,
        owner_org_id=edition.owner_org_id,
        about_id=edition.pk,
    )


def _has_meetings(edition: Edition, person: Person) -> bool:
    with acting(subject_of_person(person.pk)) as subject:
        return bool(open_meetings(edition.pk, subject))


def open_meetings(edition_id: UUID, subject: Subject) -> list[MeetingRequest]:
    """Return one's own meetings of an edition of which nobody of the organisation has said what came of them."""
    if subject.person_id is None:
        return []
    said = set(
        Feedback.objects.filter(
            edition_id=edition_id, wave=Feedback.Wave.SECOND, owner_org_id=subject.org_id
        ).values_list("request_id", flat=True)
    )
    meetings = Meeting.objects.filter(
        version__edition_id=edition_id, version__state=TimetableVersion.State.PUBLISHED
    ).select_related("request__sender", "request__receiver", "slot")
    own = [
        meeting.request
        for meeting in meetings.order_by("slot__starts_at", "pk")
        if subject.person_id
        in {meeting.request.sender.person_id, meeting.request.receiver.person_id}
    ]
    return [request for request in own if request.pk not in said and outcome_of(request) != "not"]
