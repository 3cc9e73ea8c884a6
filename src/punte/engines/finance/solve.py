"""The exact search of allocation: the most valuable choice, the cheapest and then earliest of those, and the least growth that pays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ortools.sat.python import cp_model

from punte.engines.finance.allocation import Allocation, Option, options_of
from punte.engines.finance.limits import limits_of, use_of
from punte.engines.finance.plan import Limit
from punte.kernel.anytime import Deadline, Status

_STATUS: Mapping[cp_model.CpSolverStatus, Status] = {
    cp_model.OPTIMAL: "optimal",
    cp_model.FEASIBLE: "feasible",
    cp_model.INFEASIBLE: "infeasible",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """
    The best choice found.

    Parameters
    ----------
    points, bound_points
        Expected value in ten-thousandths, and what no choice exceeds.
    extra
        Least growth of the limit that was asked for; 0 when none was.
    """

    status: Status
    options: tuple[Option, ...] = ()
    points: int = 0
    bound_points: int = 0
    extra: int = 0

    @property
    def projects(self) -> frozenset[str]:
        """Ids of what is funded."""
        return frozenset(option.project for option in self.options)


@dataclass(slots=True, kw_only=True)
class Search:
    """
    Asks the solver the same question with variations.

    Parameters
    ----------
    question
        Checked.
    workers
        Solver threads; 1 gives bit-identical answers.
    """

    question: Allocation
    deadline: Deadline
    seed: int = 0
    workers: int = 1
    options: tuple[Option, ...] = field(init=False)
    limits: tuple[Limit, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.options = tuple(
            option
            for project in self.question.projects
            for option in options_of(project, self.question.budgets)
        )
        self.limits = limits_of(self.question)

    def best(
        self,
        *,
        grown: Mapping[Limit, int] | None = None,
        forced: str | None = None,
        earliest: bool = False,
    ) -> Best:
        """
        Return the most valuable choice, and among those the cheapest.

        Parameters
        ----------
        grown
            Adds to limits.
        forced
            Id of a project that must be funded.
        earliest
            Whether, among choices of one worth and cost, the one that waits least is taken: years after the earliest start, in all.
        """
        model, chosen = self._model(grown or {}, forced)
        points = self._sum(chosen, [option.points for option in self.options])
        model.maximize(points)
        solver = self._solver()
        status = _STATUS.get(solver.solve(model), "unknown")
        if status not in {"optimal", "feasible"}:
            return Best(status=status)
        found = self._read(solver, chosen, status)
        if status != "optimal":
            bound = int(solver.best_objective_bound + 1e-6)
            return replace(found, bound_points=max(bound, found.points))
        model.add(points == found.points)
        costs = [option.cost_cents for option in self.options]
        found, proved = self._least(model, chosen, costs, found)
        if proved and earliest:
            model.add(self._sum(chosen, costs) == sum(o.cost_cents for o in found.options))
            found, _ = self._least(model, chosen, self._waits(), found)
        return found

    def _least(
        self,
        model: cp_model.CpModel,
        chosen: list[cp_model.IntVar],
        weights: list[int],
        found: Best,
    ) -> tuple[Best, bool]:
        """Return the choice of the least sum of ``weights``, beginning from ``found``, and whether it was proved."""
        held = set(found.options)
        model.clear_hints()  # type: ignore[no-untyped-call] # of OR-Tools
        for option, flag in zip(self.options, chosen, strict=True):
            model.add_hint(flag, option in held)
        model.minimize(self._sum(chosen, weights))
        solver = self._solver()
        status = _STATUS.get(solver.solve(model), "unknown")
        if status not in {"optimal", "feasible"}:
            return found, False
        return self._read(solver, chosen, "optimal"), status == "optimal"

    def _waits(self) -> list[int]:
        """Return for each option how long after its project's earliest start it begins [years]."""
        first = {project.id: project.earliest_year for project in self.question.projects}
        return [option.start_year - first[option.project] for option in self.options]

    def _sum(self, chosen: list[cp_model.IntVar], weights: list[int]) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.weighted_sum(chosen, weights)

    def least_growth(self, limit: Limit, more_than: int) -> Best:
        """Return the least growth of ``limit`` with which some choice is worth more than ``more_than`` points."""
        most = sum(use_of(self.question, option, limit) for option in self.options)
        model, chosen = self._model({}, None, free=limit)
        extra = model.new_int_var(0, max(most, 1), "extra")
        used = sum(
            use_of(self.question, option, limit) * flag
            for option, flag in zip(self.options, chosen, strict=True)
        )
        model.add(used <= limit.size + extra)
        model.add(
            sum(option.points * flag for option, flag in zip(self.options, chosen, strict=True))
            >= more_than + 1
        )
        model.minimize(extra)
        solver = self._solver()
        status = _STATUS.get(solver.solve(model), "unknown")
        if status != "optimal":
            return Best(status=status)
        return replace(self._read(solver, chosen, status), extra=solver.value(extra))

    def _solver(self) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = self.workers
        solver.parameters.random_seed = self.seed
        if self.deadline.left_s != float("inf"):
            solver.parameters.max_time_in_seconds = max(self.deadline.left_s, 0.05)
        return solver

    def _read(
        self, solver: cp_model.CpSolver, chosen: list[cp_model.IntVar], status: Status
    ) -> Best:
        options = tuple(
            option for option, flag in zip(self.options, chosen, strict=True) if solver.value(flag)
        )
        points = sum(option.points for option in options)
        return Best(status=status, options=options, points=points, bound_points=points)

    def _model(
        self, grown: Mapping[Limit, int], forced: str | None, free: Limit | None = None
    ) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
        model = cp_model.CpModel()
        chosen = [
            model.new_bool_var(f"{o.project}/{o.budget}/{o.start_year}") for o in self.options
        ]
        flags: dict[str, list[cp_model.IntVar]] = {p.id: [] for p in self.question.projects}
        for option, flag in zip(self.options, chosen, strict=True):
            flags[option.project].append(flag)
        for project in self.question.projects:
            own = flags[project.id]
            model.add_at_most_one(own)
            for name in project.requires:
                model.add(sum(own) <= sum(flags[name]))
            for name in project.excludes:
                model.add(sum(own) + sum(flags[name]) <= 1)
        for limit in self.limits:
            if limit == free:
                continue
            used = [
                use * flag
                for option, flag in zip(self.options, chosen, strict=True)
                if (use := use_of(self.question, option, limit))
            ]
            if used:
                model.add(sum(used) <= limit.size + grown.get(limit, 0))
        self._add_decisions(model, chosen)
        if forced is not None:
            model.add(sum(flags[forced]) == 1)
        return model, chosen

    def _add_decisions(self, model: cp_model.CpModel, chosen: list[cp_model.IntVar]) -> None:
        for decision in self.question.decisions:
            allowed = [
                flag
                for option, flag in zip(self.options, chosen, strict=True)
                if option.project == decision.project
                and decision.budget in {None, option.budget}
                and decision.start_year in {None, option.start_year}
            ]
            if decision.fund:
                model.add(sum(allowed) == 1)
            else:
                for option, flag in zip(self.options, chosen, strict=True):
                    if option.project == decision.project:
                        model.add(flag == 0)
