"""The files ``punte.finance.comparison/1`` and ``punte.finance.simulation/1``, and milestones handed in beside a portfolio."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from punte.engines.finance.checked import checked
from punte.engines.finance.compare import Comparison, Parts, Way
from punte.engines.finance.instance import Portfolio
from punte.engines.finance.lapse import Lapse
from punte.engines.finance.simulate import LEVELS, Fan, Simulation
from punte.formats.finance_fields import Many, amount
from punte.formats.finance_ledger import Provenance, year_record
from punte.formats.finance_portfolio import MilestoneFile, milestone_of
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.kernel.errors import InvalidInputError, Problem

COMPARISON: Final = "punte.finance.comparison/1"
SIMULATION: Final = "punte.finance.simulation/1"
MILESTONES: Final = "punte.finance.milestones/1"


class MilestonesFile(Record):
    """Distributions of milestone dates, as another engine or a person hands them in."""

    format: Literal["punte.finance.milestones/1"]
    milestones: Many[MilestoneFile] = Field(min_length=1)


def with_milestones(portfolio: Portfolio, path: Path) -> tuple[Portfolio, bytes]:
    """
    Return ``portfolio`` with the distributions of a file in the place of its own of the same id, and the bytes read.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    content = read_bytes(path)
    record = parse_json(content, source=str(path))
    check_format(record, MILESTONES, source=str(path))
    file = validate(record, MilestonesFile, source=str(path))
    problems = [
        Problem(place=f"milestones[{idx}]", what="give either samples or distribution, not both.")
        for idx, milestone in enumerate(file.milestones)
        if (milestone.samples is None) == (milestone.distribution is None)
    ]
    if problems:
        raise InvalidInputError(str(path), problems)
    given = {milestone.id: milestone_of(milestone) for milestone in file.milestones}
    kept = tuple(found for found in portfolio.milestones if found.id not in given)
    joined = replace(portfolio, milestones=(*kept, *given.values()))
    return checked(joined, source=str(path)), content


def comparison_record(
    portfolio: Portfolio, comparison: Comparison, provenance: Provenance
) -> dict[str, Any]:
    """Return the answer of ``punte finance compare``."""
    return {
        "format": COMPARISON,
        **provenance.record(),
        "name": portfolio.name,
        "currency": portfolio.currency,
        "as_of": comparison.day.isoformat(),
        "curve": comparison.curve,
        "ways": [_way_record(way) for way in comparison.ways],
    }


def _parts_record(parts: Parts) -> dict[str, float]:
    return {
        "interest": round(parts.interest, 2),
        "fees": round(parts.fees, 2),
        "principal": round(parts.principal, 2),
        "total": round(parts.total, 2),
    }


def _way_record(way: Way) -> dict[str, Any]:
    return {
        "id": way.id,
        "name": way.name,
        "service": amount(way.ledger.service_cents),
        "interest": amount(way.ledger.interest_cents),
        "fees": amount(way.ledger.fee_cents),
        "irr": None if way.irr is None else round(way.irr, 12),
        "pv": _parts_record(way.parts),
        "saving_of_instrument": round(way.saving, 2),
        "saving_waterfall": _parts_record(way.waterfall),
        "grant_elements": {name: round(found, 10) for name, found in way.grant_elements},
        "cost": amount(way.cost_cents),
        "risk": amount(way.risk_cents),
        "scenarios": [
            {
                "id": cost.scenario,
                "cost": amount(cost.cost_cents),
                "over_baseline": amount(cost.over_baseline_cents),
            }
            for cost in way.scenarios
        ],
        "years": [year_record(line) for line in way.ledger.years],
    }


def simulation_record(
    portfolio: Portfolio,
    simulation: Simulation | None,
    lapse: Lapse | None,
    provenance: Provenance,
) -> dict[str, Any]:
    """Return the answer of ``punte finance simulate``; a part that was not asked for is null."""
    return {
        "format": SIMULATION,
        **provenance.record(),
        "name": portfolio.name,
        "currency": portfolio.currency,
        "as_of": portfolio.valuation_day.isoformat(),
        "rates": None
        if simulation is None
        else {
            "paths": simulation.paths,
            "steps": simulation.steps,
            "curve": simulation.curve,
            "levels": list(LEVELS),
            "ways": [_fan_record(fan) for fan in simulation.fans],
        },
        "lapse": None if lapse is None else lapse_record(lapse),
    }


def _round(values: tuple[float, ...] | None) -> list[float] | None:
    return None if values is None else [round(value, 2) for value in values]


def _fan_record(fan: Fan) -> dict[str, Any]:
    return {
        "id": fan.id,
        "name": fan.name,
        "cost_mean": round(fan.cost_mean, 2),
        "cost_standard_deviation": round(fan.cost_deviation, 2),
        "cost": _round(fan.cost_quantiles),
        "risk_p95_over_mean": round(fan.risk, 2),
        "pv_service": _round(fan.pv_quantiles),
        "dearest_year": _round(fan.peak_quantiles),
        "saving_of_instrument": _round(fan.saving_quantiles),
        "p_saving": fan.p_saving,
        "years": [
            {"year": year, "service": [round(float(value), 2) for value in fan.service[:, number]]}
            for number, year in enumerate(fan.years)
        ],
    }


def lapse_record(lapse: Lapse) -> dict[str, Any]:
    """Return the money at risk of lapsing."""
    return {
        "availability_end": lapse.end.isoformat(),
        "worlds": lapse.worlds,
        "joint": lapse.joint,
        "money_at_risk": amount(lapse.at_risk_cents),
        "p_nothing_lapses": lapse.p_nothing_lapses,
        "p_nothing_lapses_standard_error": round(lapse.standard_error, 6),
        "lapsing": [
            {"probability": level, "at_most": amount(cents)} for level, cents in lapse.quantiles
        ],
        "projects": [
            {"project": project, "money_at_risk": amount(cents)}
            for project, cents in lapse.projects
        ],
        "draws": [
            {
                "id": risk.draw,
                "project": risk.project,
                "milestone": risk.milestone,
                "amount": amount(risk.amount_cents),
                "p_drawn": round(risk.p_drawn, 10),
                "money_at_risk": amount(risk.at_risk_cents),
                "expected_interest": amount(risk.expected_interest_cents),
                "median_date": None if risk.median_day is None else risk.median_day.isoformat(),
            }
            for risk in lapse.draws
        ],
        "expected_service": [
            {"year": year, "service": round(service, 2)} for year, service in lapse.expected_service
        ],
    }
