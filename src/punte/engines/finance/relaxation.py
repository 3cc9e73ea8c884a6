"""The question of allocation where projects may be funded in part: what one more of a limit would add then."""

import numpy as np
from scipy.optimize import linprog

from punte.engines.finance.allocation import Decision, Option
from punte.engines.finance.limits import use_of
from punte.engines.finance.plan import Limit
from punte.engines.finance.solve import Search

_NOTHING = 1e-7
"""Part of the whole value below which a gain is rounding."""


class Relaxation:
    """
    A linear program with the limits, links and decisions of a question.

    Parameters
    ----------
    search
        Its options and limits are used, not its answers.
    """

    def __init__(self, search: Search) -> None:
        self._options = search.options
        self._limits = search.limits
        self._question = search.question
        uses = [
            [use_of(search.question, o, limit) for o in search.options] for limit in search.limits
        ]
        # Money in cents beside flags of 0 and 1 is badly scaled: each row is divided by its largest entry.
        self._scales = [float(max([1, *row])) for row in uses]
        self._rows = [
            [use / scale for use in row] for row, scale in zip(uses, self._scales, strict=True)
        ]
        self._upper, self._upper_right = self._links()
        self._equal, self._bounds = self._decisions()
        self._value = self._solve({})

    def gain(self, limit: Limit, step: int) -> float:
        """Return what ``step`` more of ``limit`` [cents, or units] adds [points], >= 0."""
        grown = self._solve({limit: step})
        if self._value is None or grown is None:
            return 0.0
        gained = grown - self._value
        return gained if gained > _NOTHING * max(self._value, 1.0) else 0.0

    def _of(self, project: str) -> list[float]:
        return [float(option.project == project) for option in self._options]

    def _links(self) -> tuple[list[list[float]], list[float]]:
        rows, right = [], []
        for project in self._question.projects:
            own = self._of(project.id)
            rows.append(own)
            right.append(1.0)
            for name in project.requires:
                rows.append([mine - other for mine, other in zip(own, self._of(name), strict=True)])
                right.append(0.0)
            for name in project.excludes:
                rows.append([mine + other for mine, other in zip(own, self._of(name), strict=True)])
                right.append(1.0)
        return rows, right

    def _decisions(self) -> tuple[list[list[float]], list[tuple[float, float]]]:
        """Return the rows that must be 1, and the bounds of each option."""
        bounds = [(0.0, 1.0)] * len(self._options)
        must = []
        for decision in self._question.decisions:
            own = self._of(decision.project)
            for idx, option in enumerate(self._options):
                if own[idx] and not _is_meant(decision, option):
                    bounds[idx] = (0.0, 0.0)
            if decision.fund:
                must.append(own)
        return must, bounds

    def _solve(self, grown: dict[Limit, int]) -> float | None:
        """Return the value with some limits grown [points]; ``None`` where there is no plan."""
        if not self._options:
            return 0.0
        sizes = [
            (limit.size + grown.get(limit, 0)) / scale
            for limit, scale in zip(self._limits, self._scales, strict=True)
        ]
        found = linprog(
            [-float(option.points) for option in self._options],
            A_ub=np.array([*self._rows, *self._upper]),
            b_ub=np.array([*sizes, *self._upper_right]),
            A_eq=np.array(self._equal) if self._equal else None,
            b_eq=np.ones(len(self._equal)) if self._equal else None,
            bounds=self._bounds,
            method="highs",
        )
        return None if found.status != 0 else -float(found.fun)


def _is_meant(decision: Decision, option: Option) -> bool:
    """Whether a decision leaves an option of its project open."""
    return (
        decision.fund
        and decision.budget in {None, option.budget}
        and decision.start_year in {None, option.start_year}
    )
