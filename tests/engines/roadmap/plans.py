"""Small plans for the tests, in few words."""

from datetime import date
from typing import Any

from punte.engines.roadmap.instance import Activity, Calendar, Length, Link, Plan, Resource
from punte.engines.roadmap.result import Schedule

WEEK = Calendar(id="week", weekdays=(1, 2, 3, 4, 5))
MONDAY = date(2026, 1, 5)


def activity(name: str, length: float = 1, **more: Any) -> Activity:
    return Activity(id=name, duration=Length(likely=length), **more)


def link(text: str, lag: int = 0, calendar: str | None = None) -> Link:
    """``A B`` or ``A SS B``."""
    words = text.split()
    kind: Any = words[1] if len(words) == 3 else "FS"
    return Link(first=words[0], second=words[-1], type=kind, lag=lag, calendar=calendar)


def plan(lengths: dict[str, float], *links: Link | str, **more: Any) -> Plan:
    demands = more.pop("demands", {})
    return Plan(
        activities=tuple(
            activity(name, length, demands=tuple(demands.get(name, {}).items()))
            for name, length in lengths.items()
        ),
        links=tuple(link(found) if isinstance(found, str) else found for found in links),
        **more,
    )


def working_week(lengths: dict[str, float], *links: Link | str, **more: Any) -> Plan:
    return plan(
        lengths,
        *links,
        **{"unit": "day", "start": MONDAY, "calendars": (WEEK,), "calendar": "week", **more},
    )


def resource(name: str, capacity: int, *changes: tuple[int, int]) -> Resource:
    return Resource(id=name, capacity=capacity, changes=changes)


def schedule(starts: dict[str, int], makespan: int, bound: int | None = None) -> Schedule:
    return Schedule(
        instance_sha256="",
        status="feasible",
        seed=0,
        runtime_s=0.0,
        engine="hand",
        makespan=makespan,
        bound=bound,
        starts=starts,
    )
