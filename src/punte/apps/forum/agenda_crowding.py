"""What stands in the way of those who come to a session: meetings in its room, listeners elsewhere, too few seats."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.forum.agenda import REPAIR, WARNING, Booked, Conflict, Entry, Span
from punte.apps.forum.models import SessionPart

Listeners = Mapping[UUID, Mapping[UUID, str]]
"""For each session the names of those who signed up, by delegate."""
MOST_NAMES = 3


def find_crowding(entries: Iterable[Entry], booked: Booked, rooms: Booked) -> tuple[Conflict, ...]:
    """
    Return what the organisers should know before they release the sessions as drafted: none of it is an error.

    Parameters
    ----------
    booked, rooms
        When delegates sit in meetings, and when meetings are held in places.
    """
    standing = [entry for entry in entries if not entry.facts.is_cancelled]
    listeners = _listeners(standing)
    found: list[Conflict] = []
    for entry in standing:
        found += _meetings_of_all(entry, rooms)
        found += _meetings_in_room(entry, rooms)
        found += _listeners_in_meetings(entry, listeners, booked)
        found += _too_few_seats(entry, listeners)
    for first, second in combinations(standing, 2):
        if _meet(_span(first), [_span(second)]):
            found += _listeners_in_both(first, second, listeners)
    return tuple(sorted(found, key=lambda conflict: conflict.level))


def _listeners(entries: Iterable[Entry]) -> Listeners:
    found: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    parts = SessionPart.objects.filter(
        session__in=[entry.session.pk for entry in entries], part=SessionPart.Part.LISTENER
    )
    for session_id, delegate_id, name in parts.order_by("delegate__badge_name").values_list(
        "session_id", "delegate_id", "delegate__badge_name"
    ):
        found[session_id][delegate_id] = name
    return found


def _span(entry: Entry) -> Span:
    return entry.facts.starts_at, entry.facts.ends_at


def _meet(span: Span, others: Iterable[Span]) -> int:
    return sum(first < span[1] and span[0] < last for first, last in others)


def _warning(entry: Entry, text: str) -> Conflict:
    return Conflict(level=WARNING, session_id=entry.session.pk, text=text)


def _named(names: Iterable[str]) -> str:
    known = list(names)
    more = len(known) - MOST_NAMES
    first = ", ".join(known[:MOST_NAMES])
    return f"{first} +{more}" if more > 0 else first


def _meetings_of_all(entry: Entry, rooms: Booked) -> Iterator[Conflict]:
    if not entry.facts.blocks_everyone:
        return
    count = sum(_meet(_span(entry), spans) for spans in rooms.values())
    if count:
        text = ngettext(
            "%(count)d published meeting stands during “%(title)s”, in which nobody meets. Release the session, then "
            "repair the timetable.",
            "%(count)d published meetings stand during “%(title)s”, in which nobody meets. Release the session, then "
            "repair the timetable.",
            count,
        )
        yield Conflict(
            level=REPAIR,
            session_id=entry.session.pk,
            text=text % {"count": count, "title": entry.facts.title},
        )


def _meetings_in_room(entry: Entry, rooms: Booked) -> Iterator[Conflict]:
    place = entry.facts.place
    count = _meet(_span(entry), rooms.get(place.pk, ())) if place is not None else 0
    if place is not None and count:
        text = ngettext(
            "%(count)d meeting is held in %(place)s during “%(title)s”. Release the session, then repair the timetable.",
            "%(count)d meetings are held in %(place)s during “%(title)s”. Release the session, then repair the timetable.",
            count,
        )
        yield _warning(
            entry, text % {"count": count, "place": place.name, "title": entry.facts.title}
        )


def _listeners_in_meetings(
    entry: Entry, listeners: Listeners, booked: Booked
) -> Iterator[Conflict]:
    busy = [
        name
        for delegate_id, name in listeners.get(entry.session.pk, {}).items()
        if _meet(_span(entry), booked.get(delegate_id, ()))
    ]
    if busy:
        text = ngettext(
            "%(count)d who signed up for “%(title)s” has a meeting then: %(names)s. Choose another time, or repair the "
            "timetable after the release.",
            "%(count)d who signed up for “%(title)s” have a meeting then: %(names)s. Choose another time, or repair the "
            "timetable after the release.",
            len(busy),
        )
        yield _warning(
            entry, text % {"count": len(busy), "title": entry.facts.title, "names": _named(busy)}
        )


def _too_few_seats(entry: Entry, listeners: Listeners) -> Iterator[Conflict]:
    seats, signed_up = entry.facts.capacity, len(listeners.get(entry.session.pk, {}))
    if seats is not None and signed_up > seats:
        has = ngettext("“%(title)s” has %(seats)d seat", "“%(title)s” has %(seats)d seats", seats)
        people = ngettext("%(count)d person signed up", "%(count)d people signed up", signed_up)
        yield _warning(
            entry,
            _(
                "%(has)s, and %(people)s. Nobody is sent away: give more seats, or ask some to leave."
            )
            % {
                "has": has % {"title": entry.facts.title, "seats": seats},
                "people": people % {"count": signed_up},
            },
        )


def _listeners_in_both(first: Entry, second: Entry, listeners: Listeners) -> Iterator[Conflict]:
    one, other = (listeners.get(entry.session.pk, {}) for entry in (first, second))
    both = [name for delegate_id, name in one.items() if delegate_id in other]
    if both:
        text = ngettext(
            "%(count)d signed up for “%(first)s” and for “%(second)s”, which are at the same time: %(names)s. Move one "
            "of the sessions.",
            "%(count)d signed up for “%(first)s” and for “%(second)s”, which are at the same time: %(names)s. Move one "
            "of the sessions.",
            len(both),
        )
        yield _warning(
            second,
            text
            % {
                "count": len(both),
                "first": first.facts.title,
                "second": second.facts.title,
                "names": _named(both),
            },
        )
