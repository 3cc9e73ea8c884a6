"""``punte roadmap risk``, ``health``, ``baseline`` and ``compare``."""

import json
import sys
import time
from pathlib import Path

import click

from punte.cli.main import EXIT_NO
from punte.cli.parameters import INPUT, OUTPUT
from punte.cli.roadmap_plans import read_any_plan
from punte.engines.roadmap.baseline import (
    Baseline,
    earned_schedule,
    earned_value,
    freeze_baseline,
    measure_slip,
    under_ids_of,
)
from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.health import examine
from punte.engines.roadmap.instance import Plan
from punte.engines.roadmap.risk import assess_milestones, find_quantiles, rank_drivers
from punte.engines.roadmap.simulate import Outcome, rerun, simulate
from punte.engines.roadmap.solve import ENGINE
from punte.formats.reading import read_bytes
from punte.formats.roadmap_risk import (
    BASELINE_FORMAT,
    baseline_record,
    health_record,
    read_baseline,
    risk_record,
)
from punte.formats.roadmap_schedule import read_schedule
from punte.formats.writing import write_json
from punte.kernel.errors import PunteError

DRAWS = click.option(
    "--draws", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True
)
SEED = click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)


def _when(plan: Plan, instant: float) -> str:
    day = plan.finish_date_of(int(instant + 0.999999))
    return f"{instant:.1f}" if day is None else str(day)


@click.command(name="risk")
@click.argument("plan_file", metavar="PLAN", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, help="Where the numbers go, as JSON.")
@DRAWS
@SEED
def measure_risk(plan_file: Path, output: Path | None, draws: int, seed: int) -> None:
    """
    Say how likely each milestone of PLAN is kept, and what drives it; resources and cash aside.

    Exit code 1: a milestone is below the probability that its owner requires.
    """
    plan, sha256 = read_any_plan(plan_file)
    started = time.perf_counter()
    outcome = simulate(plan, draws=draws, seed=seed)
    runtime_s = round(time.perf_counter() - started, 3)
    if output is not None:
        record = risk_record(outcome, plan_sha256=sha256, runtime_s=runtime_s, engine=ENGINE)
        write_json(output, record)
    found = dict(find_quantiles(outcome.ends))
    click.echo(
        f"End of the plan: P10 {_when(plan, found[0.1])}, P50 {_when(plan, found[0.5])}, P80 {_when(plan, found[0.8])} "
        f"({draws:,} draws, seed {seed})."
    )
    below = False
    for risk in assess_milestones(outcome):
        chance, below = risk.chance, below or bool(risk.is_below_required)
        wanted = risk.milestone.required_probability
        click.echo(
            f"{risk.milestone.name or risk.milestone.id} by {_when(plan, risk.milestone.target)}: {chance.share:.1%} "
            f"({chance.low:.1%} to {chance.high:.1%}); planned {_when(plan, risk.planned)}"
            + (f"; required {wanted:.0%}" if wanted is not None else "")
        )
    for driver in rank_drivers(outcome, outcome.ends, most=8):
        click.echo(
            f"  driver {driver.name}: the end moves {driver.swing:+.1f} {plan.unit}s, correlation {driver.correlation:+.2f}"
        )
    sys.exit(EXIT_NO if below else 0)


@click.command(name="health")
@click.argument("plan_file", metavar="PLAN", type=INPUT)
@click.option("--baseline", "baseline_file", type=INPUT, help="For checks 11, 13 and 14.")
@click.option("-o", "--output", type=OUTPUT, help="Where the card goes, as JSON.")
def show_health(plan_file: Path, baseline_file: Path | None, output: Path | None) -> None:
    """Print the fourteen DCMA checks and ten GAO practices of PLAN; exit code 1 if a check fails."""
    plan, sha256 = read_any_plan(plan_file)
    started = time.perf_counter()
    card = examine(
        plan, under_ids_of(plan, read_baseline(baseline_file)) if baseline_file else None
    )
    if output is not None:
        runtime_s = round(time.perf_counter() - started, 3)
        record = health_record(card, plan_sha256=sha256, runtime_s=runtime_s, engine=ENGINE)
        write_json(output, record)
    for found in card.findings:
        state = {True: "pass", False: "FAIL", None: "  ? "}[found.is_passed]
        value = "-" if found.value is None else f"{found.value:.1%}"
        side = ">=" if found.at_least else "<="
        click.echo(f"{state}  {found.number:2}  {found.name}: {value} ({side} {found.limit:.0%})")
        if found.offenders and found.is_passed is False:
            rest = "" if len(found.offenders) <= 12 else f" and {len(found.offenders) - 12} more"
            click.echo(f"          {', '.join(found.offenders[:12])}{rest}")
    for practice in card.practices:
        click.echo(
            f"{practice.state:8} GAO {practice.number:2}  {practice.name}: {practice.because}"
        )
    sys.exit(0 if card.is_healthy else EXIT_NO)


