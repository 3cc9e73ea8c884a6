"""``punte roadmap import`` and ``export``: plans of other tools become ours, and ours theirs."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from punte.cli.parameters import INPUT, OUTPUT
from punte.cli.roadmap_plans import read_any_plan
from punte.engines.roadmap.baseline import under_ids_of
from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.instance import Calendar, Plan
from punte.engines.roadmap.simulate import simulate
from punte.formats.roadmap_gantt import Gantt, draw_gantt
from punte.formats.roadmap_ical import write_ical
from punte.formats.roadmap_mspdi_writing import write_mspdi
from punte.formats.roadmap_network import draw_network, picture_network
from punte.formats.roadmap_risk import late_finish, read_baseline
from punte.formats.roadmap_schedule import read_schedule
from punte.formats.roadmap_writing import plan_record
from punte.formats.writing import write_bytes, write_json
from punte.kernel.errors import PunteError


@click.command(name="import")
@click.argument("file", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, required=True, help="Where the plan goes.")
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Give a plan without dates this start, in days of Monday to Friday.",
)
def import_plan(file: Path, output: Path, start: datetime | None) -> None:
    """Read FILE (PSPLIB .sm, MSPDI .xml, .csv, or a plan) and write it as punte.roadmap.plan/1."""
    plan, _ = read_any_plan(file)
    if start is not None:
        if plan.start is not None:
            raise PunteError(
                f"{file} starts on {plan.start}; leave --start away, or edit the plan."
            )
        week = Calendar(id="week", name="Monday to Friday")
        plan = replace(plan, unit="day", start=start.date(), calendar=week.id, calendars=(week,))
    write_json(output, plan_record(plan))
    click.echo(
        f"{output}: {len(plan.activities)} activities, {len(plan.links)} links, {len(plan.resources)} resources."
    )


@click.command(name="export")
@click.argument("plan_file", metavar="PLAN", type=INPUT)
@click.option("--schedule", "schedule_file", type=INPUT, help="Dates; early dates without it.")
@click.option("--baseline", "baseline_file", type=INPUT, help="Ghost of the Gantt chart.")
@click.option("--mspdi", type=OUTPUT, help="Write Microsoft Project's XML here.")
@click.option("--ics", type=OUTPUT, help="Write an iCalendar file here.")
@click.option("--svg", type=OUTPUT, help="Write a Gantt chart here.")
@click.option(
    "--network", type=OUTPUT, help="Write the network with its critical path here, as SVG."
)
@click.option("--draws", type=click.IntRange(0, 1_000_000), default=2000, show_default=True)
def export_plan(
    plan_file: Path,
    schedule_file: Path | None,
    baseline_file: Path | None,
    mspdi: Path | None,
    ics: Path | None,
    svg: Path | None,
    network: Path | None,
    draws: int,
) -> None:
    """Write PLAN for other tools; name at least one of --mspdi, --ics, --svg and --network."""
    if not any((mspdi, ics, svg, network)):
        raise click.UsageError(
            "Say what to write: --mspdi, --ics, --svg or --network, each with a file."
        )
    plan, sha256 = read_any_plan(plan_file)
    starts, finishes = _find_dates(plan, sha256, schedule_file)
    if mspdi is not None:
        write_bytes(mspdi, write_mspdi(plan, starts, finishes))
    if ics is not None:
        write_bytes(ics, write_ical(plan, starts, finishes))
    if svg is not None:
        gantt = _make_gantt(plan, starts, finishes, baseline_file, draws)
        write_bytes(svg, draw_gantt(gantt).encode())
    if network is not None:
        picture = picture_network(find_critical_path(plan))
        write_bytes(network, draw_network(picture).encode())
    for path in (mspdi, ics, svg, network):
        if path is not None:
            click.echo(f"{path} is written.")


def _find_dates(
    plan: Plan, sha256: str, schedule_file: Path | None
) -> tuple[dict[str, int], dict[str, int]]:
    path = find_critical_path(plan)
    starts = {name: dates.early_start for name, dates in path.dates.items()}
    if schedule_file is not None:
        found = read_schedule(schedule_file)
        broken = find_violations(plan, found, plan_sha256=sha256)
        if broken or not found.starts:
            text = broken[0].text if broken else "It holds no starts."
            raise PunteError(f"{schedule_file} is no schedule of this plan: {text}")
        starts = found.starts
    network = path.network
    finishes = {a.id: network.finish(idx, starts[a.id]) for idx, a in enumerate(plan.activities)}
    return starts, finishes


def _make_gantt(
    plan: Plan,
    starts: dict[str, int],
    finishes: dict[str, int],
    baseline_file: Path | None,
    draws: int,
) -> Gantt:
    ghost, late = None, None
    if baseline_file is not None:
        baseline = under_ids_of(plan, read_baseline(baseline_file))
        ghost = {name: (start, baseline.finishes[name]) for name, start in baseline.starts.items()}
    uncertain = any(not activity.duration.is_fixed for activity in plan.activities)
    if draws and (uncertain or plan.risks):
        outcome = simulate(plan, draws=draws)
        late = {a.id: late_finish(outcome, row) for row, a in enumerate(plan.activities)}
    return Gantt(
        plan=plan,
        starts=starts,
        finishes=finishes,
        critical=frozenset(find_critical_path(plan).critical),
        ghost=ghost,
        late=late,
    )
