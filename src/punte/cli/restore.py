"""``punte restore``: a site from the file that ``punte backup`` wrote."""

import os
from pathlib import Path

import click

from punte.cli import embedded_database
from punte.cli.backup import URL_HELP, superuser_url


@click.command(name="restore")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--url", default="", help=URL_HELP)
def group(source: Path, url: str) -> None:
    """
    Fill an empty database from SOURCE, count every table and verify the audit log; exit 1 where something differs.

    A database that holds anything is refused. Either all of it comes back or nothing.
    """
    from punte.cli.site_copy import read_manifest

    read_manifest(source)
    if not fill(source, superuser_url(url)):
        raise click.exceptions.Exit(1)


def fill(source: Path, address: str) -> bool:
    """Fill an empty database from a copy, say what came back, and return whether its audit log is whole."""
    from punte.cli.site_copy import bring_back

    # The audit log is verified in the database that was filled, whichever the site's own address names.
    os.environ.pop("DATABASE_URL_FILE", None)
    os.environ["DATABASE_URL"] = address
    embedded_database.fill_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    import django

    django.setup()
    from django.db.migrations.loader import MigrationLoader

    from punte.apps.access.audit import verify_chain

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    manifest = bring_back(source, address, known_migrations=known)
    checked = verify_chain(noted_head=manifest.audit_head)
    for fault in checked.faults:
        click.echo(f"Fault: {fault}")
    click.echo(
        f"{sum(manifest.rows.values())} rows of {len(manifest.rows)} tables are back, as of {manifest.made_at}. "
        f"The audit log has {checked.entries} entries and {len(checked.faults)} faults."
    )
    click.echo("The secret key is not in a copy: put the old one in its place before you serve.")
    return not checked.faults
