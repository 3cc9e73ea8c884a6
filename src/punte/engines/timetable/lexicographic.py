"""Solve the whole model goal after goal, each with its proof or its bound."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from punte.engines.timetable.found import Found
from punte.engines.timetable.instance import Goal
from punte.engines.timetable.measure import objective_values
from punte.engines.timetable.model import TimetableModel
from punte.engines.timetable.model_goals import Expression, ShareLevels, goal_expression
from punte.engines.timetable.options import Options
from punte.engines.timetable.seating import Choice, seat_meetings
from punte.kernel.anytime import Deadline, Progress, Report

_POLL_S = 0.05
"""How soon a stop that somebody asked for is noticed [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """Least value of an expression found by one solve, and its proved bound; ``None`` if there is none."""

    value: int | None
    bound: int | None

    @property
    def is_proved(self) -> bool:
        return self.value is not None and self.value == self.bound


def solve_goals(
    options: Options,
    *,
    seed: int,
    workers: int,
    deadline: Deadline,
    report: Report,
    start: Found | None = None,
) -> Found:
    """
    Return the best timetable of the whole model, goal after goal.

    Parameters
    ----------
    start
        A timetable to begin from; the goals proved of it are kept at their values and not searched again.
    workers
        Threads, >= 1; with one and no deadline hit the answer depends on ``seed`` alone.
    """
    search = _Search(options, seed=seed, workers=workers, deadline=deadline, report=report)
    proved = [] if start is None else search.begin_from(start)
    bounds = (
        {}
        if start is None
        else {goal: start.bounds[goal] for goal in proved if goal in start.bounds}
    )
    goals = options.instance.objective
    if not goals:
        search.minimise(None, "timetable", float)
    for goal in goals[len(proved) :]:
        bound, is_proved = (
            _reach_fairness(search) if goal == "fairness" else _reach_sum(search, goal)
        )
        if bound is not None:
            bounds[goal] = bound
        if not is_proved:
            break
        proved.append(goal)
    if search.is_infeasible:
        return Found(status="infeasible")
    if search.chosen is None:
        return (
            Found(status="unknown", bounds=bounds)
            if start is None
            else replace(start, bounds=bounds)
        )
    return Found(
        status="optimal" if len(proved) == len(goals) else "feasible",
        meetings=seat_meetings(options, search.chosen),
        bounds=bounds,
        proved=tuple(proved),
    )


class _Search:
    """One model, solved again and again under more and more fixed goals."""

    def __init__(
        self, options: Options, *, seed: int, workers: int, deadline: Deadline, report: Report
    ) -> None:
        self.built = TimetableModel(options)
        self.chosen: list[Choice] | None = None
        self.is_infeasible = False
        self._seed = seed
        self._workers = workers
        self._deadline = deadline
        self._report = report

    def begin_from(self, start: Found) -> list[Goal]:
        """Hint at a timetable and keep its proved goals; returns those."""
        built = self.built
        values = objective_values(built.instance, start.meetings)
        for goal in start.proved:
            if goal == "fairness":
                # proved at once only where everything is held, and then weight says the same
                built.model.add(sum(built.held) == len(built.held))
                continue
            sign = -1 if goal == "weight" else 1
            built.model.add(goal_expression(built, goal) <= sign * int(values[goal]))
        places = {
            place: idx
            for idx, found in enumerate(built.options.classes)
            for place in found.place_idxs
        }
        index = {place.id: idx for idx, place in enumerate(built.instance.places)}
        slots = {slot.id: idx for idx, slot in enumerate(built.instance.slots)}
        where = {
            meeting.request: (slots[meeting.slot], places[index[meeting.place]])
            for meeting in start.meetings
        }
        for request, literals in zip(built.instance.requests, built.at, strict=True):
            for key, literal in literals.items():
                built.model.add_hint(literal, where.get(request.id) == key)
        return list(start.proved)

    def minimise(
        self, expression: Expression | None, stage: str, shown: Callable[[float], float]
    ) -> _Reached:
        """
        Solve for an expression and keep the timetable found.

        Parameters
        ----------
        shown
            Turns the expression's value into the goal's own, for reports.
        """
        if self._deadline.is_over:
            return _Reached(value=None, bound=None)
        model = self.built.model
        if expression is None:
            model.clear_objective()  # type: ignore[no-untyped-call]  # the library's
        else:
            model.minimize(expression)
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = self._seed
        solver.parameters.num_workers = self._workers
        if self._deadline.left_s != float("inf"):
            solver.parameters.max_time_in_seconds = self._deadline.left_s
        watch = _Watch(solver, self._deadline, self._report, stage, shown)
        status = watch.solve(model)
        if status == cp_model.INFEASIBLE:
            self.is_infeasible = self.chosen is None
            return _Reached(value=None, bound=None)
        bound = None if expression is None else round(solver.best_objective_bound)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return _Reached(value=None, bound=bound if watch.has_bound else None)
        self._keep(solver)
        if expression is None:
            return _Reached(value=0, bound=0)
        return _Reached(value=round(solver.objective_value), bound=bound)

    def _keep(self, solver: cp_model.CpSolver) -> None:
        self.chosen = [
            Choice(request_idx=idx, slot_idx=slot, class_idx=place)
            for idx, literals in enumerate(self.built.at)
            for (slot, place), literal in literals.items()
            if solver.boolean_value(literal)
        ]
        model = self.built.model
        model.clear_hints()  # type: ignore[no-untyped-call]  # the library's
        for idx, value in enumerate(solver.response_proto.solution):
            model.add_hint(model.get_int_var_from_proto_index(idx), value)


class _Watch(cp_model.CpSolverSolutionCallback):
    """Reports each better timetable and stops the solver when the deadline says so."""

    def __init__(
        self,
        solver: cp_model.CpSolver,
        deadline: Deadline,
        report: Report,
        stage: str,
        shown: Callable[[float], float],
    ) -> None:
        super().__init__()
        self.has_bound = False
        self._solver = solver
        self._deadline = deadline
        self._report = report
        self._stage = stage
        self._shown = shown

    def on_solution_callback(self) -> None:
        """Report a timetable that is better than those before."""
        self._report(
            Progress(
                stage=self._stage,
                value=self._shown(self.objective_value),
                bound=self._shown(self.best_objective_bound),
                elapsed_s=self._deadline.elapsed_s,
            )
        )

    def solve(self, model: cp_model.CpModel) -> int:
        """Return the solver's status."""
        done = threading.Event()

        def stop_in_time() -> None:
            while not done.wait(_POLL_S):
                if self._deadline.is_over:
                    self._solver.stop_search()

        watcher = threading.Thread(target=stop_in_time, daemon=True)
        watcher.start()
        try:
            return int(self._solver.solve(model, self))
        finally:
            done.set()
            watcher.join()


def _reach_sum(search: _Search, goal: Goal) -> tuple[float | None, bool]:
    """Minimise one goal and fix it; returns its bound in its own sign and whether it is proved."""
    sign = -1 if goal == "weight" else 1
    expression = goal_expression(search.built, goal)
    reached = search.minimise(expression, goal, lambda value: sign * value)
    if reached.value is not None:
        search.built.model.add(expression <= reached.value)
    return None if reached.bound is None else float(sign * reached.bound), reached.is_proved


def _reach_fairness(search: _Search) -> tuple[float | None, bool]:
    """Leximin: raise the lowest share, leave as few as possible there, and so on upwards."""
    shares = ShareLevels(search.built)
    ranks = list(shares.ranks.values())
    if not ranks:
        reached = search.minimise(None, "fairness", lambda _: 1.0)
        return 1.0, reached.is_proved
    model = search.built.model
    top = len(shares.levels) - 1
    first_bound: float | None = None
    floor, above = -1, [model.new_constant(1) for _ in ranks]
    while True:
        lowest = model.new_int_var(floor + 1, top, "")
        for rank, is_above in zip(ranks, above, strict=True):
            model.add(rank >= lowest).only_enforce_if(is_above)
        reached = search.minimise(-lowest, "fairness", lambda value: _share(shares, -value))
        if first_bound is None and reached.bound is not None:
            first_bound = _share(shares, -reached.bound)
        if reached.value is None or not reached.is_proved:
            return first_bound, False
        floor = -reached.value
        model.add(lowest == floor)
        if floor == top:
            return first_bound, True
        above = [model.new_bool_var("") for _ in ranks]
        for rank, is_above in zip(ranks, above, strict=True):
            model.add(rank > floor).only_enforce_if(is_above)
            model.add(rank <= floor).only_enforce_if(is_above.negated())
        fewest = search.minimise(-sum(above), "fairness: people above it", lambda value: -value)
        if not fewest.is_proved:
            return first_bound, False
        model.add(sum(above) >= -(fewest.value or 0))
        if not fewest.value:
            return first_bound, True


def _share(shares: ShareLevels, rank: float) -> float:
    return float(shares.levels[max(0, min(len(shares.levels) - 1, round(rank)))])