@click.command(name="baseline")
@click.argument("plan_file", metavar="PLAN", type=INPUT)
@click.option(
    "--schedule", "schedule_file", type=INPUT, help="Freeze these dates, not the early ones."
)
@click.option("--name", default="baseline", show_default=True)
@click.option("-o", "--output", type=OUTPUT, required=True, help="Where the baseline goes.")
def freeze(plan_file: Path, schedule_file: Path | None, name: str, output: Path) -> None:
    """Freeze the dates and budgets of PLAN with a hash that shows any later change."""
    plan, sha256 = read_any_plan(plan_file)
    starts = None
    if schedule_file is not None:
        found = read_schedule(schedule_file)
        broken = find_violations(plan, found, plan_sha256=sha256)
        if broken or not found.starts:
            text = broken[0].text if broken else "It holds no starts."
            raise PunteError(f"{schedule_file} is no schedule of {plan_file}: {text}")
        starts = found.starts
    baseline = freeze_baseline(plan, name=name, plan_sha256=sha256, starts=starts)
    write_json(output, baseline_record(baseline))
    click.echo(f"{output}: {len(baseline.starts)} activities, sha256 {baseline.sha256}")


@click.command(name="compare")
@click.argument("before", metavar="BEFORE", type=INPUT)
@click.argument("after", metavar="AFTER", type=INPUT)
@DRAWS
@SEED
def compare(before: Path, after: Path, draws: int, seed: int) -> None:
    """
    Compare a baseline with a plan (slip, earned schedule), or two plans on the same draws.

    The same draws mean that the difference is the change, not luck.
    """
    plan, _ = read_any_plan(after)
    if _is_baseline(before):
        _show_slip(under_ids_of(plan, read_baseline(before)), plan)
        return
    first, _ = read_any_plan(before)
    outcome = simulate(first, draws=draws, seed=seed)
    _show_difference(outcome, rerun(outcome, plan))


def _is_baseline(path: Path) -> bool:
    if path.suffix.lower() != ".json":
        return False
    try:
        found = json.loads(read_bytes(path))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("format") == BASELINE_FORMAT


def _show_slip(baseline: Baseline, plan: Plan) -> None:
    for slip in measure_slip(baseline, plan):
        if slip.finish is None:
            click.echo(f"{slip.activity}: only in one of the two")
        elif slip.finish or slip.start:
            click.echo(
                f"{slip.activity}: start {slip.start:+d}, finish {slip.finish:+d} {plan.unit}s"
            )
    if plan.status_at is None:
        click.echo("No status date, so nothing is earned yet.")
        return
    value, earned = earned_value(baseline, plan), earned_schedule(baseline, plan)
    click.echo(f"BAC {value.budget:,.0f}  PV {value.planned:,.1f}  EV {value.earned:,.1f}")
    if earned.index is not None:
        forecast = "-" if earned.forecast is None else _when(plan, earned.forecast)
        click.echo(
            f"Earned schedule {earned.earned:.2f} at {earned.at}: SV(t) {earned.variance:+.2f} {plan.unit}s, "
            f"SPI(t) {earned.index:.3f}, end at this pace {forecast}"
        )


def _show_difference(before: Outcome, after: Outcome) -> None:
    for name, share in (("P50", 0.5), ("P80", 0.8)):
        old, new = (dict(find_quantiles(found.ends))[share] for found in (before, after))
        click.echo(
            f"End {name}: {_when(before.plan, old)} -> {_when(after.plan, new)} ({new - old:+.1f} {after.plan.unit}s)"
        )
    known = {risk.milestone.id: risk for risk in assess_milestones(before)}
    for risk in assess_milestones(after):
        old_risk = known.get(risk.milestone.id)
        label = risk.milestone.name or risk.milestone.id
        if old_risk is None:
            click.echo(f"{label}: {risk.chance.share:.1%} (not in the first plan)")
        else:
            change = 100 * (risk.chance.share - old_risk.chance.share)
            click.echo(
                f"{label}: {old_risk.chance.share:.1%} -> {risk.chance.share:.1%} ({change:+.1f} points)"
            )
