"""Why is this activity (not) critical: the chain that holds it, and what would have to change."""

from dataclasses import dataclass

from punte.engines.roadmap.critical_path import CriticalPath, Dates, find_critical_path
from punte.engines.roadmap.instance import Plan
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """
    Why an activity is or is not critical, for whoever puts it into words.

    Parameters
    ----------
    start, finish, end
        Early dates of the activity, and the end of the plan [units].
    drivers, limiters
        Ids of the chain that sets its early start, itself last, and of the one that sets its late start, itself first.
    own_date
        Type of its own constraint where that sets its start.
    held_by
        Id and type of the constraint that the second chain ends at; ``None`` where it ends at the plan's end.
    """

    activity: str
    start: int
    finish: int
    end: int
    is_done: bool
    is_running: bool
    is_critical: bool
    total_float: int
    free_float: int
    drivers: tuple[str, ...]
    limiters: tuple[str, ...]
    own_date: str | None
    held_by: tuple[str, str] | None


def find_why(path: CriticalPath, activity_id: str) -> Why:
    """Return what makes an activity critical, or by how much it is not."""
    plan, found = path.network.plan, path.dates[activity_id]
    activity = plan.activities[path.network.number[activity_id]]
    done = activity.progress
    drivers, limiters = trace_drivers(path, activity_id), trace_limiters(path, activity_id)
    alone = len(drivers) == 1 and activity.constraint is not None and found.early_start > 0
    held = plan.activities[path.network.number[limiters[-1]]].constraint
    is_held = (
        held is not None
        and held.type not in ("SNET", "FNET")
        and path.dates[limiters[-1]].late_finish < path.length
    )
    return Why(
        activity=activity_id,
        start=found.early_start,
        finish=found.early_finish,
        end=path.length,
        is_done=done is not None and done.actual_finish is not None,
        is_running=path.network.is_running(path.network.number[activity_id]),
        is_critical=found.is_critical,
        total_float=found.total_float,
        free_float=found.free_float,
        drivers=tuple(drivers),
        limiters=tuple(limiters),
        own_date=activity.constraint.type if alone and activity.constraint else None,
        held_by=(limiters[-1], held.type) if is_held and held is not None else None,
    )


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
    why, plan = find_why(path, activity_id), path.network.plan
    when = f"{_day(plan, why.start, finish=False)} to {_day(plan, why.finish, finish=True)}"
    if why.is_done:
        return f"{activity_id} is done ({when})."
    if why.total_float < 0:
        return (
            f"{activity_id} is late: a date is missed by {-why.total_float} {plan.unit}s ({when})."
        )
    if why.is_critical:
        return f"{activity_id} is critical: a slip of one {plan.unit} moves the end ({when})."
    return (
        f"{activity_id} is not critical: it can slip {why.total_float} {plan.unit}s before the end or a date gives way, "
        f"{why.free_float} before anything moves ({when})."
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
    why, plan = find_why(path, activity_id), path.network.plan
    lines = []
    if why.is_running:
        lines.append("It has begun: what is left of it counts from the status date.")
    elif len(why.drivers) > 1:
        lines.append(f"Its start is set by {_chain(why.drivers)}.")
    elif why.own_date is not None:
        lines.append(f"Its start is set by its own date, {why.own_date}.")
    else:
        lines.append("Nothing before it holds it: it can start when the plan does.")
    goal = (
        f"the date of {why.held_by[0]}, {why.held_by[1]}"
        if why.held_by is not None
        else f"the end of the plan on {_day(plan, why.end, finish=True)}"
    )
    if len(why.limiters) > 1:
        lines.append(f"What follows it up to {goal} is {_chain(why.limiters)}.")
    else:
        lines.append(f"Nothing waits for it before {goal}.")
    if why.total_float > 0:
        lines.append(
            f"It would become critical {why.total_float} {plan.unit}s later, or if {why.limiters[0]} took so much longer."
        )
    return lines


def _chain(names: tuple[str, ...]) -> str:
    shown = names if len(names) <= 12 else (*names[:6], "...", *names[-6:])
    return " -> ".join(shown)
