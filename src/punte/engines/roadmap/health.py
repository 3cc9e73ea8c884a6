"""
A health card: the fourteen DCMA checks and the ten GAO practices, each with its number, its threshold and the offenders.

References
----------
Defense Contract Management Agency, 14-point assessment (DCMA-EA PAM 200.1, 2012), thresholds as in the data below; U.S. Government
Accountability Office, Schedule Assessment Guide, GAO-16-89G (2015), the ten best practices.
"""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

from punte.engines.roadmap.baseline import Baseline
from punte.engines.roadmap.critical_path import CriticalPath, find_critical_path
from punte.engines.roadmap.instance import LATEST_STEP, Activity, Length, Plan

LONG: Final = 44
"""Working days above which float and length are called high (two months)."""

TEST_DELAY: Final = 600
"""Working days that the critical path test adds to one activity."""

State = Literal["met", "partly", "not met", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One DCMA check.

    Parameters
    ----------
    value
        What was measured; ``None`` when the plan or a missing baseline does not allow it.
    limit
        The threshold; ``at_least`` says on which side of it the good lies.
    offenders
        Activities, or links as ``A -> B``, that count against it.
    """

    number: int
    name: str
    value: float | None
    limit: float
    at_least: bool
    offenders: tuple[str, ...]
    remark: str = ""

    @property
    def is_passed(self) -> bool | None:
        """Whether the threshold is kept; ``None`` when nothing could be measured."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One GAO best practice, judged by what a file can show."""

    number: int
    name: str
    state: State
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCard:
    """All findings and practices of a plan."""

    findings: tuple[Finding, ...]
    practices: tuple[Practice, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether no DCMA check fails."""
        return all(finding.is_passed is not False for finding in self.findings)


def examine(plan: Plan, baseline: Baseline | None = None) -> HealthCard:
    """Return the health card of a sound plan; checks 11, 13 and 14 need a baseline."""
    path = find_critical_path(plan)
    open_ones = [
        a for a in plan.activities if a.progress is None or a.progress.actual_finish is None
    ]
    findings = (
        _check_logic(plan, open_ones),
        *_check_links(plan),
        *_check_activities(plan, path, open_ones),
        *_check_progress(plan, path, baseline),
    )
    ordered = tuple(sorted(findings, key=lambda finding: finding.number))
    return HealthCard(findings=ordered, practices=_judge_practices(plan, ordered, baseline))


def _share(
    number: int, name: str, found: list[str], total: int, limit: float, remark: str = ""
) -> Finding:
    return Finding(
        number=number,
        name=name,
        value=len(found) / total if total else 0.0,
        limit=limit,
        at_least=False,
        offenders=tuple(found),
        remark=remark,
    )


def _check_logic(plan: Plan, open_ones: list[Activity]) -> Finding:
    waits, leads = {link.second for link in plan.links}, {link.first for link in plan.links}
    starts = [a.id for a in plan.activities if a.id not in waits]
    ends = [a.id for a in plan.activities if a.id not in leads]
    # A plan begins and ends somewhere: one loose start and one loose end are right.
    loose = set(starts if len(starts) > 1 else []) | set(ends if len(ends) > 1 else [])
    found = [a.id for a in open_ones if a.id in loose]
    return _share(1, "Missing predecessor or successor", found, len(open_ones), 0.05)


def _check_links(plan: Plan) -> list[Finding]:
    names = {id(link): f"{link.first} -> {link.second}" for link in plan.links}
    leads = [names[id(link)] for link in plan.links if link.lag < 0]
    lags = [names[id(link)] for link in plan.links if link.lag > 0]
    others = [names[id(link)] for link in plan.links if link.type != "FS"]
    total = len(plan.links)
    return [
        _share(2, "Leads", leads, total, 0.0),
        _share(3, "Lags", lags, total, 0.05),
        Finding(
            number=4,
            name="Finish-to-start links",
            value=1 - len(others) / total if total else 1.0,
            limit=0.9,
            at_least=True,
            offenders=tuple(others),
        ),
    ]


def _check_activities(plan: Plan, path: CriticalPath, open_ones: list[Activity]) -> list[Finding]:
    hard = [a.id for a in open_ones if a.constraint and a.constraint.type not in ("SNET", "FNET")]
    total = len(open_ones)
    floats = {a.id: path.dates[a.id].total_float for a in open_ones}
    work = [a for a in open_ones if a.duration.can_take_time]
    bare = [a.id for a in work if not a.demands and not a.cost]
    long = [a.id for a in work if a.duration.planned > LONG]
    early = [
        a.id
        for a in open_ones
        if a.progress is not None and path.dates[a.id].early_finish < (plan.status_at or 0)
    ]
    return [
        _share(5, "Hard constraints", hard, total, 0.05),
        _share(6, f"Float above {LONG}", [n for n, f in floats.items() if f > LONG], total, 0.05),
        _share(7, "Negative float", [n for n, f in floats.items() if f < 0], total, 0.0),
        _share(8, f"Length above {LONG}", long, len(work), 0.05),
        _share(
            9, "Invalid dates", early, total, 0.0, "actual dates after the status date are refused"
        ),
        _share(10, "Neither resource nor cost", bare, len(work), 0.0),
    ]


def _check_progress(plan: Plan, path: CriticalPath, baseline: Baseline | None) -> list[Finding]:
    finishes = {} if baseline is None else baseline.finishes
    due = [
        a.id for a in plan.activities if finishes.get(a.id, LATEST_STEP) <= (plan.status_at or 0)
    ]
    finished = {
        a.id: a.progress.actual_finish
        for a in plan.activities
        if a.progress is not None and a.progress.actual_finish is not None
    }
    missed = [name for name in due if finished.get(name, LATEST_STEP) > finishes[name]]
    late = _share(11, "Missed against the baseline", missed, len(due), 0.05)
    remark = "" if baseline else "needs a baseline"
    execution = Finding(
        number=14,
        name="Baseline execution index",
        value=len(finished) / len(due) if due else None,
        limit=0.95,
        at_least=True,
        offenders=tuple(name for name in due if name not in finished),
        remark=remark,
    )
    late = late if baseline else replace(late, value=None, remark=remark)
    return [late, *_check_path(plan, path, baseline), execution]


def _check_path(plan: Plan, path: CriticalPath, baseline: Baseline | None) -> list[Finding]:
    tested, broken = _test_critical_path(plan, path)
    left = path.length - (plan.status_at or 0)
    slack = None if baseline is None else baseline.end - path.length
    return [
        Finding(
            number=12,
            name="Critical path test",
            value=float(tested),
            limit=1.0,
            at_least=True,
            offenders=broken,
            remark=f"{TEST_DELAY} added to one critical activity must move the end by as much",
        ),
        Finding(
            number=13,
            name="Critical path length index",
            value=None if slack is None or left <= 0 else (left + slack) / left,
            limit=0.95,
            at_least=True,
            offenders=(),
            remark="" if baseline else "needs a baseline",
        ),
    ]


def _test_critical_path(plan: Plan, path: CriticalPath) -> tuple[bool, tuple[str, ...]]:
    """Delay the first critical activity that takes time and see whether the end moves by the same working time."""
    by_id = {a.id: a for a in plan.activities}
    timed = [by_id[n] for n in path.critical if by_id[n].duration.planned > 0]
    # Of a running activity only the part that is left grows with its length, so one that has not begun is better.
    chosen = next((a for a in timed if a.progress is None), next(iter(timed), None))
    if chosen is None:
        return False, ()
    name, done = chosen.id, chosen.progress.percent_complete if chosen.progress else 0.0
    added = math.ceil(TEST_DELAY / (1 - done)) if done < 1 else TEST_DELAY
    longer = Length(likely=chosen.duration.planned + added)
    activities = tuple(
        replace(a, duration=longer, constraint=None) if a.id == name else a for a in plan.activities
    )
    after = find_critical_path(replace(plan, activities=activities)).length
    moved = after - path.length >= TEST_DELAY * 0.9
    return moved, () if moved else (name,)


def _judge_practices(
    plan: Plan, findings: tuple[Finding, ...], baseline: Baseline | None
) -> tuple[Practice, ...]:
    ok = {finding.number: finding.is_passed for finding in findings}
    staged = all(activity.stage for activity in plan.activities)
    uncertain = any(not a.duration.is_fixed for a in plan.activities) or bool(plan.risks)
    progress = plan.status_at is not None and any(a.progress for a in plan.activities)
    judged: list[tuple[str, tuple[bool | None, ...], str]] = [
        ("Capturing all activities", (staged,), "every activity names its stage"),
        ("Sequencing all activities", (ok[1], ok[2], ok[4]), "checks 1, 2 and 4"),
        ("Assigning resources to all activities", (ok[10],), "check 10"),
        ("Establishing the durations of all activities", (ok[8],), "check 8"),
        (
            "Traceable horizontally and vertically",
            (ok[1], bool(plan.milestones)),
            "check 1; milestones",
        ),
        ("A valid critical path", (ok[12], ok[5]), "checks 12 and 5"),
        ("Reasonable total float", (ok[6], ok[7]), "checks 6 and 7"),
        ("A schedule risk analysis", (uncertain,), "ranges or risks are given"),
        ("Updating with actual progress", (progress, ok[9]), "a status date and progress; check 9"),
        ("Maintaining a baseline", (baseline is not None, ok[11]), "a frozen baseline; check 11"),
    ]
    return tuple(
        Practice(number=number, name=name, state=_state(signs), because=because)
        for number, (name, signs, because) in enumerate(judged, start=1)
    )


def _state(signs: tuple[bool | None, ...]) -> State:
    known = [sign for sign in signs if sign is not None]
    if not known:
        return "unknown"
    return "met" if all(known) else "partly" if any(known) else "not met"
