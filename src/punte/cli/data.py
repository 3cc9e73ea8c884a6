"""``punte data``: bring public reference data into the data folder."""

from pathlib import Path

import click

from punte.cli.main import EXIT_DONE
from punte.engines.matching.thesaurus import Thesaurus
from punte.formats.cpv import READY_FILE, read_cpv, write_thesaurus
from punte.formats.vector_cache import data_folder


@click.group()
def group() -> None:
    """Import public reference data; nothing is downloaded."""


@group.group(name="import")
def import_group() -> None:
    """Import one kind of data from a file you have."""


@import_group.command(name="cpv")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def import_cpv(*, file: Path) -> int:
    """Import the CPV vocabulary (FILE: column code, then one column a language)."""
    lines, sha256 = read_cpv(file)
    target = data_folder() / READY_FILE
    write_thesaurus(target, Thesaurus.of(lines, sha256=sha256))
    click.echo(
        f"{len(lines.codes):,} codes in {len(lines.labels)} languages "
        f"({', '.join(sorted(lines.labels))}) stand ready in {target}."
    )
    return EXIT_DONE
