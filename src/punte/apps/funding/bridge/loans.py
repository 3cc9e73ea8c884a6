"""Loan plans and allocations to ledgers, fans, lapses and plans."""

import datetime as dt
import json
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from punte.apps.funding.bridge.contents import Content, as_bytes
from punte.apps.funding.bridge.loan_size import require_size
from punte.engines.finance.allocate import allocate
from punte.engines.finance.check import check_ledger
from punte.engines.finance.check_allocation import check_plan
from punte.engines.finance.compare import Comparison, compare, scenario_costs
from punte.engines.finance.envelopes import Catalogue
from punte.engines.finance.instance import Milestone, Portfolio
from punte.engines.finance.lapse import Lapse, lapse
from punte.engines.finance.result import Flow, Ledger, Valuation
from punte.engines.finance.schedule import schedule
from punte.engines.finance.simulate import Simulation, simulate
from punte.engines.finance.value import valuation
from punte.formats.finance_allocation import (
    compare_plans,
    parse_allocation,
    plan_record,
    with_decisions,
)
from punte.formats.finance_instruments import shipped_bytes, shipped_catalogue
from punte.formats.finance_ledger import Provenance
from punte.formats.finance_portfolio import parse_portfolio
from punte.formats.reading import parse_json
from punte.kernel.anytime import Deadline

SEED: Final = 1
PATHS: Final = 10_000


def catalogue() -> Catalogue:
    """Return the instruments and allocations that come with Punte, with their sources."""
    return shipped_catalogue()


def shipped(name: str) -> Content:
    """Return a content that comes with Punte, to begin from."""
    found: Content = json.loads(shipped_bytes(name))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanFigures:
    """
    Everything that a page shows of a loan plan, from one checked ledger.

    Parameters
    ----------
    without_dates
        Draws that wait for a milestone whose dates are not known to the reader; they are counted as drawn on their day.
    """

    portfolio: Portfolio
    ledger: Ledger
    value: Valuation
    comparison: Comparison
    simulation: Simulation | None
    lapse: Lapse | None
    scenarios: tuple[tuple[str, int, int], ...]
    without_dates: tuple[str, ...] = ()

    def flows_of(self, draw: str) -> tuple[Flow, ...]:
        """Return every line of one draw's ledger, each with the reason of its rate."""
        return tuple(flow for flow in self.ledger.flows if flow.draw == draw)


def read_file(content: bytes, *, source: str) -> Content:
    """
    Return what a file holds as it is kept.

    Raises
    ------
    InvalidInputError
        It is no JSON object.
    """
    return parse_json(content, source=source)


def read_plan(content: Content, *, source: str) -> Portfolio:
    """
    Return the plan of draws that a content holds.

    Raises
    ------
    InvalidInputError
        With every fault: negative amounts, draws after the end, grace above maturity, dates that do not exist; or it is
        more than a page computes.
    """
    require_size(content, source=source)
    return parse_portfolio(content, source=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanLedger:
    """A plan of draws with its checked ledger and its value, without the simulations of a page."""

    portfolio: Portfolio
    ledger: Ledger
    value: Valuation


def ledger_of(content: Content, *, source: str) -> LoanLedger:
    """
    Return the ledger of a plan of draws.

    Raises
    ------
    InvalidInputError
        With every fault of the plan and its place.
    """
    require_size(content, source=source)
    portfolio = parse_portfolio(content, source=source)
    ledger = _checked_ledger(portfolio)
    return LoanLedger(portfolio=portfolio, ledger=ledger, value=valuation(portfolio, ledger))


def _checked_ledger(portfolio: Portfolio) -> Ledger:
    ledger = schedule(portfolio)
    violations = check_ledger(portfolio, ledger)
    if violations:
        raise RuntimeError("the checker refused the ledger: " + "; ".join(violations[:3]))
    return ledger


def figures_of(content: Content, dates: dict[str, tuple[dt.date | None, ...]]) -> LoanFigures:
    """
    Return the figures of a loan plan.

    Parameters
    ----------
    dates
        For each milestone of a programme that a draw waits for, its date in each of the draws of its plan.
    """
    text = as_bytes(content).decode()
    return _figures(text, tuple(sorted(dates.items())))


@lru_cache(maxsize=16)
def _figures(text: str, dates: tuple[tuple[str, tuple[dt.date | None, ...]], ...]) -> LoanFigures:
    content = json.loads(text)
    known = {found["id"] for found in content.get("milestones", [])}
    given = dict(dates)
    apart = []
    for draw in content["draws"]:
        name = draw.get("milestone")
        if name and name not in known and name not in given:
            apart.append(draw["id"])
            draw["milestone"] = None
    content["milestones"] = [
        *content.get("milestones", []),
        # The dates are put in below; the file's reader asks for some.
        *({"id": key, "distribution": [["2030-12-31", 1.0]]} for key in given if key not in known),
    ]
    portfolio = parse_portfolio(content, source="The loan plan")
    portfolio = replace(
        portfolio,
        milestones=tuple(
            _joined(found, given[found.id]) if found.id in given else found
            for found in portfolio.milestones
        ),
    )
    ledger = _checked_ledger(portfolio)
    # Without a last day to draw nothing can lapse, whatever a draw waits for.
    waits = portfolio.instrument.availability_end is not None and any(
        draw.milestone is not None for draw in portfolio.draws
    )
    return LoanFigures(
        portfolio=portfolio,
        ledger=ledger,
        value=valuation(portfolio, ledger),
        comparison=compare(portfolio),
        simulation=simulate(portfolio, paths=PATHS, seed=SEED) if portfolio.models else None,
        lapse=lapse(portfolio, ledger, worlds=PATHS, seed=SEED) if waits else None,
        scenarios=tuple(
            (cost.scenario, cost.cost_cents, cost.over_baseline_cents)
            for cost in scenario_costs(portfolio, ledger)
        ),
        without_dates=tuple(apart),
    )


def _joined(found: Milestone, dates: tuple[dt.date | None, ...]) -> Milestone:
    return replace(found, dates=dates, weights=tuple([1 / len(dates)] * len(dates)), joint=True)


def plan_allocation(
    content: Content, *, locked: tuple[str, ...], excluded: tuple[str, ...]
) -> Content:
    """
    Return the best allocation under its limits and a person's decisions, with prices, as it is stored.

    Raises
    ------
    InvalidInputError
        The question makes no sense.
    """
    question = parse_allocation(content, source="The allocation")
    question = with_decisions(question, locked, excluded)
    started = time.perf_counter()
    plan = allocate(question, deadline=Deadline(limit_s=20), seed=SEED, workers=1, priced=True)
    violations = check_plan(question, plan)
    if violations:
        raise RuntimeError("the checker refused the plan: " + "; ".join(violations[:3]))
    provenance = Provenance(
        content=as_bytes(content), seed=SEED, runtime_s=time.perf_counter() - started
    )
    return plan_record(question, plan, provenance)


def difference_of(first: Content, second: Content) -> Content:
    """Return how two stored plans differ: projects only in one, moved in budget or year."""
    return compare_plans(first, second, sources=("first", "second"))
