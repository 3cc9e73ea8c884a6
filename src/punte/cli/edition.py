"""``punte edition``: the open record of an edition, written and verified."""

import os
from pathlib import Path

import click

from punte.cli import embedded_database
from punte.formats.open_record import verify_record
from punte.kernel.errors import PunteError


@click.group(name="edition")
def group() -> None:
    """Write the open record of an edition, and verify one."""


@group.command()
@click.argument("slug")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--for",
    "audience",
    default="public",
    show_default=True,
    help="Whose sight: public, or the e-mail address of a person.",
)
def export(*, slug: str, folder: Path, audience: str) -> None:
    """Write everything about the edition SLUG that an audience sees into FOLDER, which must not exist yet."""
    embedded_database.fill_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    import django

    django.setup()
    from punte.apps.access.models import Account
    from punte.apps.access.permissions import VISITOR
    from punte.apps.cooperation.open_record import export_edition
    from punte.apps.people.queries import subject_of_account

    reader = VISITOR
    if audience != "public":
        account = Account.objects.filter(email=audience.strip().lower(), is_active=True).first()
        if account is None:
            raise PunteError(f"No account has the address {audience!r}. Write public, or another.")
        reader = subject_of_account(account)
    told = "everybody" if audience == "public" else audience
    names = export_edition(folder, slug=slug, reader=reader, audience=told)
    click.echo(f"{folder}: {len(names)} files for {told}: {', '.join(names)}.")


@group.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def verify(*, folder: Path) -> None:
    """Check every file of FOLDER against its hash, and the timetable against its proof; exit 1 on a fault."""
    faults = verify_record(folder)
    for fault in faults:
        click.echo(f"Fault: {fault}")
    click.echo(f"{folder}: {len(faults)} faults.")
    if faults:
        raise click.exceptions.Exit(1)
