"""``punte timetable``: timetables for people."""

from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from punte.cli.parameters import INPUT, OUTPUT
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.result import Result
from punte.formats.timetable import read_instance, read_result
from punte.formats.timetable_export import as_csv, as_html, as_ics, as_xlsx, board, list_lines
from punte.formats.writing import write_bytes


@click.command()
@click.argument("result_path", metavar="RESULT", type=INPUT)
@click.option("--instance", "instance_path", type=INPUT, help="The question, for times and names.")
@click.option("--ics", type=OUTPUT, help="Write an iCalendar file; needs --instance.")
@click.option("--csv", "csv_path", type=OUTPUT, help="Write a CSV table.")
@click.option("--xlsx", type=OUTPUT, help="Write a workbook: meetings, unmet requests, goals.")
@click.option("--html", "html_path", type=OUTPUT, help="Write a page to print; needs --instance.")
@click.option("--participant", help="Only this participant's meetings, for --ics.")
def export(
    *,
    result_path: Path,
    instance_path: Path | None,
    ics: Path | None,
    csv_path: Path | None,
    xlsx: Path | None,
    html_path: Path | None,
    participant: str | None,
) -> None:
    """Write RESULT for people: calendar, spreadsheet, page. Several at once are possible."""
    if not any((ics, csv_path, xlsx, html_path)):
        raise click.UsageError("Name a file to write: --ics, --csv, --xlsx or --html.")
    result = read_result(result_path)
    instance = None if instance_path is None else read_instance(instance_path)[0]
    if instance is None and (ics or html_path):
        raise click.UsageError(
            "A calendar or page needs times and names: add --instance with the question's file."
        )
    written: list[tuple[Path, bytes]] = []
    if instance is not None and ics is not None:
        written.append((ics, as_ics(result, instance, participant)))
    if instance is not None and html_path is not None:
        written.append((html_path, as_html(result, instance)))
    if csv_path is not None:
        written.append((csv_path, as_csv(result, instance)))
    if xlsx is not None:
        written.append((xlsx, as_xlsx(result, instance)))
    for path, content in written:
        write_bytes(path, content)
        click.echo(f"{len(result.meetings)} meetings written to {path}.")


@click.command()
@click.argument("result_path", metavar="RESULT", type=INPUT)
@click.option("--instance", "instance_path", type=INPUT, help="The question, for times and names.")
@click.option("--day", help="Only this day, such as 2025-11-05.")
@click.option("--participant", help="Only this participant's meetings, as a list.")
def show(
    *, result_path: Path, instance_path: Path | None, day: str | None, participant: str | None
) -> None:
    """Print RESULT as a board of places by slots."""
    result = read_result(result_path)
    instance = None if instance_path is None else read_instance(instance_path)[0]
    console = Console(soft_wrap=True) if participant else Console()
    console.print(
        f"{result.status}: {len(result.meetings)} meetings, {len(result.unmet)} requests unmet",
        highlight=False,
    )
    for line in result.objective:
        proof = (
            "proved"
            if line.proved
            else f"bound {line.bound:g}"
            if line.bound is not None
            else "no bound"
        )
        console.print(f"  {line.name}: {line.value} ({proof})", highlight=False)
    if instance is None:
        _print_plain(console, result)
    else:
        _print_board(console, result, instance, day, participant)


def _print_plain(console: Console, result: Result) -> None:
    slots = list(
        dict.fromkeys(meeting.slot for meeting in sorted(result.meetings, key=lambda m: m.slot))
    )
    places = sorted({meeting.place for meeting in result.meetings})
    cells: dict[tuple[str, str], list[str]] = {}
    for meeting in result.meetings:
        cells.setdefault((meeting.place, meeting.slot), []).append(meeting.request)
    table = Table("place", *map(escape, slots))
    for place in places:
        table.add_row(
            escape(place), *(escape("\n".join(cells.get((place, slot), ()))) for slot in slots)
        )
    console.print(table)


def _print_board(
    console: Console, result: Result, instance: Instance, day: str | None, participant: str | None
) -> None:
    lines = list_lines(result, instance)
    if participant is not None:
        for line in lines:
            if participant in line.participants and line.slot is not None:
                others = " + ".join(name for name in line.participants if name != participant)
                start = f"{line.slot.day} {line.slot.start:%H:%M}"
                console.print(f"  {start}  {line.place}  {others}", highlight=False, markup=False)
        return
    for name, slots, places, cells in board(lines, instance):
        if day is not None and name != day:
            continue
        table = Table("place", *(f"{slot.start:%H:%M}" for slot in slots), title=name)
        for place in places:
            row = [
                escape(
                    "\n".join(
                        " + ".join(line.participants) for line in cells.get((place, slot.id), ())
                    )
                )
                for slot in slots
            ]
            table.add_row(escape(place), *row)
        console.print(table)


COMMANDS = (export, show)
