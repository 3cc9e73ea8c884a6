"""The problem as a constraint program: CP-SAT proves bounds and improves a schedule it is given."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.sat.python import cp_model

from punte.engines.roadmap.problem import Ints, Problem, capacity_steps
from punte.kernel.anytime import Deadline, Progress, Report

FULL_SEARCHES: Final = ("no_lp", "default_lp")
"""
What two threads run on plans without calendars and cash. Left to itself the library gives one of them to neighbourhoods of the
schedule at hand, which the compiled search knows better; a proof needs a search without linear relaxation.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """
    What the constraint program found.

    Parameters
    ----------
    starts
        Shape (n,); ``None`` when it found none.
    makespan
        Of ``starts``.
    bound
        No schedule is shorter [units].
    infeasible
        Whether it proved that there is no schedule at all within the horizon.
    """

    starts: Ints | None
    makespan: int | None
    bound: int
    infeasible: bool


@dataclass(slots=True)
class _Model:
    """The program under construction: variables by activity of the problem."""

    problem: Problem
    model: cp_model.CpModel
    starts: list[cp_model.IntVar]
    ends: list[cp_model.LinearExpr]
    sizes: list[cp_model.IntVar | int]


def prove(
    problem: Problem,
    *,
    incumbent: Ints | None,
    makespan: int | None,
    bound: int,
    deadline: Deadline,
    limit_s: float,
    workers: int,
    seed: int,
    report: Report,
    enough: Callable[[], bool] = lambda: False,
) -> Proof:
    """
    Search for a schedule shorter than ``makespan`` and raise ``bound``.

    Parameters
    ----------
    incumbent, makespan
        A schedule to start from, shape (n,), and its makespan [units].
    limit_s
        Time for this call [s]; the deadline may end it sooner.
    workers
        Search threads, >= 1; with one the search stops by counted work, so that its answer is always the same.
    enough
        Asked twenty times a second; the search stops when it says so.
    """
    program = _build(problem, makespan)
    goal = program.model.new_int_var(bound, min(makespan or problem.horizon, problem.horizon), "")
    for end in program.ends:
        program.model.add(goal >= end)
    program.model.minimize(goal)
    if incumbent is not None:
        for variable, start in zip(program.starts, incumbent, strict=True):
            program.model.add_hint(variable, int(start))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(0.01, min(limit_s, deadline.left_s))
    if workers == 1:
        solver.parameters.max_deterministic_time = limit_s / 2
    elif workers == len(FULL_SEARCHES) and problem.plain and not problem.level.size:
        solver.parameters.subsolvers.extend(FULL_SEARCHES)
    status = _run(solver, program.model, deadline, report, enough)
    if status == cp_model.INFEASIBLE:
        # With a schedule at hand the program holds it, so this is said of a plan without any.
        return Proof(starts=None, makespan=None, bound=bound, infeasible=makespan is None)
    proved = max(bound, round(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Proof(starts=None, makespan=None, bound=proved, infeasible=False)
    found = np.array([solver.value(variable) for variable in program.starts], dtype=np.int64)
    value = round(solver.objective_value)
    return Proof(starts=found, makespan=value, bound=min(proved, value), infeasible=False)


def _run(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    deadline: Deadline,
    report: Report,
    enough: Callable[[], bool],
) -> int:
    """Solve, reporting each schedule and each bound, and stop when somebody asks for it."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            if deadline.is_over or enough():
                solver.stop_search()

    class Reports(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            stage, value, bound = "proving", self.objective_value, self.best_objective_bound
            report(Progress(stage=stage, value=value, bound=bound, elapsed_s=deadline.elapsed_s))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return int(solver.solve(model, Reports()))
    finally:
        done.set()
        watcher.join()


def _build(problem: Problem, makespan: int | None) -> _Model:
    model = cp_model.CpModel()
    stop = problem.horizon if makespan is None else makespan
    program = _Model(problem, model, [], [], [])
    for job, idx in enumerate(problem.todo):
        low, high = int(problem.earliest[job]), int(min(stop, problem.latest[job]))
        length = int(problem.length[job])
        if problem.plain or problem.network.work_of[int(idx)].days is None or not length:
            program.starts.append(model.new_int_var(low, max(low, high), ""))
            program.ends.append(program.starts[-1] + length)
            program.sizes.append(length)
            if high < low:
                model.add_bool_or([])
            continue
        program.starts.append(_working_start(problem, job, model, low, high))
        end = model.new_int_var(0, stop, "")
        table = np.minimum(problem.finish[job, : stop + 1], stop + 1)
        model.add_element(program.starts[-1], table.tolist(), end)
        program.ends.append(end)
        program.sizes.append(model.new_int_var(length, stop, ""))
        model.add(program.starts[-1] + program.sizes[-1] == end)
    _add_links(program, stop)
    _add_resources(program, stop)
    if problem.level.size:
        _add_cash(program, stop)
    return program


def _working_start(
    problem: Problem, job: int, model: cp_model.CpModel, low: int, high: int
) -> cp_model.IntVar:
    days = [t for t in range(low, high + 1) if problem.snap[job, t] == t]
    if not days:
        model.add_bool_or([])
        days = [low]
    return model.new_int_var_from_domain(cp_model.Domain.from_values(days), "")


def _add_links(program: _Model, stop: int) -> None:
    problem, network, model = program.problem, program.problem.network, program.model
    place = {int(idx): job for job, idx in enumerate(problem.todo)}
    for number, link in enumerate(network.links):
        first, second = network.ends[number]
        if first not in place or second not in place:
            continue
        begin = (program.ends if link.type[0] == "F" else program.starts)[place[first]]
        end = (program.ends if link.type[1] == "F" else program.starts)[place[second]]
        time = network.lag_of[number]
        if time.days is None or link.lag == 0:
            model.add(end >= begin + link.lag)
            continue
        instant = model.new_int_var(0, stop, "")
        model.add(instant == begin)
        shifted = model.new_int_var(-abs(link.lag) - 1, 3 * stop + abs(link.lag) * 8 + 400, "")
        model.add_element(instant, [time.shift(t, link.lag) for t in range(stop + 1)], shifted)
        model.add(end >= shifted)


def _add_resources(program: _Model, stop: int) -> None:
    problem, model = program.problem, program.model
    network = problem.network
    settled = set(range(len(network.activities))) - {int(idx) for idx in problem.todo}
    for resource in network.plan.resources:
        intervals, demands = [], []
        for job, idx in enumerate(problem.todo):
            amount = dict(network.activities[int(idx)].demands).get(resource.id, 0)
            if amount and problem.length[job]:
                start, size = program.starts[job], program.sizes[job]
                intervals.append(model.new_interval_var(start, size, program.ends[job], ""))
                demands.append(amount)
        left = capacity_steps(resource, stop + 1)
        most = int(left.max())
        for idx in settled:
            amount = dict(network.activities[idx].demands).get(resource.id, 0)
            begin = network.first_start(idx)
            left[begin : network.finish(idx, begin)] -= amount
        blocked = most - np.maximum(left, 0)
        edges = np.flatnonzero(np.diff(blocked, prepend=-1, append=-1))
        for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            if blocked[begin] > 0:
                intervals.append(model.new_fixed_size_interval_var(begin, end - begin, ""))
                demands.append(int(blocked[begin]))
        if intervals:
            model.add_cumulative(intervals, demands, most)


def _add_cash(program: _Model, stop: int) -> None:
    problem = program.problem
    times: list[cp_model.LinearExprT] = []
    changes: list[int] = []
    level = problem.level[: stop + 1]
    steps = np.diff(level, prepend=0)
    for instant in np.flatnonzero(steps).tolist():
        times.append(instant)
        changes.append(int(steps[instant]))
    for job in range(len(problem.todo)):
        if problem.cost[job]:
            late = bool(problem.late_cost[job])
            times.append(program.ends[job] if late else program.starts[job])
            changes.append(-int(problem.cost[job]))
        if problem.income[job]:
            times.append(program.ends[job])
            changes.append(int(problem.income[job]))
    total = int(sum(abs(change) for change in changes)) + 1
    program.model.add_reservoir_constraint(times, changes, 0, total)
