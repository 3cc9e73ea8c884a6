"""``punte timetable import``: questions from the Girona archive and from spreadsheets."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from punte.cli.parameters import INPUT, OUTPUT
from punte.engines.timetable.instance import Instance
from punte.formats.girona import read_girona
from punte.formats.timetable import write_instance
from punte.formats.timetable_tables import Defaults, import_tables
from punte.kernel.errors import InvalidInputError, Problem

_TABLES = (".csv", ".xlsx", ".tsv", ".txt")


class _Offset(click.ParamType[timedelta]):
    """A UTC offset such as +02:00."""

    name = "offset"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        try:
            found = datetime.fromisoformat(f"2025-01-01T00:00{value}").utcoffset()
        except ValueError:
            found = None
        if found is None:
            self.fail(f"{value!r} is no UTC offset such as +02:00.", param, ctx)
        return found


OFFSET = _Offset()


@click.command(name="import")
@click.argument("path", metavar="FILE", type=INPUT)
@click.option("-o", "--output", required=True, type=OUTPUT, help="Where the instance is written.")
@click.option(
    "--max-break-spread",
    default=None,
    type=click.Choice(["0", "1", "2", "3", "none"]),
    help="Largest difference of breaks between participants; 2 for .dzn files, none for tables.",
)
@click.option(
    "--day",
    "days",
    multiple=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="A day of the forum, for tables without slots; may be repeated.",
)
@click.option("--from", "first", default="09:00", show_default=True, type=click.DateTime(["%H:%M"]))
@click.option("--to", "last", default="17:00", show_default=True, type=click.DateTime(["%H:%M"]))
@click.option("--slot-min", default=20, show_default=True, type=click.IntRange(1, 1440))
@click.option("--offset", default="+02:00", show_default=True, type=OFFSET, help="UTC offset.")
@click.option("--tables", type=click.IntRange(1, 100_000), help="Tables, if no table of places.")
def import_file(
    *, path: Path, output: Path, max_break_spread: str | None, **defaults: object
) -> None:
    """
    Turn FILE into an instance: .dzn of the Girona archive, .csv, .xlsx, or a folder of tables.

    Tables are named requests, participants, slots and places; requests alone will do, with --day and --tables.
    """
    if path.suffix.lower() in _TABLES or path.is_dir():
        instance = _read_tables(path, **defaults)  # type: ignore[arg-type]
        spread = max_break_spread or "none"
        rules = replace(instance.rules, max_break_spread=None if spread == "none" else int(spread))
        instance = replace(instance, rules=rules)
    elif path.suffix.lower() == ".dzn":
        spread = max_break_spread or "2"
        instance = read_girona(path, max_break_spread=None if spread == "none" else int(spread))
    else:
        raise InvalidInputError(
            str(path),
            [
                Problem(
                    place="",
                    what=f"{path.suffix or 'No extension'} cannot be imported.",
                    remedy="Give a .dzn, .csv or .xlsx file, or a folder of tables.",
                )
            ],
        )
    write_instance(output, instance)
    click.echo(
        f"{len(instance.participants)} participants, {len(instance.requests)} requests, "
        f"{len(instance.slots)} slots, {len(instance.places)} places written to {output}."
    )


def _read_tables(
    path: Path,
    *,
    days: tuple[datetime, ...],
    first: datetime,
    last: datetime,
    slot_min: int,
    offset: timedelta,
    tables: int | None,
) -> Instance:
    """Return the question that spreadsheet tables hold; columns that mean nothing here are named on stderr."""
    found = import_tables(
        path,
        Defaults(
            days=tuple(day.date() for day in days),
            first=first.time(),
            last=last.time(),
            slot_min=slot_min,
            offset=offset,
            tables=tables,
        ),
    )
    if found.ignored:
        click.echo(f"Columns left aside: {', '.join(found.ignored)}.", err=True)
    return found.instance
