"""``punte audit``: whether the log is what was written."""

import os

import click

from punte.cli import embedded_database


@click.group(name="audit")
def group() -> None:
    """Verify the log of who saw exports and changed what."""


@group.command()
@click.option(
    "--head", default="", help="A hash printed earlier and kept elsewhere; it must still be there."
)
def verify(head: str) -> None:
    """Recompute every hash; exit 1 where the log was tampered with."""
    embedded_database.fill_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    import django

    django.setup()
    from punte.apps.access.audit import verify_chain

    result = verify_chain(noted_head=head)
    for fault in result.faults:
        click.echo(f"Fault: {fault}")
    click.echo(
        f"{result.entries} entries, {len(result.faults)} faults. Head: {result.head or 'none'}"
    )
    if result.faults:
        raise click.exceptions.Exit(1)
