"""``punte finance compare`` and ``punte finance simulate``."""

import time
from pathlib import Path

import click

from punte.cli.finance_output import put, refuse_contradictions, refuse_violations
from punte.cli.parameters import INPUT, OUTPUT
from punte.engines.finance.check import check_ledger
from punte.engines.finance.compare import compare as compare_ways
from punte.engines.finance.compare import with_loan_of
from punte.engines.finance.lapse import lapse
from punte.engines.finance.schedule import schedule
from punte.engines.finance.simulate import simulate as simulate_rates
from punte.formats.finance_allocation import compare_plans, parse_plan
from punte.formats.finance_ledger import Provenance
from punte.formats.finance_portfolio import parse_portfolio, read_portfolio
from punte.formats.finance_scenarios import (
    comparison_record,
    simulation_record,
    with_milestones,
)
from punte.formats.reading import parse_json, read_bytes


@click.command()
@click.argument("file", type=INPUT)
@click.argument("other", type=INPUT, required=False)
@click.option("-o", "--output", type=OUTPUT, help="Where the answer goes; the terminal without it.")
def compare(file: Path, other: Path | None, output: Path | None) -> None:
    """
    Lay an instrument beside its alternatives, or one allocation beside another.

    FILE is punte.finance.portfolio/1 with alternatives; with OTHER, both are answers of allocate.
    """
    started = time.perf_counter()
    content = read_bytes(file)
    record = parse_json(content, source=str(file))
    if other is not None:
        second = parse_plan(read_bytes(other), other)
        put(compare_plans(record, second, sources=(str(file), str(other))), output)
        return
    portfolio = parse_portfolio(record, source=str(file))
    refuse_contradictions(portfolio, file)
    comparison = compare_ways(portfolio)
    for way in comparison.ways:
        asked = portfolio if way is comparison.ways[0] else with_loan_of(portfolio, way.id)
        refuse_violations(check_ledger(asked, way.ledger))
    provenance = Provenance(content=content, runtime_s=time.perf_counter() - started)
    put(comparison_record(portfolio, comparison, provenance), output)


@click.command()
@click.argument("file", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, help="Where the answer goes; the terminal without it.")
@click.option(
    "--paths",
    type=click.IntRange(1, 200_000),
    default=10_000,
    show_default=True,
    help="Courses of the rates.",
)
@click.option(
    "--worlds",
    type=click.IntRange(1, 1_000_000),
    default=10_000,
    show_default=True,
    help="Worlds of milestone dates.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="The same seed, the same answer.",
)
@click.option(
    "--milestones", type=INPUT, help="punte.finance.milestones/1: dates as distributions."
)
def simulate(
    file: Path, output: Path | None, paths: int, worlds: int, seed: int, milestones: Path | None
) -> None:
    """
    Draw courses of the rates and of the milestones: fans, and what lapses.

    FILE is punte.finance.portfolio/1 with models, or with draws that wait for milestones.
    """
    started = time.perf_counter()
    portfolio, content = read_portfolio(file)
    refuse_contradictions(portfolio, file)
    if milestones is not None:
        portfolio, more = with_milestones(portfolio, milestones)
        content += more
    simulation = simulate_rates(portfolio, paths=paths, seed=seed)
    risk = None
    if any(draw.milestone is not None for draw in portfolio.draws):
        ledger = schedule(portfolio)
        refuse_violations(check_ledger(portfolio, ledger))
        risk = lapse(portfolio, ledger, worlds=worlds, seed=seed)
    provenance = Provenance(content=content, seed=seed, runtime_s=time.perf_counter() - started)
    put(simulation_record(portfolio, simulation, risk, provenance), output)
