"""A partner leaves a cooperation, or is taken out of it: what it read before it reads no longer; the history stays."""

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import (
    Commitment,
    CommitmentEvent,
    Cooperation,
    CooperationFile,
    Partner,
    StageChange,
)
from punte.apps.cooperation.permissions import NotPartOfItError, require_part
from punte.apps.cooperation.reminders import speakers
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Person
from punte.kernel.errors import PunteError

LEFT_KIND: Final = "cooperation.left"


def may_take_out(by: Subject, partner: Partner) -> bool:
    """Whether a subject ends a partner's part: its own, or any where its organisation keeps the cooperation."""
    return by.org_id in {partner.organisation_id, partner.cooperation.owner_org_id}


def end_partnership(*, by: Subject, partner: Partner, reason: str) -> None:
    """
    Leave a cooperation, or take a partner out of it; the others and the one who goes are told.

    Where the organisation that keeps the cooperation leaves, the partner who is in it longest keeps it from then on.

    Raises
    ------
    NotPartOfItError
        The subject is neither of the partner nor of the organisation that keeps the cooperation.
    PunteError
        It left already, it is the last, or the reason is missing or carries a marking.
    """
    cooperation = partner.cooperation
    require_part(by, cooperation)
    if not may_take_out(by, partner):
        raise NotPartOfItError(
            _("A partner leaves by itself, or is taken out by whoever keeps the cooperation.")
        )
    if partner.left_at is not None:
        raise PunteError(_("It left already."))
    if not reason.strip():
        raise PunteError(_("Say why; the history keeps it."))
    refuse_classified(_("Cooperation"), [(_("reason"), reason)])
    reason = whole_text(reason, 200)
    here = list(cooperation.partners.filter(left_at__isnull=True))
    rest = [one for one in here if one.organisation_id != partner.organisation_id]
    if not rest:
        raise PunteError(_("It is the last partner. Move the cooperation to “Stopped” instead."))
    today = timezone.localdate()
    record("cooperation.left", cooperation, organisation=str(partner.organisation_id))
    by_name = name_of(by)
    with acting_as_system("leave a cooperation"):
        told = speakers(here, today) - {by.person_id}
        people = list(Person.objects.filter(pk__in=told, erased_at__isnull=True))
        _end(cooperation, partner, keeper=rest[0])
        StageChange.objects.create(
            cooperation=cooperation,
            stage=cooperation.stage,
            reason=whole_text(
                f"{partner.organisation_name[:80]} \N{RIGHTWARDS ARROW} {reason}", 300
            ),
            by_id=by.person_id,
            by_name=by_name,
        )
    details = {"cooperation": cooperation.name, "who": partner.organisation_name, "reason": reason}
    queue_mails(
        kind=LEFT_KIND,
        to=[(person, details) for person in people],
        key=str(partner.pk),
        about_id=cooperation.pk,
    )


def _end(cooperation: Cooperation, partner: Partner, *, keeper: Partner) -> None:
    gone = f"org:{partner.organisation_id}"
    now = timezone.now()
    Partner.objects.filter(
        cooperation=cooperation, organisation=partner.organisation_id, left_at__isnull=True
    ).update(left_at=now)
    stewards = [group for group in cooperation.label_stewards if group != gone]
    owner = cooperation.owner_org_id
    if owner == partner.organisation_id:
        owner = keeper.organisation_id
    Cooperation.objects.filter(pk=cooperation.pk).update(
        label_stewards=stewards, owner_org_id=owner
    )
    for commitment in Commitment.objects.filter(cooperation_id=cooperation.pk):
        readers = [group for group in commitment.label_releasable_to if group != gone]
        Commitment.objects.filter(pk=commitment.pk).update(label_releasable_to=readers)
        # Its history too: whoever comes back reads what is shared anew, and the entries from then on.
        for event in commitment.events.filter(label_releasable_to__contains=[gone]):
            readers = [group for group in event.label_releasable_to if group != gone]
            CommitmentEvent.objects.filter(pk=event.pk).update(label_releasable_to=readers)
    for file in CooperationFile.objects.filter(cooperation=cooperation).defer("content"):
        readers = [group for group in file.label_releasable_to if group != gone]
        CooperationFile.objects.filter(pk=file.pk).update(label_releasable_to=readers)
