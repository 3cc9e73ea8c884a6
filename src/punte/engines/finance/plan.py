"""The answer of allocation: what is funded, what is not and why, and what one more of each limit would buy."""

from dataclasses import dataclass
from typing import Literal

from punte.engines.finance.allocation import Option
from punte.kernel.anytime import Status

Cause = Literal[
    "amount_unknown",
    "sources_disagree",
    "not_eligible",
    "too_late",
    "left_out_by_decision",
    "cannot_fit",
    "lost_to_optimum",
    "not_proved",
]
"""Why a project is not funded. ``cannot_fit``: no plan holds it; ``lost_to_optimum``: a plan with it is worth less or costs more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funded:
    """
    A project that is funded.

    Parameters
    ----------
    decided
        Whether a person locked it.
    in_optimum
        Whether the optimum without any decision funds it too; ``None`` where there were no decisions.
    """

    option: Option
    decided: bool
    in_optimum: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfunded:
    """
    A project that is not funded.

    Parameters
    ----------
    loss_points
        Expected value that the best plan with it loses; ``None`` when there is none or it was not computed.
    gives_way
        Ids of what that plan does not fund.
    in_optimum
        As in :class:`Funded`.
    """

    project: str
    code: Cause
    reason: str
    loss_points: int | None = None
    gives_way: tuple[str, ...] = ()
    in_optimum: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """
    One thing that is short.

    Parameters
    ----------
    kind
        ``envelope``: a budget in all; ``cash``: a budget in one year; ``capacity``: a capacity in one year.
    size
        [cents, or units of a capacity].
    """

    kind: Literal["envelope", "cash", "capacity"]
    id: str
    year: int | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """
    What one more of a limit would buy.

    Parameters
    ----------
    used
        [as ``limit.size``].
    step, step_points
        A step more (a million of the currency, or one unit) and the expected value that it adds, exactly.
    step_buys
        Ids of what the optimum then funds besides.
    next_extra, next_points, next_buys
        The least more that adds any value, what it adds and buys; ``None`` when no amount of this limit alone does.
    relaxed_points
        What a step more adds where projects may be funded in part: a guide, not a promise, because projects are whole.
    """

    limit: Limit
    used: int
    step: int
    step_points: int
    step_buys: tuple[str, ...]
    next_extra: int | None
    next_points: int | None
    next_buys: tuple[str, ...]
    relaxed_points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    An allocation.

    Parameters
    ----------
    points, bound_points
        Expected value in ten-thousandths, and what no plan exceeds; ``None`` without a plan.
    optimum_points
        Value of the optimum without decisions; the difference is what the decisions cost.
    """

    status: Status
    points: int | None
    bound_points: int | None
    optimum_points: int | None
    funded: tuple[Funded, ...]
    unfunded: tuple[Unfunded, ...]
    prices: tuple[Price, ...]
    reason: str = ""

    @property
    def cost_cents(self) -> int:
        """What the plan spends [cents]."""
        return sum(line.option.cost_cents for line in self.funded)
