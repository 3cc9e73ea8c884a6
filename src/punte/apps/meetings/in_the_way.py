"""Published meetings that cannot take place as things stand: what came over them since, in the active subject's name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.forum.models import Delegate, Edition, Session, SessionPart, Slot
from punte.apps.forum.rooms import closed_cells
from punte.apps.meetings.models import Availability, Meeting, TimetableVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheWay:
    """A published meeting, and in words why it cannot take place; the reasons are not empty."""

    meeting: Meeting
    reasons: tuple[str, ...]


def meetings_in_the_way(edition: Edition, slots: Iterable[Slot]) -> list[InTheWay]:
    """Return the published meetings in some slots that something stands in the way of, in time order."""
    wanted = list(slots)
    meetings = list(
        Meeting.objects.filter(
            version__edition=edition,
            version__state=TimetableVersion.State.PUBLISHED,
            slot__in=wanted,
        )
        .select_related("slot", "place", "request__sender", "request__receiver")
        .order_by("slot__starts_at", "place__position", "seat_idx", "pk")
    )
    known = _Known(edition, wanted, meetings)
    found = [InTheWay(meeting=one, reasons=tuple(known.reasons(one))) for one in meetings]
    return [one for one in found if one.reasons]


class _Known:
    """What keeps people and places from meetings, read once for all of them."""

    def __init__(self, edition: Edition, slots: list[Slot], meetings: list[Meeting]) -> None:
        sides = {pk for one in meetings for pk in one.request.parties}
        self.people = {one.pk: one for one in Delegate.objects.filter(pk__in=sides)}
        self.closed = closed_cells(edition.pk, slots)
        self.away: dict[UUID, frozenset[UUID]] = {
            row.delegate_id: frozenset(row.away)
            for row in Availability.objects.filter(delegate__in=sides)
        }
        self.blocking = list(Session.objects.filter(edition=edition, blocks_everyone=True))
        self.parts: dict[UUID, list[Session]] = {}
        for part in SessionPart.objects.filter(delegate__in=sides).select_related("session"):
            self.parts.setdefault(part.delegate_id, []).append(part.session)

    def reasons(self, meeting: Meeting) -> Iterator[str]:
        slot = meeting.slot
        for session in _during(slot, self.blocking):
            yield _("Nobody meets then: “%(title)s”.") % {"title": session.title}
        if (meeting.place_id, slot.pk) in self.closed:
            yield _("%(place)s is closed then.") % {"place": meeting.place.name}
        for key in meeting.request.parties:
            if key in self.people:
                yield from self._of(self.people[key], slot)

    def _of(self, one: Delegate, slot: Slot) -> Iterator[str]:
        if one.left_at is not None:
            yield _("No longer comes: %(name)s.") % {"name": one.badge_name}
            return
        if slot.pk in self.away.get(one.pk, ()):
            yield _("Away then: %(name)s.") % {"name": one.badge_name}
        for session in _during(slot, self.parts.get(one.pk, ())):
            yield (
                _("%(name)s takes part in “%(title)s” then.")
                % {"name": one.badge_name, "title": session.title}
            )


def _during(slot: Slot, sessions: Iterable[Session]) -> Iterator[Session]:
    return (
        one for one in sessions if one.starts_at < slot.ends_at and slot.starts_at < one.ends_at
    )
