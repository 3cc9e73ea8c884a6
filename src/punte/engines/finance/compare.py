"""The same money another way: a bond issued once, bonds rolled over, and what each costs under other rates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from punte.engines.finance.curves import Curve
from punte.engines.finance.instance import Portfolio
from punte.engines.finance.result import Flow, Ledger
from punte.engines.finance.schedule import schedule
from punte.engines.finance.value import UNIFIED_DISCOUNT_RATE, internal_rate, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Present value of what is paid, by kind [major units]."""

    interest: float
    fees: float
    principal: float

    @property
    def total(self) -> float:
        """All of it [major units]."""
        return self.interest + self.fees + self.principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioCost:
    """Interest and fees under a scenario [cents], and how much more than in the baseline."""

    scenario: str
    cost_cents: int
    over_baseline_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """
    One way to have the money.

    Parameters
    ----------
    parts
        On the comparison curve.
    saving
        What the instrument saves against this way [major units of the valuation day]; 0 for the instrument itself.
    waterfall
        The saving by kind; its parts sum to ``saving``.
    grant_elements
        ``(curve, fraction)`` at the unified 5 % and on the comparison curve; they answer different questions.
    """

    id: str
    name: str
    ledger: Ledger
    parts: Parts
    irr: float | None
    saving: float
    waterfall: Parts
    grant_elements: tuple[tuple[str, float], ...]
    scenarios: tuple[ScenarioCost, ...]

    @property
    def cost_cents(self) -> int:
        """Interest and fees in the baseline [cents]."""
        return self.ledger.interest_cents + self.ledger.fee_cents

    @property
    def risk_cents(self) -> int:
        """Most that a scenario costs above the baseline [cents], >= 0."""
        return max((cost.over_baseline_cents for cost in self.scenarios), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The instrument first, then its alternatives, all on one curve."""

    curve: str
    day: date
    ways: tuple[Way, ...]


def with_loan_of(portfolio: Portfolio, alternative_id: str) -> Portfolio:
    """Return the same draws on the same days under the terms of an alternative, outside the instrument's limits."""
    found = next(other for other in portfolio.alternatives if other.id == alternative_id)
    draws = tuple(replace(draw, loan=found.loan) for draw in portfolio.draws)
    return replace(portfolio, draws=draws)


def compare(portfolio: Portfolio) -> Comparison:
    """
    Return what the instrument costs beside each alternative.

    Savings are differences of present values on the borrower's own curve, because that is what its money costs; without one, at the
    unified 5 %, which the answer says.
    """
    curve = portfolio.national or Curve.flat(UNIFIED_DISCOUNT_RATE, name="unified 5 %")
    own = _way(portfolio, portfolio.instrument.id, portfolio.instrument.name, curve, None)
    others = [
        _way(with_loan_of(portfolio, other.id), other.id, other.name, curve, own.parts)
        for other in portfolio.alternatives
    ]
    return Comparison(curve=curve.name, day=portfolio.valuation_day, ways=(own, *others))


def _way(portfolio: Portfolio, identifier: str, name: str, curve: Curve, own: Parts | None) -> Way:
    ledger = schedule(portfolio)
    day = portfolio.valuation_day
    parts = present_parts(ledger.flows, curve, day)
    own = own or parts
    unified = Curve.flat(UNIFIED_DISCOUNT_RATE, name="unified 5 %")
    curves = [unified] if curve.name == unified.name else [unified, curve]
    return Way(
        id=identifier,
        name=name,
        ledger=ledger,
        parts=parts,
        irr=internal_rate(ledger.flows),
        saving=parts.total - own.total,
        waterfall=Parts(
            interest=parts.interest - own.interest,
            fees=parts.fees - own.fees,
            principal=parts.principal - own.principal,
        ),
        grant_elements=tuple(
            (each.name, value(ledger.flows, each, day).grant_element) for each in curves
        ),
        scenarios=scenario_costs(portfolio, ledger),
    )


def present_parts(flows: Sequence[Flow], curve: Curve, day: date) -> Parts:
    """Return the present value on ``day`` of interest, fees and principal [major units]."""
    discounts = {pay_day: curve.discount(day, pay_day) for pay_day in {f.pay_day for f in flows}}
    interest = fees = principal = 0.0
    for flow in flows:
        worth = discounts[flow.pay_day] / 100
        interest += flow.interest_paid_cents * worth
        fees += flow.fee_cents * worth
        principal += flow.principal_cents * worth
    return Parts(interest=interest, fees=fees, principal=principal)


def scenario_costs(portfolio: Portfolio, baseline: Ledger) -> tuple[ScenarioCost, ...]:
    """Return interest and fees under each scenario, beside the baseline."""
    cost = baseline.interest_cents + baseline.fee_cents
    found = []
    for scenario in portfolio.scenarios:
        moved = tuple(scenario.apply(index) for index in portfolio.indices)
        ledger = schedule(replace(portfolio, indices=moved))
        under = ledger.interest_cents + ledger.fee_cents
        found.append(
            ScenarioCost(scenario=scenario.id, cost_cents=under, over_baseline_cents=under - cost)
        )
    return tuple(found)
