"""
From a plan to a schedule: a first answer at once, then search and proof in turns until one of them has nothing left to do.

Small plans go to the constraint program at once; large ones mostly to the compiled search, which is better at long plans, with the
constraint program before it (many plans are proved in a second) and after it (it mends what the search left).
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final

import numpy as np

from punte import __version__
from punte.engines.roadmap.bounds import prove_by_energy, prove_by_path
from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.evolve import NOTHING, Island
from punte.engines.roadmap.exact import prove
from punte.engines.roadmap.instance import Plan
from punte.engines.roadmap.network import Network, build_network
from punte.engines.roadmap.problem import Ints, Problem, build_problem
from punte.engines.roadmap.result import Schedule
from punte.engines.roadmap.serial import find_reach, schedule_serially
from punte.kernel.anytime import Deadline, Progress, Report, Status, ignore_progress

ENGINE: Final = f"punte {__version__}"

SMALL: Final = 50
"""Up to so many activities the constraint program takes all the time."""

ROUND: Final = 20_000
"""Schedules of a plan of ``ROUND_CELLS`` in a round of one worker, which counts instead of looking at the clock."""

ROUND_S: Final = 0.25
"""Time between two looks at the clock of more workers [s]; islands meet then."""

ROUND_CELLS: Final = 42_000
"""Activities times units of the horizon of that plan: PSPLIB j120."""

MOST_CELLS: Final = 400_000
"""Largest plan with calendars that goes to the constraint program, activities times units of the horizon."""

ROUNDS_PER_S: Final = 2
"""Rounds that one worker is sure to reach in a second; it counts work by them instead of reading the clock."""

NEAR: Final = 0.03
"""Share of the bound up to which a schedule may be above it and still leave the last sixth of the time to the proof."""

COMPILED_S: Final = 0.7
"""A search that is not ready after this time has to be compiled first [s]; loading the compiled one takes a third of it."""

SPARE_S: Final = 1.0
"""Time kept for starting the program, checking and writing [s], at most a fifth of the limit."""


@dataclass(slots=True, kw_only=True)
class _Search:
    """What is known so far."""

    problem: Problem
    deadline: Deadline
    workers: int
    seed: int
    report: Report
    bound: int
    starts: Ints | None = None
    makespan: int | None = None
    infeasible: bool = False
    islands: list[Island] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        return self.infeasible or self.makespan == self.bound

    @property
    def round_size(self) -> int:
        """Schedules in half a second at most; tables of calendars take four times as long."""
        size = ROUND * ROUND_CELLS // self._cells // (1 if self.problem.plain else 4)
        return min(ROUND, max(10, size))

    @property
    def _cells(self) -> int:
        return max(1, len(self.problem.todo)) * (self.problem.horizon + 1)

    @property
    def suits_proof(self) -> bool:
        """Whether the constraint program can be built in good time: tables of long calendars make it too large."""
        return self.problem.plain or self._cells <= MOST_CELLS

    @property
    def may_close(self) -> bool:
        """Whether the constraint program may yet prove the best schedule; far from the bound the search uses its time better."""
        if not self.suits_proof or self.makespan is None or not self.problem.plain:
            return self.suits_proof
        return self.makespan <= self.bound + max(2, round(NEAR * self.bound))

    def accept(self, starts: Ints, makespan: int) -> None:
        if self.makespan is None or makespan < self.makespan:
            self.starts, self.makespan = starts.copy(), makespan

    def tell(self, stage: str) -> None:
        elapsed = self.deadline.elapsed_s
        self.report(Progress(stage=stage, value=self.makespan, bound=self.bound, elapsed_s=elapsed))

    def prove(self, limit_s: float, enough: Callable[[], bool] = lambda: False) -> None:
        """Let the constraint program work for ``limit_s`` seconds, or until ``enough``."""
        if self.is_settled or self.deadline.is_over or limit_s <= 0 or not self.suits_proof:
            return
        found = prove(
            self.problem,
            incumbent=self.starts,
            makespan=self.makespan,
            bound=self.bound,
            deadline=self.deadline,
            limit_s=limit_s,
            workers=self.workers,
            seed=self.seed,
            report=self.report,
            enough=enough,
        )
        self.infeasible = found.infeasible
        self.bound = max(self.bound, found.bound)
        if found.starts is not None and found.makespan is not None:
            self.accept(found.starts, found.makespan)
        self.tell("proving")

    def warm_up(self) -> None:
        """Found the islands and build one schedule: on a machine's first run this compiles the search, for some seconds."""
        islands = [
            Island(problem=self.problem, seed=self.seed * 64 + row + 1, stop=self.problem.horizon)
            for row in range(self.workers)
        ]
        islands[0].work(1, self.bound)
        self.islands = islands

    def prepare_islands(self, limit_s: float) -> None:
        """Warm up; where that takes long, let the constraint program use the time for at most ``limit_s``."""
        if self.is_settled:
            return
        if self.workers == 1:
            self.warm_up()
            return
        compiling = threading.Thread(target=self.warm_up)
        compiling.start()
        compiling.join(COMPILED_S)
        if compiling.is_alive():
            self.tell("compiling the search, once on this machine")
            self.prove(limit_s, enough=lambda: not compiling.is_alive())
            compiling.join(self.deadline.left_s)
            # Where it is not ready even now it goes on for the next run; this one ends in time.

    def evolve(self, until_s: float, limit_s: float) -> None:
        """Let the compiled search work until ``until_s``; one worker counts ``limit_s`` seconds of work instead."""
        usual = self.round_size
        counted = max(1, int(limit_s * ROUNDS_PER_S * usual))
        built, size = 0, usual if self.workers == 1 else max(10, usual // 20)
        with ThreadPoolExecutor(self.workers) as pool:
            while self.islands and not self.is_settled and not self.deadline.is_over:
                if self.workers == 1 and built >= counted:
                    break
                if self.workers > 1 and self.deadline.elapsed_s >= until_s:
                    break
                size = min(size, counted - built) if self.workers == 1 else size
                began_s = self.deadline.elapsed_s
                better = list(pool.map(Island.work, self.islands, repeat(size), repeat(self.bound)))
                built += size
                self._gather()
                if self.workers > 1:
                    size = _pace(size, self.deadline.elapsed_s - began_s)
                if any(better):
                    self.tell("searching")

    def _gather(self) -> None:
        best = min(self.islands, key=lambda island: island.best)
        if best.best >= NOTHING:
            return
        self.accept(best.starts, max(best.best, self.problem.floor))


def _pace(size: int, took_s: float) -> int:
    """Return how many schedules the next round may build, so that it takes ``ROUND_S`` however busy the machine is."""
    return max(10, int(size * min(2.0, ROUND_S / max(took_s, 1e-6))))


def schedule_plan(
    plan: Plan,
    *,
    instance_sha256: str = "",
    deadline: Deadline | None = None,
    seed: int = 0,
    workers: int = 2,
    report: Report = ignore_progress,
) -> Schedule:
    """
    Return the shortest schedule found for a sound plan, with a proved lower bound.

    Parameters
    ----------
    instance_sha256
        Of the file that held the plan; carried into the answer.
    deadline
        Ends the search; ``None`` searches until the proof is complete.
    seed
        >= 0; the same seed and one worker give the same answer.
    workers
        Threads, >= 1.
    report
        Takes progress as it comes.

    Returns
    -------
    Schedule
        Checked; ``infeasible`` with reasons, or ``unknown`` when the time ended before the first schedule.
    """
    deadline = deadline or Deadline()
    network = build_network(plan)
    reasons = find_obstacles(plan)
    if reasons:
        return _answer(plan, instance_sha256, deadline, seed, None, reasons)
    search = _prepare(network, deadline, seed, workers, report)
    limit_s = deadline.limit_s if deadline.limit_s is not None else 3600.0
    usable_s = limit_s - min(SPARE_S, limit_s / 5)
    if not len(search.problem.todo):
        search.accept(np.zeros(0, dtype=np.int64), search.problem.floor)
    search.prepare_islands(usable_s)
    begun_s = deadline.elapsed_s
    left_s = usable_s - begun_s if workers > 1 else limit_s
    search.evolve(begun_s + 0.05 * left_s, 0.05 * left_s)
    if search.makespan is not None:
        search.bound = prove_by_energy(search.problem, search.bound, search.makespan)
    if len(search.problem.todo) > SMALL:
        search.prove(0.1 * left_s)
        search.evolve(begun_s + (0.85 if search.may_close else 1.0) * left_s, 0.6 * left_s)
    search.prove(usable_s - deadline.elapsed_s if workers > 1 else 0.2 * limit_s)
    return _answer(plan, instance_sha256, deadline, seed, search, ())


def find_obstacles(plan: Plan) -> tuple[str, ...]:
    """Return why a plan has no schedule at all, as far as dates and sums alone say it; empty when they do not."""
    path = find_critical_path(plan)
    found = []
    for activity in plan.activities:
        dates, kept = path.dates[activity.id], activity.constraint
        last = path.network.last_start(path.network.number[activity.id])
        if last is not None and kept is not None and dates.early_start > last:
            found.append(
                f"{activity.id} must keep {kept.type} {kept.at}, and what it waits for lets it start at "
                f"{dates.early_start} and finish at {dates.early_finish} at the earliest."
            )
    if plan.cash is not None:
        there = plan.cash.opening + sum(flow.amount for flow in plan.cash.inflows)
        there += sum(activity.income for activity in plan.activities)
        asked = sum(activity.cost for activity in plan.activities)
        if asked > there:
            text = f"All activities together cost {asked:,} {plan.cash.unit}".rstrip()
            found.append(f"{text}, and only {there:,} ever arrive.")
    return tuple(found)


def _prepare(
    network: Network, deadline: Deadline, seed: int, workers: int, report: Report
) -> _Search:
    """Build the first schedule, and the arrays no longer than it needs."""
    reach = find_reach(network)
    path = find_critical_path(network.plan)
    order = sorted(
        network.order, key=lambda idx: path.dates[network.activities[idx].id].late_finish
    )
    ranked = _keep_links(network, order)
    first = schedule_serially(network, ranked, reach)
    finish = max(network.finish(idx, start) for idx, start in first.items()) if first else reach
    problem = build_problem(network, min(reach, finish + finish // 4 + 1))
    search = _Search(
        problem=problem,
        deadline=deadline,
        workers=workers,
        seed=seed,
        report=report,
        bound=prove_by_path(problem),
    )
    if first is not None:
        search.accept(np.array([first[int(idx)] for idx in problem.todo], dtype=np.int64), finish)
        search.tell("first schedule")
    return search


def _keep_links(network: Network, wanted: list[int]) -> list[int]:
    """Return the activities as near to the wanted order as the links allow."""
    rank = {idx: position for position, idx in enumerate(wanted)}
    waits = [len(links) for links in network.before]
    ready = {idx for idx, count in enumerate(waits) if count == 0}
    found = []
    while ready:
        idx = min(ready, key=rank.__getitem__)
        ready.remove(idx)
        found.append(idx)
        for link in network.after[idx]:
            second = network.ends[link][1]
            waits[second] -= 1
            if waits[second] == 0:
                ready.add(second)
    return found


def _answer(
    plan: Plan,
    instance_sha256: str,
    deadline: Deadline,
    seed: int,
    search: _Search | None,
    reasons: tuple[str, ...],
) -> Schedule:
    starts: dict[str, int] = {}
    status: Status = "infeasible" if search is None or search.infeasible else "unknown"
    if search is not None and search.starts is not None:
        status = "optimal" if search.makespan == search.bound else "feasible"
        starts = {a.id: a.progress.actual_start for a in plan.activities if a.progress is not None}
        for idx, start in zip(search.problem.todo, search.starts, strict=True):
            starts[plan.activities[int(idx)].id] = int(start)
        starts = {activity.id: starts[activity.id] for activity in plan.activities}
    elif status == "infeasible" and not reasons:
        reasons = ("The constraint program proved that no schedule keeps every rule.",)
    schedule = Schedule(
        instance_sha256=instance_sha256,
        status=status,
        seed=seed,
        runtime_s=round(deadline.elapsed_s, 3),
        engine=ENGINE,
        makespan=search.makespan if search is not None and starts else None,
        bound=search.bound if search is not None and status != "infeasible" else None,
        starts=starts,
        reasons=reasons,
    )
    broken = find_violations(plan, schedule)
    if broken:
        raise AssertionError(f"the solver broke its own rules: {broken[0].text}")
    return schedule
