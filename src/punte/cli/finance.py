"""``punte finance``: schedule, compare, simulate, allocate, and reference cases."""

import json
import time
from pathlib import Path
from typing import Any

import click

from punte.cli.finance_allocate import allocate
from punte.cli.finance_instruments import instruments, sample
from punte.cli.finance_output import put, refuse_contradictions, refuse_violations
from punte.cli.finance_scenarios import compare, simulate
from punte.cli.main import EXIT_NO
from punte.cli.parameters import INPUT, OUTPUT
from punte.engines.finance.check import check_ledger
from punte.engines.finance.schedule import schedule as schedule_portfolio
from punte.engines.finance.value import valuation
from punte.formats.finance_ledger import Provenance, flows_csv, schedule_record
from punte.formats.finance_portfolio import parse_portfolio
from punte.formats.finance_reference import ANSWER, CaseReport, case_answer, compare_case
from punte.formats.reading import parse_json, read_bytes
from punte.formats.writing import as_json, write_together
from punte.kernel.errors import InvalidInputError, Problem, PunteError


@click.group()
def group() -> None:
    """Loans and draws: schedule, compare, simulate, allocate."""


group.add_command(compare)
group.add_command(simulate)
group.add_command(allocate)
group.add_command(instruments)
group.add_command(sample)


@group.command()
@click.argument("file", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, help="Where the answer goes; the terminal without it.")
@click.option("--csv", "csv_output", type=OUTPUT, help="Also write all flows as CSV.")
def schedule(file: Path, output: Path | None, csv_output: Path | None) -> None:
    """
    Compute every flow of a portfolio, or what a reference case asks for.

    FILE is punte.finance.portfolio/1, or one case with "kind" and "inputs".
    """
    started = time.perf_counter()
    content = read_bytes(file)
    record = parse_json(content, source=str(file))
    if "format" not in record and "kind" in record:
        answer = case_answer(record, source=str(file))
        provenance = Provenance(content=content, runtime_s=time.perf_counter() - started)
        head = {"format": ANSWER, **provenance.record()}
        if csv_output is not None:
            raise PunteError(f"{file} is a reference case and has no flows: leave --csv out.")
        case = {"case": record.get("id"), "kind": record["kind"]}
        put({**head, **case, "answer": answer}, output)
        return
    portfolio = parse_portfolio(record, source=str(file))
    refuse_contradictions(portfolio, file)
    ledger = schedule_portfolio(portfolio)
    refuse_violations(check_ledger(portfolio, ledger))
    numbers = valuation(portfolio, ledger)
    provenance = Provenance(content=content, runtime_s=time.perf_counter() - started)
    answer = schedule_record(portfolio, ledger, numbers, provenance)
    files = [] if csv_output is None else [(csv_output, flows_csv(ledger))]
    if output is not None:
        files.append((output, as_json(answer)))
    write_together(files)
    if output is None:
        put(answer, None)


@group.command()
@click.argument("file", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, help="Write all comparisons as JSON.")
@click.option("--all", "show_all", is_flag=True, help="Print every value, also the equal ones.")
@click.pass_context
def reference(ctx: click.Context, file: Path, output: Path | None, show_all: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """
    Compute reference cases again: case, expected, computed, deviation.

    FILE holds {"cases": [...]} or one case. Exit 1 if one is out.
    """
    content = read_bytes(file)
    record = parse_json(content, source=str(file))
    cases = record.get("cases", [record] if "kind" in record else None)
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        problem = Problem(place="cases", what="must be a list of cases.")
        raise InvalidInputError(str(file), [problem])
    started = time.perf_counter()
    reports = [compare_case(case, source=str(file)) for case in cases]
    for report in reports:
        print_report(report, show_all=show_all)
    counts = {
        state: sum(report.state == state for report in reports)
        for state in ("equal", "named", "out")
    }
    click.echo(
        f"{len(reports)} cases: {counts['equal']} equal, {counts['named']} with a named deviation, {counts['out']} out."
    )
    if output is not None:
        provenance = Provenance(content=content, runtime_s=time.perf_counter() - started)
        put(_reference_record(reports, counts, provenance), output)
    if counts["out"]:
        ctx.exit(EXIT_NO)


def print_report(report: CaseReport, *, show_all: bool) -> None:
    """Print one case: a line when all is equal, else a line for each value that is not."""
    numbers = [abs(c.deviation) for c in report.comparisons if c.deviation is not None]
    worst = f", largest deviation {max(numbers):.3g}" if numbers else ""
    click.echo(
        f"{report.state:<6} {report.id} ({report.kind}): {len(report.comparisons)} values{worst}"
    )
    for comparison in report.comparisons:
        if not show_all and comparison.state == "equal":
            continue
        deviation = "-" if comparison.deviation is None else f"{comparison.deviation:.6g}"
        click.echo(
            f"       {comparison.state} {comparison.name}: expected {_short(comparison.expected)}, "
            f"computed {_short(comparison.computed)}, deviation {deviation}"
            + (f" ({comparison.reason})" if comparison.reason else "")
        )


def _short(value: Any) -> str:  # noqa: ANN401 - as published
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "..."


def _reference_record(
    reports: list[CaseReport], counts: dict[str, int], provenance: Provenance
) -> dict[str, Any]:
    return {
        "format": "punte.finance.reference/1",
        **provenance.record(),
        "counts": counts,
        "cases": [
            {
                "id": report.id,
                "kind": report.kind,
                "state": report.state,
                "values": [
                    {
                        "name": c.name,
                        "expected": c.expected,
                        "computed": c.computed,
                        "deviation": c.deviation,
                        "state": c.state,
                        "reason": c.reason,
                    }
                    for c in report.comparisons
                ],
            }
            for report in reports
        ],
    }
