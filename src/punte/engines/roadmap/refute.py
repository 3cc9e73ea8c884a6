"""A schedule found by moving activities earlier proves a bound above its end false; to prove a bound needs a solver."""

from dataclasses import replace
from typing import Final

from punte.engines.roadmap.check import Violation, find_finish, find_violations
from punte.engines.roadmap.instance import Plan
from punte.engines.roadmap.result import Schedule

EFFORT: Final = 6_000
"""Activities looked at for counterexamples in one check: two hundred schedules of thirty."""

_CLAIMS: Final = frozenset({"makespan", "bound"})
"""What is said of a schedule; all other codes are rules."""


def refute_bound(plan: Plan, schedule: Schedule) -> list[Violation]:
    """
    Return the bound as a violation where moving activities earlier, each alone, ends before it; nothing is said otherwise.

    Parameters
    ----------
    schedule
        One that breaks no rule.
    """
    if schedule.bound is None or not schedule.starts:
        return []
    starts = _moved_earlier(plan, schedule)
    end = max(find_finish(plan, a, starts[a.id]) for a in plan.activities)
    if end >= schedule.bound:
        return []
    moved = tuple(name for name, start in starts.items() if start != schedule.starts[name])
    text = (
        f"The bound says that nothing ends before {schedule.bound}; with {', '.join(moved[:5])} "
        f"earlier ({len(moved)} moved in all) no rule is broken and the end is at {end}."
    )
    return [Violation(code="bound", text=text, activities=moved)]


def _moved_earlier(plan: Plan, schedule: Schedule) -> dict[str, int]:
    floor = plan.status_at or 0
    free = [a.id for a in plan.activities if a.progress is None]
    starts = dict(schedule.starts)
    left = EFFORT

    def broken(trial: dict[str, int]) -> set[str]:
        nonlocal left
        left -= len(trial)
        found = find_violations(plan, replace(schedule, starts=trial))
        return {violation.code for violation in found} - _CLAIMS

    gap = min((starts[name] for name in free), default=floor) - floor
    if gap > 0:
        together = {**starts, **{name: starts[name] - gap for name in free}}
        if not broken(together):
            starts = together
    for name in sorted(free, key=starts.__getitem__):
        step = starts[name] - 1
        while step >= floor and left > 0:
            faults = broken({**starts, name: step})
            if not faults:
                starts[name] = step
            elif faults != {"calendar"}:  # a day off is passed over
                break
            step -= 1
    return starts
