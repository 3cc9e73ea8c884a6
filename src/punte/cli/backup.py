"""``punte backup``: the whole site in one file."""

import os
from pathlib import Path

import click

from punte.cli import embedded_database

URL_HELP = (
    "Address of the database for a superuser [default: DATABASE_BACKUP_URL, else the embedded one]."
)


@click.command(name="backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--url", default="", help=URL_HELP)
def group(target: Path, url: str) -> None:
    """
    Write the whole site into the new file TARGET, while it goes on working.

    The file holds everything that anybody entered: keep it like the site itself. The secret key is not in it.
    """
    from punte.cli.site_copy import write_copy

    manifest = write_copy(superuser_url(url), target)
    click.echo(
        f"{target}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables, {manifest.dump_bytes} bytes. "
        f"Head of the audit log: {manifest.audit_head or 'none'}"
    )


def superuser_url(url: str) -> str:
    """
    Return the address of the site's database for a role that sees every row.

    Raises
    ------
    SiteCopyError
        The site's database is another server's, and no address for a superuser is given.
    """
    from punte.cli.site_copy import SiteCopyError

    given = url or os.environ.get("DATABASE_BACKUP_URL", "")
    if given:
        return given
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        raise SiteCopyError(
            "The site's database is one of your own, and its role stands behind the wall. Give the address of a superuser: "
            "--url, or DATABASE_BACKUP_URL."
        )
    return embedded_superuser_url()


def embedded_superuser_url() -> str:
    """Return the address of the embedded database for its superuser, started and made where it is missing."""
    folder = embedded_database.data_folder()
    embedded_database.start(folder)
    embedded_database.create_database(folder, embedded_database.DATABASE)
    return embedded_database.url(folder, embedded_database.SUPERUSER)
