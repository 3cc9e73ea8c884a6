"""``punte timetable``: solve, check, bound, import, and the verbs of its sister modules."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.status import Status as Spinner

from punte.cli.main import EXIT_NO
from punte.cli.parameters import INPUT, OUTPUT, Seconds
from punte.cli.stopping import stopped_by_signals
from punte.cli.timetable_export import COMMANDS as EXPORT_COMMANDS
from punte.cli.timetable_import import import_file
from punte.cli.timetable_more import COMMANDS as MORE_COMMANDS
from punte.engines.timetable.check import check as check_result
from punte.engines.timetable.result import Result
from punte.engines.timetable.solve import solve as solve_instance
from punte.formats.timetable import read_instance, read_result, write_result
from punte.kernel.anytime import Deadline, Progress


@click.group()
def group() -> None:
    """Who meets whom, where and when, with a proof."""


def _show(number: float | None) -> str:
    return "-" if number is None else f"{number:g}"


@contextmanager
def _watched(deadline: Deadline) -> Iterator[Callable[[Progress], None]]:
    """Show progress on stderr and let Ctrl-C or SIGTERM end the search with its best answer."""
    console = Console(stderr=True)
    with stopped_by_signals(deadline), Spinner("solving", console=console) as spinner:

        def report(progress: Progress) -> None:
            spinner.update(
                f"{progress.stage}: value {_show(progress.value)}, bound {_show(progress.bound)}, "
                f"{progress.elapsed_s:.1f} s"
            )

        yield report


def _print_result(result: Result) -> None:
    click.echo(
        f"status: {result.status}, {len(result.meetings)} meetings held, "
        f"{len(result.unmet)} not, {result.runtime_s:.1f} s"
    )
    for line in result.objective:
        proof = "proved" if line.proved else f"bound {_show(line.bound)}"
        click.echo(f"  {line.name}: {_show(line.value)} ({proof})")


@group.command()
@click.argument("instance_path", metavar="INSTANCE", type=INPUT)
@click.option("-o", "--output", required=True, type=OUTPUT, help="Where the answer is written.")
@click.option(
    "--time-limit", default=60.0, show_default=True, type=Seconds(min=0.0), help="Seconds."
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Threads."
)
@click.pass_context
def solve(
    ctx: click.Context,
    *,
    instance_path: Path,
    output: Path,
    time_limit: float,
    seed: int,
    workers: int,
) -> None:
    """
    Find the best timetable of INSTANCE and write it, with what is proved of it.

    Ctrl-C or SIGTERM ends the search early; the best timetable so far is written. Exit code 1: none exists, or none was found in time.
    """
    deadline = Deadline(limit_s=time_limit)
    instance, sha256 = read_instance(instance_path)
    with _watched(deadline) as report:
        result = solve_instance(
            instance,
            instance_sha256=sha256,
            seed=seed,
            workers=workers,
            deadline=deadline,
            report=report,
        )
    write_result(output, result)
    _print_result(result)
    if result.status in ("infeasible", "unknown"):
        ctx.exit(EXIT_NO)


@group.command()
@click.argument("instance_path", metavar="INSTANCE", type=INPUT)
@click.argument("result_path", metavar="RESULT", type=INPUT)
@click.pass_context
def check(ctx: click.Context, instance_path: Path, result_path: Path) -> None:
    """Recompute every rule, goal and claim of RESULT. Exit code 1: something is wrong, all of it is named."""
    instance, sha256 = read_instance(instance_path)
    result = read_result(result_path)
    verdict = check_result(instance, result, instance_sha256=sha256)
    for violation in verdict.violations:
        click.echo(str(violation))
    if not verdict.is_right:
        click.echo(f"{len(verdict.violations)} violations.")
        ctx.exit(EXIT_NO)
    values = ", ".join(f"{goal} {_show(value)}" for goal, value in verdict.objective.items())
    click.echo(f"Right: {result.status}, {len(result.meetings)} meetings; {values or 'no value'}.")
    if result.status == "infeasible" or any(line.bound is not None for line in result.objective):
        click.echo(
            "What the solver proved, that nothing is better or that none exists, was tried by counterexamples, "
            "not proved again; `punte timetable bound` does that."
        )


@group.command()
@click.argument("instance_path", metavar="INSTANCE", type=INPUT)
@click.option(
    "--time-limit", default=10.0, show_default=True, type=Seconds(min=0.0), help="Seconds."
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Processes."
)
@click.pass_context
def bound(ctx: click.Context, *, instance_path: Path, time_limit: float, workers: int) -> None:
    """
    Say what no timetable of INSTANCE can beat, goal after goal, as far as it is proved within the time limit.

    A bound of a later goal holds for timetables with the values shown for the goals before it. Exit code 1: no timetable exists.
    """
    deadline = Deadline(limit_s=time_limit)
    instance, sha256 = read_instance(instance_path)
    with _watched(deadline) as report:
        result = solve_instance(
            instance, instance_sha256=sha256, workers=workers, deadline=deadline, report=report
        )
    if result.status == "infeasible":
        click.echo("Proved: no timetable keeps all the rules.")
        ctx.exit(EXIT_NO)
    for line in result.objective:
        reached = "reached" if line.proved else f"best found {_show(line.value)}"
        click.echo(f"{line.name}: bound {_show(line.bound)} ({reached})")


for _command in (*MORE_COMMANDS, *EXPORT_COMMANDS, import_file):
    group.add_command(_command)
