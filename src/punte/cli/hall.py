"""``punte hall``: a copy of the site that runs on a laptop in the hall, and what comes back from it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from punte.cli import embedded_database
from punte.kernel.errors import PunteError

if TYPE_CHECKING:
    from punte.apps.forum.models import Edition


@click.group(name="hall")
def group() -> None:
    """Run a copy of the site in the hall without a network, and bring its entries back."""


@group.command(name="open")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
def open_copy(*, source: Path) -> None:
    """
    Fill the empty data folder PUNTE_DATA from SOURCE, which `punte backup` wrote, as a copy for the hall.

    It sends no mails and takes check-ins, marks of meetings and notes only. Serve it with `punte serve`.
    """
    from punte.cli.backup import embedded_superuser_url
    from punte.cli.restore import fill
    from punte.cli.serving import HALL_COPY
    from punte.cli.site_copy import read_manifest

    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        raise PunteError(
            "A copy for the hall lives in its data folder. Unset DATABASE_URL, and name a new folder in PUNTE_DATA."
        )
    read_manifest(source)
    folder = embedded_database.data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    # The mark stands before the first row does: nothing here is ever served as the site itself.
    if not (folder / "postgres").exists():
        (folder / HALL_COPY).write_text(f"{source.resolve()}\n", encoding="utf-8")
    if not fill(source, embedded_superuser_url()):
        raise click.exceptions.Exit(1)
    click.echo("A copy for the hall. It sends no mails; `punte hall write` gives back its entries.")


@group.command()
@click.argument("slug")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def write(*, slug: str, target: Path) -> None:
    """Write the scans, marks and notes of the edition SLUG into the new file TARGET."""
    if target.exists():
        raise PunteError(f"{target} exists already. Name a new file; none is overwritten.")
    _prepare()
    from punte.apps.cooperation.hall_copy import read_hall
    from punte.formats.writing import as_json, write_bytes

    record = read_hall(slug)
    write_bytes(target, as_json(record.model_dump(mode="json")), mode=0o600)
    click.echo(
        f"{target}: {len(record.scans)} scans, {len(record.marks)} marks, {len(record.notes)} notes. "
        "Bring it to the site: punte hall merge."
    )


@group.command()
@click.argument("slug")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--by", required=True, help="E-mail address of the organiser who brings it in.")
def merge(*, slug: str, source: Path, by: str) -> None:
    """
    Bring the file SOURCE of a copy into the edition SLUG of this site; exit 1 where somebody has to look at it.

    Twice is as good as once. Nothing that was entered here meanwhile is lost.
    """
    from punte.formats.reading import read_bytes

    content = read_bytes(source)
    _prepare()
    from punte.apps.access.models import Account
    from punte.apps.access.permissions import acting
    from punte.apps.cooperation.hall_copy import merge_hall
    from punte.apps.people.queries import subject_of_account

    account = Account.objects.filter(email=by.strip().lower(), is_active=True).first()
    if account is None:
        raise PunteError(f"No account has the address {by!r}. Name an organiser of the edition.")
    with acting(subject_of_account(account)) as subject:
        done = merge_hall(by=subject, edition=_edition(slug), content=content, source=str(source))
    for name, part in (("Scans", done.scans), ("Marks", done.marks), ("Notes", done.notes)):
        click.echo(f"{name}: {part.new} new, {part.known} known.")
    shared = [conflict.id for conflict in done.scans.conflicts]
    for told, found in (
        ("Checked in at another desk as well", done.scans.elsewhere),
        ("Let in though withdrawn or suspended; the scans are kept", done.scans.turned_away),
        ("Taken back with an earlier time than checked in, so still here", done.scans.late_undos),
        ("Disputed now", done.disputed),
        ("Said differently in the hall and here; the later counts", done.contradictions),
        ("Two different scans under one identifier, both kept", shared),
        ("Two different marks under one identifier, both kept", done.marks.conflicts),
        ("Two different notes under one identifier, both kept", done.notes.conflicts),
        ("Not taken", [*done.marks.refused, *done.notes.refused]),
    ):
        if found:
            click.echo(f"{told}: {', '.join(map(str, found))}.")
    if done.lost_scans:
        click.echo(f"Not taken: {done.lost_scans} scans of delegates that this site does not have.")
    if not done.is_clean:
        raise click.exceptions.Exit(1)


def _prepare() -> None:
    embedded_database.fill_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    import django

    django.setup()


def _edition(slug: str) -> "Edition":
    from punte.apps.forum.models import Edition

    found = Edition.objects.filter(slug=slug).first()
    if found is None:
        raise PunteError(
            f"There is no edition {slug!r}. Look at the address of its page: /e/<slug>/."
        )
    return found
