"""Rows of a plan to the roadmap engine, and plans to files and back."""

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from punte.apps.programmes.bridge.renaming import ids_between
from punte.apps.programmes.models import Milestone, PlanVersion
from punte.engines.roadmap import instance as roadmap
from punte.engines.roadmap.critical_path import CriticalPath, find_critical_path
from punte.formats.reading import place_of
from punte.formats.roadmap import PLAN_FORMAT, parse_plan, shaped
from punte.formats.roadmap_csv import parse_csv
from punte.formats.roadmap_ical import write_ical
from punte.formats.roadmap_mspdi import parse_mspdi
from punte.formats.roadmap_mspdi_writing import write_mspdi
from punte.formats.roadmap_psplib import parse_psplib
from punte.formats.roadmap_writing import plan_record
from punte.kernel.errors import InvalidInputError, Problem

Content = dict[str, Any]
WEEK: Final = roadmap.Calendar(id="week", name="Monday to Friday")
"""The calendar of a plan that has none and of one that is begun here."""
READERS: Final = {"xml": parse_mspdi, "csv": parse_csv, "sm": parse_psplib}


class UnsoundPlanError(InvalidInputError):
    """A kept plan breaks rules that came after it."""

    def __init__(self, version: PlanVersion, problems: Iterable[Problem]) -> None:
        self.version = version
        super().__init__(str(_("The kept plan")), problems)


def problems_of(version: PlanVersion) -> tuple[Problem, ...]:
    """Return why a kept plan cannot be counted with; empty where it can."""
    try:
        plan_of(version)
    except UnsoundPlanError as error:
        return error.problems
    return ()


def sha256_of(content: Content) -> str:
    """Return the sha256 of a plan's content, the same whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_content(content: Content, *, source: str) -> Content:
    """
    Return the content as the format writes it.

    Raises
    ------
    InvalidInputError
        With every fault of the plan, each naming its activities.
    """
    plan = parse_plan(json.dumps(content, ensure_ascii=False).encode(), source=source)
    return plan_record(plan)


def read_draft(text: str, *, source: str) -> Content:
    """
    Return a plan that is still being typed: right in its keys and types, not yet in its sense.

    Raises
    ------
    InvalidInputError
        It is no such plan.
    """
    return shaped(text.encode(), source=source)


def read_file(content: bytes, *, name: str, start: dt.date | None = None) -> Content:
    """
    Return the plan of a file: MSPDI (``.xml``), CSV (``.csv``), PSPLIB (``.sm``) or our own JSON.

    Parameters
    ----------
    start
        Begin of a plan that has no dates; its periods become working days, Monday to Friday.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    parse = READERS.get(name.lower().rpartition(".")[2], parse_plan)
    plan = parse(content, source=name)
    if plan.start is None and start is not None:
        plan = replace(plan, unit="day", start=start, calendar=WEEK.id, calendars=(WEEK,))
    return plan_record(plan)


@lru_cache(maxsize=64)
def _plan(sha256: str, text: str) -> roadmap.Plan:
    del sha256
    return parse_plan(text.encode(), source="The plan")


