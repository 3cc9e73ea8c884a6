"""Read the forms with which an edition is set up; what is wrong is said with its field."""

import datetime as dt
from collections.abc import Iterable
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from punte.apps.forum.models import Edition, Phase
from punte.apps.forum.set_up import EditionWish
from punte.apps.forum.set_up_parts import Span
from punte.kernel.clock_changes import comes_twice, is_skipped
from punte.kernel.errors import PunteError

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
D = TypeVar("D", dt.date, dt.datetime)


def whole(data: QueryDict, name: str, label: str, default: int | None = None) -> int:
    """Return a field as a whole number; ``default`` where it is empty, or a PunteError without one."""
    text = data.get(name, "").strip()
    if not text and default is not None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise PunteError(
            _("%(label)s: “%(text)s” is no whole number. Write one such as 12.")
            % {"label": label, "text": text[:20]}
        )
    return int(text)


def _near(found: D) -> D:
    """Return a day of this century; others cannot be kept in every time zone and read back."""
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(found)
    return found


def day(text: str, label: str) -> dt.date:
    """Return a field as a day, or a PunteError that names it."""
    try:
        return _near(dt.date.fromisoformat(text.strip()))
    except ValueError as error:
        raise PunteError(
            _("%(label)s: “%(text)s” is no day. Write it such as 2027-05-15.")
            % {"label": label, "text": text[:20]}
        ) from error


def time(text: str, label: str) -> dt.time:
    """Return a field as a time of day, or a PunteError that names it."""
    try:
        return dt.time.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError as error:
        raise PunteError(
            _("%(label)s: “%(text)s” is no time. Write hours and minutes, such as 09:30.")
            % {"label": label, "text": text[:20]}
        ) from error


def wish_of(data: QueryDict) -> EditionWish:
    """Return what the form of an edition says."""
    return EditionWish(
        forum=data.get("forum", ""),
        name=data.get("name", ""),
        theme=data.get("theme", ""),
        city=data.get("city", ""),
        venue=data.get("venue", ""),
        starts_on=day(data.get("starts_on", ""), _("First day")),
        ends_on=day(data.get("ends_on", ""), _("Last day")),
        time_zone=data.get("time_zone", "").strip(),
        languages=data.get("languages", "").replace(" ", ""),
        request_quota=whole(data, "request_quota", _("Requests for each delegate"), 12),
    )


def spans_of(data: QueryDict, edition: Edition) -> dict[str, Span | None]:
    """Return when each phase runs as the form says; None for a phase that is left empty."""
    found: dict[str, Span | None] = {}
    for kind, label in Phase.Kind.choices:
        texts = [data.get(f"{kind}_{edge}", "").strip() for edge in ("starts", "ends")]
        if not any(texts):
            found[kind] = None
            continue
        start, end = (moment(text, str(label), edition.zone, is_pair=True) for text in texts)
        found[kind] = (start, end)
    return found


def moment(text: str, label: str, zone: ZoneInfo, *, is_pair: bool = False) -> dt.datetime:
    """
    Return a field as a moment by the clock of a zone, or a PunteError that names it.

    Parameters
    ----------
    is_pair
        Whether it is one of two fields that may both stay empty.
    """
    try:
        # A form has no offset: whoever sends one means another clock than the zone's.
        read = _near(
            dt.datetime.fromisoformat(text if len(text) <= len("2027-05-10T08:00:00") else "")
        )
    except ValueError as error:
        said = (
            _("%(label)s: “%(text)s” is no day and time. Give both, or leave both fields empty.")
            if is_pair
            else _("%(label)s: “%(text)s” is no day and time. Write it such as 2027-05-15 17:00.")
        )
        if not text and not is_pair:
            said = _("%(label)s is empty. Give a day and a time, such as 2027-05-15 17:00.")
        raise PunteError(said % {"label": label, "text": text[:20]}) from error
    found = read.replace(tzinfo=zone)
    if is_skipped(found):
        raise PunteError(
            _("%(label)s: the clocks skip %(text)s in that night. Give a time before or after.")
            % {"label": label, "text": text[:20]}
        )
    return found


def said_twice(moments: Iterable[dt.datetime]) -> list[str]:
    """Return what is to be said of the moments whose time of day comes twice in a night: which of the two is meant."""
    return [
        _(
            "%(time)s comes twice in that night, for the clocks go back. The first of the two is taken, %(zone)s."
        )
        % {"time": f"{moment:%Y-%m-%d %H:%M}", "zone": f"{moment:UTC%z}"}
        for moment in moments
        if comes_twice(moment)
    ]
