"""
The timetable board: places by slots of one day, laid out and drawn.

The rows are written by plain string work, since a day of the sample has over a thousand cells and a
template would take longer to walk them than everything else on the page.
"""

import html
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from punte.web.ui.templatetags.ui import clock

KIND_CLASSES = {"authority_company": "g", "companies": "b", "authorities": "s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A slot of the day, or a block of the agenda in which nobody meets (``title`` says which)."""

    code: str
    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPlace:
    """A row of the board; ``closed`` holds codes of slots."""

    code: str
    name: str
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMeeting:
    """
    One meeting in its cell.

    Parameters
    ----------
    code
        Of the request that it holds; part of its address.
    first, second
        Short names of the two organisations.
    people
        Numbers of those who take part, in the order of `Board.organisation_of`.
    kind
        A key of `KIND_CLASSES`.
    """

    code: str
    slot: str
    place: str
    first: str
    second: str
    people: tuple[int, ...]
    kind: str
    is_locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """
    A day of a version.

    Parameters
    ----------
    organisation_of
        For each person's number the number of the organisation, so that a page can light up either.
    lit
        Numbers of the people whose meetings stay lit.
    """

    columns: Sequence[Column]
    places: Sequence[BoardPlace]
    meetings: Sequence[BoardMeeting]
    organisation_of: Sequence[int] = ()
    lit: Sequence[int] = ()

    @property
    def organisation_numbers(self) -> SafeString:
        """The list as JSON, for the page's script."""
        return mark_safe(json.dumps(list(self.organisation_of), separators=(",", ":")))  # noqa: S308 - whole numbers only

    @property
    def lit_numbers(self) -> str:
        """The lit people as words of an attribute."""
        return " ".join(map(str, self.lit))


def merge_columns(slots: Iterable[Column], blocks: Iterable[Column]) -> list[Column]:
    """Return slots and the blocks between them, in the order of the day; blocks before and after leave no gap."""
    held = sorted(slots, key=lambda column: column.starts_at)
    if not held:
        return []
    between = [b for b in blocks if held[0].starts_at < b.starts_at < held[-1].starts_at]
    return sorted([*held, *between], key=lambda column: (column.starts_at, column.title == ""))


def kind_of(first: str, second: str) -> str:
    """
    Return the kind of a meeting from the kinds of its organisations.

    Examples
    --------
    >>> kind_of("authority", "company"), kind_of("company", "research"), kind_of("union", "authority")
    ('authority_company', 'companies', 'authorities')
    """
    public = {"authority", "union"}
    count = (first in public) + (second in public)
    return ("companies", "authority_company", "authorities")[count]


def only_lit(board: Board) -> Sequence[BoardPlace]:
    """Return the places at which one of the lit people has a meeting."""
    lit = set(board.lit)
    used = {meeting.place for meeting in board.meetings if lit & set(meeting.people)}
    return [place for place in board.places if place.code in used]


class _Safe(dict[str, str]):
    """Texts escaped once each: a day of the sample names three hundred organisations, two thousand times."""

    def __missing__(self, text: str) -> str:
        self[text] = safe = html.escape(text)
        return safe


def _draw_meeting(meeting: BoardMeeting, safe: _Safe, locked: str) -> str:
    kind, said = KIND_CLASSES[meeting.kind], ""
    if meeting.is_locked:
        kind, said = f"{kind} l", locked
    return (
        f'<a href="m/{safe[meeting.code]}/" class="m {kind}" data-p="{" ".join(map(str, meeting.people))}">'
        f"<b>{safe[meeting.first]}</b><i>{safe[meeting.second]}</i>{said}</a>"
    )


def _draw_row(
    place: BoardPlace, columns: Sequence[Column], held: Mapping[tuple[str, str], str], safe: _Safe
) -> str:
    cells = []
    for column in columns:
        if column.title:
            cells.append('<td class="gap">')
            continue
        drawn = held.get((place.code, column.code), "")
        if drawn:
            cells.append(f"<td>{drawn}")
        elif column.code in place.closed:
            cells.append('<td class="x">')
        else:
            cells.append(f'<td id="c-{safe[place.code]}-{safe[column.code]}">')
    return f'<tr><th scope="row">{safe[place.name]}{"".join(cells)}'


def draw_rows(board: Board, *, only: bool = False) -> SafeString:
    """
    Return the board's body. End tags that HTML lets a page omit are omitted: a third of the weight.

    Parameters
    ----------
    only
        Leave out the places at which no lit person has a meeting.
    """
    safe = _Safe()
    locked = f'<em class="sr">{escape(_("locked"))}</em>'
    held: dict[tuple[str, str], str] = defaultdict(str)
    for meeting in board.meetings:
        held[meeting.place, meeting.slot] += _draw_meeting(meeting, safe, locked)
    places = only_lit(board) if only else board.places
    rows = [_draw_row(place, board.columns, held, safe) for place in places]
    return mark_safe("\n".join(rows))  # noqa: S308 - every name was escaped above


def draw_head(columns: Sequence[Column], zone: ZoneInfo) -> SafeString:
    """Return the board's head: the time of each slot at the venue, the name of each block."""
    cells = [
        f'<th scope="col" class="gap"><span>{escape(column.title)}</span>'
        if column.title
        else f'<th scope="col">{clock(column.starts_at, zone)}'
        for column in columns
    ]
    return mark_safe("".join(cells))  # noqa: S308 - every name was escaped above