def plan_of(
    version: PlanVersion, milestones: Iterable[Milestone] = (), *, newest: PlanVersion | None = None
) -> roadmap.Plan:
    """
    Return the plan of a version with the programme's milestones as its promises.

    Parameters
    ----------
    newest
        The plan whose ids the milestones name; ``version`` itself where ``None``.

    Raises
    ------
    UnsoundPlanError
        It was kept before a rule that it breaks, so it cannot be counted with.
    """
    text = json.dumps(version.content, ensure_ascii=False, sort_keys=True)
    try:
        plan = _plan(version.sha256, text)
    except InvalidInputError as error:
        raise UnsoundPlanError(version, error.problems) from None
    ids = ids_between(version.content if newest is None else newest.content, version.content)
    promises = []
    for row in milestones:
        if row.activity in ids and plan.start is not None:
            step = (row.promised_on - plan.start).days + 1
            days = 7 if plan.unit == "week" else 1
            promises.append(
                roadmap.Milestone(
                    id=str(row.pk),
                    name=row.name,
                    activity=ids[row.activity],
                    target=max(0, step // days),
                    kind="other",
                    required_probability=None
                    if row.required_percent is None
                    else row.required_percent / 100,
                )
            )
    return replace(plan, milestones=tuple(promises))


def plan_of_content(
    content: Content, milestones: Iterable[Milestone] = (), *, newest: PlanVersion | None = None
) -> roadmap.Plan:
    """Return the plan of a content that is not kept yet."""
    version = PlanVersion(content=content, sha256=sha256_of(content))
    return plan_of(version, milestones, newest=newest)


def day_of(plan: roadmap.Plan, instant: float) -> dt.date | None:
    """Return the day on which work that ends at an instant is done."""
    return plan.finish_date_of(math.ceil(instant - 1e-9))


def finishes_of(path: CriticalPath) -> dict[str, int]:
    """Return the early finish of each activity [units]."""
    return {name: dates.early_finish for name, dates in path.dates.items()}


def write_file(plan: roadmap.Plan, ending: str) -> tuple[bytes, str]:
    """
    Return a plan as the bytes of a file and its media type.

    Parameters
    ----------
    ending
        ``xml`` (MSPDI), ``ics`` or ``json``.
    """
    path = find_critical_path(plan)
    starts = {name: dates.early_start for name, dates in path.dates.items()}
    if ending == "xml":
        return write_mspdi(plan, starts, finishes_of(path)), "application/xml"
    if ending == "ics":
        return write_ical(plan, starts, finishes_of(path)), "text/calendar; charset=utf-8"
    text = json.dumps(plan_record(plan), ensure_ascii=False, indent=1)
    return text.encode(), "application/json"


def write_kept(version: PlanVersion) -> bytes:
    """Return a kept plan as our own file, as it is: also one that cannot be counted with."""
    return json.dumps(version.content, ensure_ascii=False, indent=1).encode()


def empty_content(name: str, start: dt.date) -> Content:
    """Return a plan with one activity on the days from Monday to Friday, to begin with."""
    return {
        "format": PLAN_FORMAT,
        "name": name,
        "unit": "day",
        "start": start.isoformat(),
        "calendar": WEEK.id,
        "calendars": [{"id": WEEK.id, "name": WEEK.name, "weekdays": [1, 2, 3, 4, 5]}],
        "activities": [{"id": "A", "name": "", "duration": 20}],
    }


CODES: Final = {
    *("id", "origin", "parent", "calendar", "from", "to"),
    *("activity", "activities", "members", "demands"),
}
"""Keys of a plan under which ids stand; all others hold what people write."""


def texts_of(content: Content) -> Iterator[tuple[str, str]]:
    """Yield every text of a plan once, each with its place: whatever a person may have written into it, ids aside."""
    return _texts_of(content, codes=False)


def codes_of(content: Content) -> Iterator[tuple[str, str]]:
    """Yield every id and key of a plan once, each with its place."""
    return _texts_of(content, codes=True)


def _texts_of(content: Content, *, codes: bool) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    stack: list[tuple[tuple[int | str, ...], Any, bool]] = [((), content, False)]
    while stack:
        location, value, is_code = stack.pop()
        if isinstance(value, dict):
            for key, inner in reversed(value.items()):
                stack += [((*location, key), inner, key in CODES), ((*location, key), key, True)]
        elif isinstance(value, list):
            stack += [
                ((*location, number), value[number], is_code)
                for number in reversed(range(len(value)))
            ]
        elif isinstance(value, str) and is_code == codes and value not in seen:
            seen.add(value)
            yield place_of(location), value


def refuse(source: str, place: str, what: str, remedy: str) -> InvalidInputError:
    """Return the refusal of one cell of an edited plan."""
    return InvalidInputError(source, [Problem(place=place, what=what, remedy=remedy)])
