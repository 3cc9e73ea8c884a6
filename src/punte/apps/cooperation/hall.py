"""The hall as it stands: which slot runs, who sits where now and next, who is missing, what is closed, who comes late."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.desk import who_is_here
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.forum.models import Delegate, Edition, Place, Slot
from punte.apps.forum.queries import Face, faces, list_places
from punte.apps.forum.set_up_parts import set_closed
from punte.apps.meetings.availability import away_slots, set_away
from punte.apps.meetings.models import Meeting, TimetableVersion
from punte.apps.meetings.permissions import may_organise
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where the day stands: the slot that runs and the one that begins next, each None where there is none."""

    running: Slot | None
    coming: Slot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two at a table, and whether a desk has seen them."""

    face: Face
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """
    A place in a slot: the meetings that the reader sees there, each with its sides.

    Parameters
    ----------
    is_taken
        Whether somebody meets there, also where the reader does not see who.
    """

    is_closed: bool
    meetings: tuple[tuple[Side, ...], ...]
    is_taken: bool = False

    @property
    def is_in_trouble(self) -> bool:
        """Whether a meeting stands at a place that is closed."""
        return self.is_closed and bool(self.meetings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A place, now and next."""

    place: Place
    now: Cell
    next: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Somebody whom no desk has seen, and where they are awaited."""

    face: Face
    place: str
    slot: Slot
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """The board of the hall, in the reader's name."""

    clock: Clock
    rows: tuple[Row, ...]
    missing: tuple[Missing, ...]


def clock_of(slots: Iterable[Slot], now: dt.datetime) -> Clock:
    """Return which slot runs at a moment, and which begins next."""
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    return Clock(
        running=next((slot for slot in ordered if slot.starts_at <= now < slot.ends_at), None),
        coming=next((slot for slot in ordered if slot.starts_at > now), None),
    )


def closed_places(places: Iterable[Place], slot: Slot | None) -> list[Place]:
    """Return which of the places, with their closures, hold nothing in a slot."""
    if slot is None:
        return []
    return [one for one in places if any(c.slot_id == slot.pk for c in one.closures.all())]


def read_hall(edition: Edition, now: dt.datetime) -> Hall:
    """Return the board of an edition's hall at a moment: the meetings of the published timetable that the subject sees."""
    clock = clock_of(Slot.objects.filter(edition=edition), now)
    places = list_places(edition.pk)
    known = faces(edition.pk)
    wanted = [slot for slot in (clock.running, clock.coming) if slot is not None]
    meetings = list(
        Meeting.objects.filter(
            version__edition=edition,
            version__state=TimetableVersion.State.PUBLISHED,
            slot__in=wanted,
        )
        .select_related("request")
        .order_by("seat_idx", "pk")
    )
    sides = {key for one in meetings for key in (one.request.sender_id, one.request.receiver_id)}
    presence = who_is_here(edition, Delegate.objects.filter(pk__in=sides))
    here = {key for key, found in presence.items() if found.is_here}
    table = _table(meetings, known, here)
    taken = _taken(edition, wanted)
    rows = tuple(
        Row(
            place=place,
            now=_cell(place, clock.running, table, taken),
            next=_cell(place, clock.coming, table, taken),
        )
        for place in places
    )
    return Hall(clock=clock, rows=rows, missing=tuple(_missing(clock, rows)))


Table = Mapping[tuple[UUID, UUID], list[tuple[Side, ...]]]


def _table(meetings: Iterable[Meeting], known: Mapping[UUID, Face], here: set[UUID]) -> Table:
    found: dict[tuple[UUID, UUID], list[tuple[Side, ...]]] = {}
    for one in meetings:
        keys = (one.request.sender_id, one.request.receiver_id)
        sides = tuple(Side(face=known[key], is_here=key in here) for key in keys if key in known)
        found.setdefault((one.place_id, one.slot_id), []).append(sides)
    return found


def _taken(edition: Edition, slots: Iterable[Slot]) -> set[tuple[UUID, UUID]]:
    """Return at which places somebody meets in the slots; the hall sees that they do, though not everybody sees who."""
    with acting_as_system("see which tables are taken"):
        meetings = Meeting.objects.filter(
            version__edition=edition,
            version__state=TimetableVersion.State.PUBLISHED,
            slot__in=list(slots),
        )
        return set(meetings.values_list("place_id", "slot_id"))


def _cell(
    place: Place, slot: Slot | None, table: Table, taken: Collection[tuple[UUID, UUID]]
) -> Cell:
    if slot is None:
        return Cell(is_closed=False, meetings=())
    return Cell(
        is_taken=(place.pk, slot.pk) in taken,
        is_closed=any(closure.slot_id == slot.pk for closure in place.closures.all()),
        meetings=tuple(table.get((place.pk, slot.pk), ())),
    )


def _missing(clock: Clock, rows: Iterable[Row]) -> Iterable[Missing]:
    """Return who is missing, those awaited now first, each once."""
    told: set[UUID] = set()
    rows = list(rows)
    for slot, is_now in ((clock.running, True), (clock.coming, False)):
        if slot is None:
            continue
        for row in rows:
            for meeting in (row.now if is_now else row.next).meetings:
                for side in meeting:
                    if not side.is_here and side.face.delegate_id not in told:
                        told.add(side.face.delegate_id)
                        yield Missing(
                            face=side.face, place=row.place.name, slot=slot, is_now=is_now
                        )


def expect_late(*, by: Subject, delegate: Delegate, until: Slot, now: dt.datetime) -> int:
    """
    Note that a delegate comes no earlier than a slot; return how many of its meetings lie before it [count].

    Slots that run already are left as they are. A repair of the timetable then moves the meetings.

    Raises
    ------
    NotPartOfItError
        The subject is no organiser.
    """
    _require_organiser(by, delegate.edition_id)
    before = list(
        Slot.objects.filter(
            edition_id=delegate.edition_id, starts_at__gt=now, starts_at__lt=until.starts_at
        )
    )
    set_away(
        by=by,
        delegate=delegate,
        slot_ids={*away_slots(delegate.pk), *(slot.pk for slot in before)},
    )
    record("delegate.late", delegate, edition_id=delegate.edition_id, until=until.code)
    published = Meeting.objects.filter(
        version__edition_id=delegate.edition_id,
        version__state=TimetableVersion.State.PUBLISHED,
        slot__in=before,
    )
    return published.filter(seats__delegate=delegate).count()


def close_place(
    *, by: Subject, edition: Edition, place: Place, is_closed: bool, now: dt.datetime
) -> None:
    """
    Close a place for the rest of the edition, or open it again; what was before stays.

    Raises
    ------
    NotPartOfItError
        The subject is no organiser.
    PunteError
        Every slot is over, so that there is nothing to close.
    """
    _require_organiser(by, edition.pk)
    ahead = set(Slot.objects.filter(edition=edition, ends_at__gt=now).values_list("pk", flat=True))
    if not ahead:
        raise PunteError(_("Every slot of the edition is over: there is nothing left to change."))
    closed = set(place.closures.values_list("slot_id", flat=True))
    set_closed(
        by=by,
        edition=edition,
        place=place,
        slot_ids=closed | ahead if is_closed else closed - ahead,
    )


def _require_organiser(by: Subject, edition_id: UUID) -> None:
    if not may_organise(by, edition_id):
        raise NotPartOfItError(_("This changes the timetable. Ask an organiser of the edition."))
