"""``punte roadmap schedule``, ``check`` and ``explain``."""

import sys
from pathlib import Path

import click

from punte.cli.main import EXIT_DONE, EXIT_NO
from punte.cli.parameters import INPUT, OUTPUT, Seconds
from punte.cli.roadmap_plans import read_any_plan
from punte.cli.stopping import stopped_by_signals
from punte.engines.roadmap.bounds import prove_by_energy
from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.explain import explain
from punte.engines.roadmap.instance import Activity, Length, Link, Plan
from punte.engines.roadmap.network import build_network
from punte.engines.roadmap.problem import build_problem
from punte.engines.roadmap.refute import refute_bound
from punte.engines.roadmap.result import Schedule
from punte.engines.roadmap.simulate import simulate
from punte.engines.roadmap.solve import schedule_plan
from punte.formats.roadmap_schedule import read_schedule, schedule_record
from punte.formats.writing import write_json
from punte.kernel.anytime import Deadline, Progress, ignore_progress


def _say(progress: Progress) -> None:
    value = "none yet" if progress.value is None else f"{progress.value:g}"
    bound = "-" if progress.bound is None else f"{progress.bound:g}"
    click.echo(
        f"{progress.elapsed_s:7.1f} s  makespan {value}  bound {bound}  {progress.stage}", err=True
    )


@click.command(name="schedule")
@click.argument("plan_file", metavar="PLAN", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, required=True, help="Where the schedule goes.")
@click.option("--time-limit", type=Seconds(min=0.1), default=20.0, show_default=True, help="[s]")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Threads; with 1 the answer is the same every time.",
)
@click.option("--quiet", is_flag=True, help="Say nothing on the way.")
def schedule(
    plan_file: Path, output: Path, time_limit: float, seed: int, workers: int, *, quiet: bool
) -> None:
    """
    Find the shortest schedule of PLAN that keeps links, calendars, resources and cash.

    PLAN is punte.roadmap.plan/1, PSPLIB .sm, MSPDI .xml or .csv. Ctrl-C or SIGTERM stops and keeps the best answer.
    Exit code 1: there is no schedule, or none was found in time.
    """
    deadline = Deadline(limit_s=time_limit)
    with stopped_by_signals(deadline):
        plan, sha256 = read_any_plan(plan_file)
        report = ignore_progress if quiet else _say
        found = schedule_plan(
            plan,
            instance_sha256=sha256,
            deadline=deadline,
            seed=seed,
            workers=workers,
            report=report,
        )
    write_json(output, schedule_record(found, plan))
    click.echo(_summary(found, plan))
    sys.exit(EXIT_DONE if found.starts else EXIT_NO)


def _summary(found: Schedule, plan: Plan) -> str:
    if found.makespan is None:
        return "\n".join([f"{found.status}: no schedule.", *found.reasons])
    end = plan.finish_date_of(found.makespan)
    when = f", ends {end}" if end else ""
    gap = f", gap {found.gap:.1%}" if found.gap else ""
    return (
        f"{found.status}: makespan {found.makespan} {plan.unit}s{when}, bound {found.bound}{gap}."
    )


@click.command(name="check")
@click.argument("plan_file", metavar="PLAN", type=INPUT)
@click.argument("schedule_file", metavar="SCHEDULE", type=INPUT)
def check_schedule(plan_file: Path, schedule_file: Path) -> None:
    """Recompute every rule and the makespan of SCHEDULE; exit code 1 names each that is broken, or that it is of another file."""
    plan, sha256 = read_any_plan(plan_file)
    found = read_schedule(schedule_file)
    broken = find_violations(plan, found, plan_sha256=sha256) or refute_bound(plan, found)
    for violation in broken:
        click.echo(f"{violation.code}: {violation.text}")
    if broken:
        click.echo(f"Wrong: {len(broken)} rule{'' if len(broken) == 1 else 's'} broken.")
        sys.exit(EXIT_NO)
    click.echo(f"Right: {found.status}, makespan {found.makespan}, bound {found.bound}.")
    if found.status == "infeasible" or found.bound is not None:
        click.echo(
            "What the solver proved, that nothing is shorter or that none exists, is not proved again; "
            "only that moving activities earlier does not beat the bound."
            if found.starts
            else "That no schedule exists is the solver's proof and is not proved again."
        )


@click.command(name="explain")
@click.argument("plan_file", metavar="PLAN", type=INPUT)
@click.argument("activity", required=False)
def explain_activity(plan_file: Path, activity: str | None) -> None:
    """Say why ACTIVITY (or each) is or is not critical, resources and cash aside."""
    plan, _ = read_any_plan(plan_file)
    for line in explain(plan, activity):
        click.echo(line)


@click.command(name="compile", hidden=True)
def compile_search() -> None:
    """Compile the search and the simulation once, so that first runs do not wait for it."""
    activities = tuple(
        Activity(id=name, duration=Length(likely=2, low=1, high=4)) for name in ("A", "B")
    )
    plan = Plan(activities=activities, links=(Link(first="A", second="B"),))
    simulate(plan, draws=2)
    schedule_plan(plan, workers=1)
    prove_by_energy(build_problem(build_network(plan), 5), 1, 2)
    click.echo("The roadmap engine is compiled.")
