"""``punte finance instruments`` and ``punte finance sample``."""

from pathlib import Path

import click

from punte.cli.parameters import INPUT, OUTPUT
from punte.engines.finance.envelopes import Catalogue, SourcedAmount
from punte.formats.finance_instruments import (
    SHIPPED,
    read_catalogue,
    shipped_bytes,
    shipped_catalogue,
)
from punte.formats.writing import write_bytes
from punte.kernel.money import Money


@click.command()
@click.argument("file", type=INPUT, required=False)
def instruments(file: Path | None) -> None:
    """
    Show instruments with their terms and each country's share.

    Without FILE those that come with Punte; else punte.finance.instruments/1.
    """
    catalogue = shipped_catalogue() if file is None else read_catalogue(file)
    click.echo(f"Compiled {catalogue.compiled}. {catalogue.note}")
    for instrument in catalogue.instruments:
        click.echo(f"\n{instrument.id}: {instrument.name}")
        for term in instrument.terms:
            marks = ["verified" if term.verified else "not verified"]
            marks += ["chosen"] if term.chosen else []
            value = "unknown" if term.value is None else term.value
            click.echo(f"  {term.field} = {value} ({', '.join(marks)}) {term.article}".rstrip())
    click.echo("")
    print_shares(catalogue)


def print_shares(catalogue: Catalogue) -> None:
    """Print what was announced, granted, to be paid ahead and paid, country by country."""
    head = ("tentative", "approved", "pre-financing", "paid")
    click.echo(f"{'':4}" + "".join(f"{name:>24}" for name in head))
    for share in catalogue.shares:
        cells = (share.tentative, share.approved, share.prefinancing, share.paid)
        note = f"  {share.note}" if share.note else ""
        click.echo(f"{share.country:4}" + "".join(f"{_cell(cell):>24}" for cell in cells) + note)


def _cell(found: SourcedAmount | None) -> str:
    return "unknown" if found is None else f"{Money(found.cents).amount:,.2f}"


@click.command()
@click.argument("name", type=click.Choice(SHIPPED))
@click.option("-o", "--output", type=OUTPUT, help="Where the file goes; the terminal without it.")
def sample(name: str, output: Path | None) -> None:
    """Copy a data file that comes with Punte, to begin from."""
    content = shipped_bytes(name)
    if output is None:
        click.echo(content.decode(), nl=False)
    else:
        write_bytes(output, content)
