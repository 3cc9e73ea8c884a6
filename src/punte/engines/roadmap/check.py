"""Is a schedule right? Every rule recomputed by walking the days; nothing of the solver is used."""

from dataclasses import dataclass
from typing import Final

from punte.engines.roadmap.instance import Activity, Calendar, Link, Plan
from punte.engines.roadmap.result import Schedule

HARD: Final = {"SNET": (0, 1), "SNLT": (0, -1), "FNET": (1, 1), "FNLT": (1, -1)}
"""Constraint to (start or finish, at least or at most)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule: a code for programs, a sentence for people, and the activities concerned."""

    code: str
    text: str
    activities: tuple[str, ...] = ()


def walk(plan: Plan, calendar: Calendar | None, begin: int, work: int) -> int:
    """
    Return the instant at which ``work`` working days after instant ``begin`` have passed.

    Parameters
    ----------
    begin
        Instant [units]; a day off is skipped, not worked.
    work
        Working days [units]; negative walks back to the beginning of the day that is so many before.
    """
    step = begin
    last = plan.last_instant
    while work > 0 and step < last:
        work -= plan.is_working(calendar, step)
        step += 1
    while work < 0:
        step -= 1
        work += plan.is_working(calendar, step)
    return step


def find_finish(plan: Plan, activity: Activity, start: int) -> int:
    """
    Return when an activity that starts at ``start`` finishes.

    A finished one finished when it did; a running one ends when what is left of it has been worked from the status date on.
    """
    calendar = plan.calendar_of(activity.calendar)
    work = activity.duration.planned
    done = activity.progress
    if done is None:
        return walk(plan, calendar, start, work)
    if done.actual_finish is not None:
        return done.actual_finish
    return walk(plan, calendar, max(start, plan.status_at or 0), activity.work_left)


def find_violations(plan: Plan, schedule: Schedule, *, plan_sha256: str = "") -> list[Violation]:
    """
    Return every broken rule of ``schedule``; empty when it is right, or rightly says that there is none.

    Parameters
    ----------
    plan_sha256
        Of the plan's file, to be compared with the one that the schedule names; no comparison where either is empty.
    """
    if plan_sha256 and schedule.instance_sha256 not in ("", plan_sha256):
        text = (
            f"The schedule was made for another file, sha256 {schedule.instance_sha256[:12]}...; "
            f"this one has {plan_sha256[:12]}... Schedule this plan again, or give the file it was made for."
        )
        return [Violation(code="instance", text=text)]
    if schedule.status in ("infeasible", "unknown"):
        if schedule.starts or schedule.makespan is not None:
            text = f"The status is {schedule.status}, and yet starts or a makespan are given."
            return [Violation(code="status", text=text)]
        return []
    found = _find_id_faults(plan, schedule.starts)
    if found:
        return found
    starts = schedule.starts
    found = [
        Violation(
            code="beyond", text=f"{name} starts at {start}, beyond all dates.", activities=(name,)
        )
        for name, start in starts.items()
        if not 0 <= start < plan.last_instant
    ]
    if found:
        return found
    finishes = {a.id: find_finish(plan, a, starts[a.id]) for a in plan.activities}
    for name, finish in finishes.items():
        if finish >= plan.last_instant:
            text = f"{name} starts at {starts[name]}, and its calendar never lets it end."
            found.append(Violation(code="beyond", text=text, activities=(name,)))
    for activity in plan.activities:
        found += _check_activity(plan, activity, starts[activity.id], finishes[activity.id])
    for link in plan.links:
        found += _check_link(plan, link, starts, finishes)
    found += _check_resources(plan, starts, finishes)
    found += _check_cash(plan, starts, finishes)
    return found + _check_claims(schedule, max(finishes.values()))


def _find_id_faults(plan: Plan, starts: dict[str, int]) -> list[Violation]:
    known = {activity.id for activity in plan.activities}
    missing = sorted(known - starts.keys())
    strange = sorted(starts.keys() - known)
    found = []
    if missing:
        text = f"No start is given for {', '.join(missing[:20])} ({len(missing)} in all)."
        found.append(Violation(code="missing", text=text, activities=tuple(missing)))
    if strange:
        text = f"{', '.join(strange[:20])}: no activity of the plan ({len(strange)} in all)."
        found.append(Violation(code="unknown", text=text, activities=tuple(strange)))
    return found


