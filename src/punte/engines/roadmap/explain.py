"""Why is this activity (not) critical: the chain that holds it, and what would have to change."""

from punte.engines.roadmap.critical_path import CriticalPath, Dates, find_critical_path
from punte.engines.roadmap.instance import Plan
from punte.kernel.errors import PunteError


def explain(plan: Plan, activity_id: str | None = None) -> list[str]:
    """
    Return one sentence or more for an activity, or one line for each when none is named.

    Raises
    ------
    PunteError
        If the plan has no such activity.
    """
    path = find_critical_path(plan)
    if activity_id is None:
        return [explain_briefly(path, activity.id) for activity in plan.activities]
    if activity_id not in path.network.number:
        raise PunteError(f"{activity_id!r} is no activity of this plan. Its ids stand in the file.")
    return [explain_briefly(path, activity_id), *_explain_fully(path, activity_id)]


def explain_briefly(path: CriticalPath, activity_id: str) -> str:
    """Return whether an activity is critical and by how much."""
    found, plan = path.dates[activity_id], path.network.plan
    done = plan.activities[path.network.number[activity_id]].progress
    when = f"{_day(plan, found.early_start, finish=False)} to {_day(plan, found.early_finish, finish=True)}"
    if done is not None and done.actual_finish is not None:
        return f"{activity_id} is done ({when})."
    if found.total_float < 0:
        return f"{activity_id} is late: a date is missed by {-found.total_float} {plan.unit}s ({when})."
    if found.is_critical:
        return f"{activity_id} is critical: a slip of one {plan.unit} moves the end ({when})."
    return (
        f"{activity_id} is not critical: it can slip {found.total_float} {plan.unit}s before the end or a date gives way, "
        f"{found.free_float} before anything moves ({when})."
    )


def trace_drivers(path: CriticalPath, activity_id: str) -> list[str]:
    """Return the chain of activities that sets the early start of one, first to last."""
    chain = [path.network.number[activity_id]]
    while (link := _dates(path, chain[-1]).driver) is not None:
        chain.append(path.network.ends[link][0])
    return [path.network.activities[idx].id for idx in reversed(chain)]


def trace_limiters(path: CriticalPath, activity_id: str) -> list[str]:
    """Return the chain of activities that sets the late start of one, from it to the end."""
    chain = [path.network.number[activity_id]]
    while (link := _dates(path, chain[-1]).limiter) is not None:
        chain.append(path.network.ends[link][1])
    return [path.network.activities[idx].id for idx in chain]


def _dates(path: CriticalPath, idx: int) -> Dates:
    return path.dates[path.network.activities[idx].id]


def _day(plan: Plan, instant: int, *, finish: bool) -> str:
    found = plan.finish_date_of(instant) if finish else plan.date_of(instant)
    return str(instant) if found is None else str(found)


def _explain_fully(path: CriticalPath, activity_id: str) -> list[str]:
    network, plan = path.network, path.network.plan
    found = path.dates[activity_id]
    activity = plan.activities[network.number[activity_id]]
    lines = []
    drivers = trace_drivers(path, activity_id)
    if len(drivers) > 1:
        lines.append(f"Its start is set by {_chain(drivers)}.")
    elif activity.constraint is not None and found.early_start > 0:
        lines.append(f"Its start is set by its own date, {activity.constraint.type}.")
    else:
        lines.append("Nothing before it holds it: it can start when the plan does.")
    limiters = trace_limiters(path, activity_id)
    last = path.dates[limiters[-1]]
    held = plan.activities[network.number[limiters[-1]]].constraint
    goal = (
        f"the date of {limiters[-1]}, {held.type}"
        if held is not None and held.type not in ("SNET", "FNET") and last.late_finish < path.length
        else f"the end of the plan on {_day(plan, path.length, finish=True)}"
    )
    if len(limiters) > 1:
        lines.append(f"What follows it up to {goal} is {_chain(limiters)}.")
    else:
        lines.append(f"Nothing waits for it before {goal}.")
    if found.total_float > 0:
        lines.append(
            f"It would become critical {found.total_float} {plan.unit}s later, or if {limiters[0]} took so much longer."
        )
    return lines


def _chain(names: list[str]) -> str:
    shown = names if len(names) <= 12 else [*names[:6], "...", *names[-6:]]
    return " -> ".join(shown)
