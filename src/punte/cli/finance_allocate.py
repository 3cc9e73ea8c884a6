"""``punte finance allocate``."""

import time
from pathlib import Path

import click

from punte.cli.finance_output import put, refuse_violations
from punte.cli.main import EXIT_NO
from punte.cli.parameters import INPUT, OUTPUT, Seconds
from punte.engines.finance.check_allocation import check_plan
from punte.formats.finance_allocation import parse_allocation, plan_record, with_decisions
from punte.formats.finance_ledger import Provenance
from punte.formats.reading import parse_json, read_bytes
from punte.kernel.anytime import Deadline


@click.command()
@click.argument("file", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, help="Where the answer goes; the terminal without it.")
@click.option("--lock", "locked", multiple=True, help="Id of a project to fund; may be repeated.")
@click.option(
    "--exclude", "excluded", multiple=True, help="Id of a project to leave out; may be repeated."
)
@click.option(
    "--time-limit",
    type=Seconds(0.1, 86_400),
    default=60.0,
    show_default=True,
    help="Seconds.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="The same seed, the same answer.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Solver threads; more than one may answer differently among equals.",
)
@click.option("--prices/--no-prices", default=True, help="What one more of each limit would buy.")
@click.pass_context
def allocate(
    ctx: click.Context,
    file: Path,
    output: Path | None,
    locked: tuple[str, ...],
    excluded: tuple[str, ...],
    time_limit: float,
    seed: int,
    workers: int,
    prices: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """
    Choose which projects are funded, when and from which budget.

    FILE is punte.finance.allocation/1. Exit 1 if no plan keeps all limits and decisions.
    """
    from punte.engines.finance.allocate import allocate as allocate_projects

    started = time.perf_counter()
    content = read_bytes(file)
    question = parse_allocation(parse_json(content, source=str(file)), source=str(file))
    question = with_decisions(question, locked, excluded)
    deadline = Deadline(limit_s=time_limit)
    plan = allocate_projects(question, deadline=deadline, seed=seed, workers=workers, priced=prices)
    refuse_violations(check_plan(question, plan))
    provenance = Provenance(content=content, seed=seed, runtime_s=time.perf_counter() - started)
    put(plan_record(question, plan, provenance), output)
    if plan.points is None:
        click.echo(f"No plan: {plan.reason}.", err=True)
        ctx.exit(EXIT_NO)
