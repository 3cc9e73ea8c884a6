"""``punte timetable`` beyond solving: generate, repair, compare."""

from pathlib import Path

import click

from punte.cli.parameters import INPUT, OUTPUT
from punte.engines.timetable.compare import Comparison, compare_timetables
from punte.engines.timetable.found import Found
from punte.engines.timetable.generate import ForumShape, Tables, generate_forum
from punte.engines.timetable.repair import Repair
from punte.engines.timetable.repair import repair as repair_timetable
from punte.engines.timetable.solve import state_result
from punte.formats.timetable import (
    digest,
    instance_record,
    read_instance,
    read_result,
    write_result,
)
from punte.formats.timetable_changes import read_changes
from punte.formats.writing import as_json, write_bytes
from punte.kernel.anytime import Deadline
from punte.kernel.errors import InvalidInputError, Problem


@click.command()
@click.option("--participants", required=True, type=click.IntRange(2, 200_000))
@click.option(
    "--requests", type=click.IntRange(1, 1_000_000), help="Four for each participant by default."
)
@click.option(
    "--tables",
    default="tight",
    show_default=True,
    type=click.Choice(["tight", "loose"]),
    help="tight: 0.55 table-slots for each request; loose: 1.2.",
)
@click.option("--days", default=2, show_default=True, type=click.IntRange(1, 30))
@click.option("--slots-per-day", default=16, show_default=True, type=click.IntRange(1, 40))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option(
    "-o", "--output", type=OUTPUT, help="Where it is written; standard output by default."
)
def generate(
    *,
    participants: int,
    requests: int | None,
    tables: Tables,
    days: int,
    slots_per_day: int,
    seed: int,
    output: Path | None,
) -> None:
    """Invent a forum with the shape of a real one. The same options give the same file everywhere."""
    shape = ForumShape(
        participants=participants,
        requests=requests,
        tables=tables,
        days=days,
        slots_per_day=slots_per_day,
    )
    instance = generate_forum(shape, seed=seed)
    content = as_json(instance_record(instance))
    if output is None:
        click.echo(content.decode(), nl=False)
        return
    write_bytes(output, content)
    click.echo(
        f"{len(instance.participants)} participants, {len(instance.requests)} requests, "
        f"{len(instance.slots)} slots, {len(instance.places)} places written to {output}."
    )


@click.command()
@click.argument("instance_path", metavar="INSTANCE", type=INPUT)
@click.argument("result_path", metavar="RESULT", type=INPUT)
@click.argument("changes_path", metavar="CHANGES", type=INPUT)
@click.option(
    "-o", "--output", required=True, type=OUTPUT, help="Where the repaired answer is written."
)
@click.option(
    "--instance-out",
    type=OUTPUT,
    help="Where the question after the changes is written; `check` needs it for the repaired answer.",
)
def repair(
    *,
    instance_path: Path,
    result_path: Path,
    changes_path: Path,
    output: Path,
    instance_out: Path | None,
) -> None:
    """
    Repair RESULT after CHANGES: keep every promise that can be kept, win back weight, move few meetings.

    What lies before `now` is history and stands. The repaired answer belongs to the question after the changes.
    """
    instance, sha256 = read_instance(instance_path)
    result = read_result(result_path)
    if result.instance_sha256 != sha256:
        raise InvalidInputError(
            str(result_path),
            [
                Problem(
                    place="instance_sha256",
                    what=f"it answers another file than {instance_path}.",
                    remedy="Give the question it was made for.",
                )
            ],
        )
    changes = read_changes(changes_path, instance)
    deadline = Deadline()
    repaired = repair_timetable(instance, result.meetings, changes)
    runtime_s = deadline.elapsed_s
    content = as_json(instance_record(repaired.instance))
    answer = state_result(
        repaired.instance,
        Found(status="feasible", meetings=repaired.meetings),
        instance_sha256=digest(content),
        seed=result.seed,
        runtime_s=runtime_s,
    )
    if instance_out is not None:
        write_bytes(instance_out, content)
    write_result(output, answer)
    _print_repair(repaired, runtime_s)


def _print_repair(repaired: Repair, runtime_s: float) -> None:
    weight = {request.id: request.weight for request in repaired.instance.requests}
    gained = sum(weight[meeting.request] for meeting in repaired.added)
    click.echo(
        f"{repaired.kept} meetings to come kept, {len(repaired.moved)} moved, "
        f"{len(repaired.lost)} lost, {len(repaired.added)} added (weight {gained}); "
        f"{len(repaired.touched)} people touched by moves; {runtime_s * 1000:.0f} ms"
    )
    for move in repaired.moved:
        before, after = move.before, move.after
        click.echo(
            f"  moved {after.request}: {before.slot} {before.place} -> {after.slot} {after.place}"
        )
    for meeting, reason in repaired.lost:
        click.echo(f"  lost {meeting.request} ({meeting.slot} {meeting.place}): {reason}")
    for text in repaired.relaxed:
        click.echo(f"  limit given up: {text}")


@click.command()
@click.argument("first_path", metavar="RESULT1", type=INPUT)
@click.argument("second_path", metavar="RESULT2", type=INPUT)
@click.option(
    "--instance",
    "instance_path",
    type=INPUT,
    help="The question: then it says who gains and loses.",
)
def compare(first_path: Path, second_path: Path, instance_path: Path | None) -> None:
    """Say what differs between two answers: what moved, what came and went, and who gains or loses."""
    instance = None if instance_path is None else read_instance(instance_path)[0]
    first, second = read_result(first_path), read_result(second_path)
    _print_comparison(compare_timetables(first, second, instance))


def _print_comparison(found: Comparison) -> None:
    click.echo(
        f"{found.same} meetings the same, {len(found.moved)} moved, {len(found.gone)} gone, "
        f"{len(found.come)} new"
    )
    for name, before, after in found.goals:
        click.echo(
            f"  {name}: {before if before is not None else '-'} -> {after if after is not None else '-'}"
        )
    for was, now in found.moved:
        click.echo(f"  moved {now.request}: {was.slot} {was.place} -> {now.slot} {now.place}")
    for meeting in found.gone:
        click.echo(f"  gone {meeting.request} ({meeting.slot} {meeting.place})")
    for meeting in found.come:
        click.echo(f"  new {meeting.request} ({meeting.slot} {meeting.place})")
    for word, people in (("gains", found.gains), ("loses", found.losses)):
        for person, weight, meetings in people:
            click.echo(f"  {person} {word} weight {abs(weight)} ({meetings:+d} meetings)")


COMMANDS = (generate, repair, compare)