def _check_activity(plan: Plan, activity: Activity, start: int, finish: int) -> list[Violation]:
    name, found = activity.id, []
    if activity.progress is not None:
        if start != activity.progress.actual_start:
            text = f"{name} began at {activity.progress.actual_start}; the schedule says {start}."
            found.append(Violation(code="history", text=text, activities=(name,)))
        return found
    if start < (plan.status_at or 0):
        text = f"{name} starts at {start}, before {plan.status_at or 0}."
        found.append(Violation(code="too_early", text=text, activities=(name,)))
    calendar = plan.calendar_of(activity.calendar)
    if activity.duration.planned > 0 and not plan.is_working(calendar, start):
        text = f"{name} starts at {start}, a day off in its calendar."
        found.append(Violation(code="calendar", text=text, activities=(name,)))
    if activity.constraint is not None:
        kind, at = activity.constraint.type, activity.constraint.at
        instants = (start, finish)
        if kind in HARD:
            which, sign = HARD[kind]
            kept = sign * (instants[which] - at) >= 0
        else:
            kept = instants[kind == "MFO"] == at
        if not kept:
            text = f"{name} runs from {start} to {finish} and breaks {kind} {at}."
            found.append(Violation(code="constraint", text=text, activities=(name,)))
    return found


def _check_link(
    plan: Plan, link: Link, starts: dict[str, int], finishes: dict[str, int]
) -> list[Violation]:
    second = next(a for a in plan.activities if a.id == link.second)
    if second.progress is not None:
        return []  # history stands, in whatever order it happened
    begin = (finishes if link.type[0] == "F" else starts)[link.first]
    end = (finishes if link.type[1] == "F" else starts)[link.second]
    earliest = walk(plan, plan.calendar_of(link.calendar), begin, link.lag)
    if end >= earliest:
        return []
    what = "finishes" if link.type[1] == "F" else "starts"
    text = f"{link.second} {what} at {end}; {link.type} {link.lag:+d} after {link.first} allows {earliest} at the earliest."
    return [Violation(code="link", text=text, activities=(link.first, link.second))]


def _check_resources(
    plan: Plan, starts: dict[str, int], finishes: dict[str, int]
) -> list[Violation]:
    found = []
    for resource in plan.resources:
        users = [
            (starts[a.id], finishes[a.id], amount, a.id)
            for a in plan.activities
            for name, amount in a.demands
            if name == resource.id and amount > 0 and finishes[a.id] > starts[a.id]
        ]
        instants = {begin for begin, _, _, _ in users} | {when for when, _ in resource.changes}
        for instant in sorted(instants):
            if instant < (plan.status_at or 0):
                continue
            there = resource.capacity
            for when, capacity in resource.changes:
                there = capacity if when <= instant else there
            held = [user for user in users if user[0] <= instant < user[1]]
            used = sum(amount for _, _, amount, _ in held)
            if used > there:
                names = tuple(name for _, _, _, name in held)
                text = f"At {instant} {', '.join(names)} hold {used} of {resource.id}, which has {there}."
                found.append(Violation(code="resource", text=text, activities=names))
    return found


def _check_cash(plan: Plan, starts: dict[str, int], finishes: dict[str, int]) -> list[Violation]:
    if plan.cash is None:
        return []
    flows: dict[int, int] = {}
    for inflow in plan.cash.inflows:
        flows[inflow.at] = flows.get(inflow.at, 0) + inflow.amount
    for activity in plan.activities:
        paid = (finishes if activity.cost_at_finish else starts)[activity.id]
        flows[paid] = flows.get(paid, 0) - activity.cost
        received = finishes[activity.id]
        flows[received] = flows.get(received, 0) + activity.income
    level, found = plan.cash.opening, []
    for instant in sorted(flows):
        level += flows[instant]
        if level < 0 and instant >= (plan.status_at or 0):
            payers = tuple(
                a.id
                for a in plan.activities
                if a.cost and (finishes if a.cost_at_finish else starts)[a.id] == instant
            )
            text = f"At {instant} the cash is {level:,} {plan.cash.unit}".rstrip()
            text += f" when {', '.join(payers) or 'nobody'} is paid."
            found.append(Violation(code="cash", text=text, activities=payers))
    return found


def _check_claims(schedule: Schedule, last: int) -> list[Violation]:
    found = []
    if schedule.makespan != last:
        text = f"The makespan is given as {schedule.makespan}; the last activity ends at {last}."
        found.append(Violation(code="makespan", text=text))
    if schedule.bound is not None and schedule.bound > last:
        text = f"The bound {schedule.bound} is above the makespan {last} of this very schedule."
        found.append(Violation(code="bound", text=text))
    if schedule.status == "optimal" and schedule.bound != schedule.makespan:
        text = f"It is called optimal, and the bound is {schedule.bound}, not {schedule.makespan}."
        found.append(Violation(code="bound", text=text))
    return found
