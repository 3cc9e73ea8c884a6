"""``punte site``: open a site for its first organiser."""

import os

import click

from punte.cli import embedded_database


@click.group(name="site")
def group() -> None:
    """Open a site for its first organiser."""


@group.command()
@click.option("--email", required=True, help="Address of the person; it counts as confirmed.")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--organisation", required=True, help="The authority that hosts.")
@click.option("--country", required=True, help="Its country, as ISO 3166-1 alpha-3, such as ROU.")
def organiser(*, email: str, name: str, organisation: str, country: str) -> None:
    """Enter who organises every edition, and print the address at which they choose a password, once."""
    embedded_database.fill_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    import django

    django.setup()
    from django.conf import settings

    from punte.apps.people.first_organiser import open_site

    opened = open_site(
        email=email, name=name, organisation=organisation, country=country.strip().upper()
    )
    click.echo(f"{opened.person.name} organises every edition of this site.")
    click.echo(f"Choose a password at {settings.PUNTE_ADDRESS}{opened.path} (works once).")
