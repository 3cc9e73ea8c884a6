"""When a delegate is not there: told slot by slot, seen by its organisation and the organisers."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.models import Availability, MeetingSeat, TimetableVersion
from punte.apps.meetings.permissions import NotAllowedError, may_organise, stewards_of


def away_slots(delegate_id: UUID) -> frozenset[UUID]:
    """Return the slots in which a delegate said it is away."""
    row = Availability.objects.filter(delegate_id=delegate_id).first()
    return frozenset(row.away) if row else frozenset()


def meetings_while_away(delegate_id: UUID, edition_id: UUID) -> frozenset[UUID]:
    """Return the slots of the published timetable in which a delegate has a meeting and said it is away."""
    seats = MeetingSeat.objects.filter(
        version__edition_id=edition_id,
        version__state=TimetableVersion.State.PUBLISHED,
        delegate_id=delegate_id,
    )
    return away_slots(delegate_id) & frozenset(seats.values_list("slot_id", flat=True))


def set_away(*, by: Subject, delegate: Delegate, slot_ids: Iterable[UUID]) -> int:
    """
    Say in which slots a delegate is away, in the place of what was said before; return how many [count].

    Raises
    ------
    NotAllowedError
        The delegate is of another organisation, and the subject no organiser.
    NotThereError
        A slot is not one of the edition.
    """
    own = by.may_write and not by.is_denied and by.org_id == delegate.organisation_id
    if not (own or may_organise(by, delegate.edition_id)):
        raise NotAllowedError(
            _("Only a delegate, a colleague or an organiser says when the delegate is away.")
        )
    wanted = set(slot_ids)
    known = set(Slot.objects.filter(edition_id=delegate.edition_id).values_list("pk", flat=True))
    if wanted - known:
        raise NotThereError(_("A slot is gone. Load the page again and choose anew."))
    Availability.objects.update_or_create(
        delegate=delegate,
        defaults={"away": sorted(wanted)},
        create_defaults={
            "away": sorted(wanted),
            "edition_id": delegate.edition_id,
            "owner_org_id": delegate.organisation_id,
            "label_stewards": stewards_of(delegate.edition_id),
        },
    )
    record("availability.set", delegate, edition_id=delegate.edition_id, slots=len(wanted))
    return len(wanted)
