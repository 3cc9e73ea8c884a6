"""``punte hall``: a copy of the site that runs on a laptop in the hall, and what comes back from it."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import click

from punte.cli import embedded_database
from punte.kernel.errors import PunteError

if TYPE_CHECKING:
    from punte.apps.access.permissions import Subject
    from punte.apps.forum.models import Edition

KEY: Final = "hall-key.json"
BROUGHT: Final = "hall-brought.json"
"""Files of a copy's data folder: what it signs with, and what it brought along from the site."""


@click.group(name="hall")
def group() -> None:
    """Run a copy of the site in the hall without a network, and bring its entries back."""


@group.command(name="key")
@click.argument("slug")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--by", required=True, help="E-mail address of the organiser who gives it.")
def give_key(*, slug: str, target: Path, by: str) -> None:
    """At the site: write into the new file TARGET the key by which a copy for the edition SLUG signs its entries."""
    if target.exists():
        raise PunteError(f"{target} exists already. Name a new file; none is overwritten.")
    _prepare()
    from punte.apps.access.permissions import acting
    from punte.apps.cooperation.hall_keys import issue_key
    from punte.formats.writing import as_json, write_bytes

    with acting(_organiser(by)) as subject:
        made = issue_key(by=subject, edition=_edition(slug))
    write_bytes(target, as_json(made.model_dump(mode="json")), mode=0o600)
    click.echo(
        f"{target}: the key of copy {made.copy_id}. Whoever has it can enter marks and notes for others: "
        "carry it as you carry the site."
    )
    _tell_without_codes(made.edition_id)


@group.command(name="open")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The key that `punte hall key` wrote at the site.",
)
def open_copy(*, source: Path, key_file: Path) -> None:
    """
    Fill the empty data folder PUNTE_DATA from SOURCE, which `punte backup` wrote, as a copy for the hall.

    It sends no mails and takes check-ins, marks of meetings, notes and feedback only. Serve it with `punte serve`.
    """
    from punte.cli.backup import embedded_superuser_url
    from punte.cli.restore import fill
    from punte.cli.serving import HALL_COPY
    from punte.cli.site_copy import read_manifest
    from punte.formats.hall_copy import parse_hall_key
    from punte.formats.reading import read_bytes
    from punte.formats.writing import as_json, write_bytes

    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        raise PunteError(
            "A copy for the hall lives in its data folder. Unset DATABASE_URL, and name a new folder in PUNTE_DATA."
        )
    key = parse_hall_key(read_bytes(key_file), source=str(key_file))
    as_of = read_manifest(source).made_at
    folder = embedded_database.data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    # The mark stands before the first row does: nothing here is ever served as the site itself.
    if not (folder / "postgres").exists():
        (folder / HALL_COPY).write_text(f"{source.resolve()}\n{as_of}\n", encoding="utf-8")
    if not fill(source, embedded_superuser_url()):
        raise click.exceptions.Exit(1)
    from punte.apps.cooperation.hall_given import entries_of, leave_out_private

    left_out = leave_out_private(holder_org_id=key.holder_org_id)
    _forget_what_was_left_out()
    brought = sorted(map(str, entries_of(key.edition_id)))
    write_bytes(folder / KEY, as_json(key.model_dump(mode="json")), mode=0o600)
    write_bytes(folder / BROUGHT, as_json({"brought": brought}), mode=0o600)
    click.echo(
        f"{left_out} notes and documents that others wrote for their own organisation alone are left out. "
        f"{source} still holds them: take it off this machine."
    )
    click.echo("A copy for the hall. It sends no mails; `punte hall write` gives back its entries.")
    _tell_without_codes(key.edition_id)


@group.command()
@click.argument("slug")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def write(*, slug: str, target: Path) -> None:
    """At the copy: write the scans, marks, notes and feedback that were entered there into the new file TARGET, signed."""
    if target.exists():
        raise PunteError(f"{target} exists already. Name a new file; none is overwritten.")
    _prepare()
    from punte.apps.cooperation.hall_given import read_hall
    from punte.formats.hall_copy import parse_hall_key
    from punte.formats.reading import read_bytes
    from punte.formats.writing import as_json, write_bytes

    folder = embedded_database.data_folder()
    if not (folder / KEY).exists():
        raise PunteError(
            f"{folder} is no copy that `punte hall open` filled. Name the copy's folder in PUNTE_DATA."
        )
    key = parse_hall_key(read_bytes(folder / KEY), source=str(folder / KEY))
    brought = frozenset(map(UUID, json.loads(read_bytes(folder / BROUGHT))["brought"]))
    record = read_hall(slug, key=key, brought=brought)
    write_bytes(target, as_json(record.model_dump(mode="json")), mode=0o600)
    click.echo(
        f"{target}: {len(record.scans)} scans, {len(record.marks)} marks, {len(record.notes)} notes, {len(record.feedback)} words on "
        "what came of meetings. "
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
    from punte.apps.access.permissions import acting
    from punte.apps.cooperation.hall_copy import merge_hall

    with acting(_organiser(by)) as subject:
        done = merge_hall(by=subject, edition=_edition(slug), content=content, source=str(source))
    for name, part in (
        ("Scans", done.scans),
        ("Marks", done.marks),
        ("Notes", done.notes),
        ("Feedback", done.feedback),
    ):
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
        ("Not taken, because their times cannot be; look at that machine's clock", done.mistimed),
        (
            "Not taken, because the desk's name carries a marking; check them in at the site by hand, and call the desk otherwise",
            done.marked,
        ),
        ("Not taken", [*done.marks.refused, *done.notes.refused, *done.feedback.refused]),
    ):
        if found:
            click.echo(f"{told}: {', '.join(map(str, found))}.")
    if done.lost_scans:
        click.echo(f"Not taken: {done.lost_scans} scans of delegates that this site does not have.")
    if not done.is_clean:
        raise click.exceptions.Exit(1)


@group.command(name="code")
@click.argument("slug")
@click.argument("email")
@click.option("--by", required=True, help="E-mail address of the organiser who gives it.")
def print_code(*, slug: str, email: str, by: str) -> None:
    """
    At the copy: print a one-off code for the person with the address EMAIL, who has a passkey alone.

    It takes the place of the passkey once, within half an hour, after the password; an earlier one ends.
    """
    _prepare()
    from punte.apps.access.permissions import acting
    from punte.apps.cooperation import hall_codes

    with acting(_organiser(by)) as subject:
        code = hall_codes.print_code(by=subject, edition=_edition(slug), email=email)
    minutes = int(hall_codes.LASTS.total_seconds()) // 60
    click.echo(code)
    click.echo(
        f"For {email} alone, once, within {minutes} minutes, at this copy: instead of the passkey, after the password.",
        err=True,
    )


@group.command(name="codes")
@click.argument("slug")
@click.option("--by", required=True, help="E-mail address of an organiser of the edition.")
@click.option("--revoke", metavar="EMAIL", help="End the open codes of this person first.")
def list_codes(*, slug: str, by: str, revoke: str | None) -> None:
    """At the copy: list the one-off codes that were printed there, and end those of a person."""
    _prepare()
    from django.utils import timezone

    from punte.apps.access.permissions import acting
    from punte.apps.cooperation import hall_codes

    with acting(_organiser(by)) as subject:
        edition = _edition(slug)
        if revoke:
            ended = hall_codes.revoke_codes(by=subject, edition=edition, email=revoke)
            click.echo(f"{ended} open codes of {revoke} ended.")
        found = hall_codes.list_codes(by=subject, edition=edition)
    now = timezone.now()
    for one in found:
        state = "open" if one.is_open(now) else "used" if one.used_at else "ended"
        until = one.until.astimezone(edition.zone)
        click.echo(
            f"{one.person.name}: {state}, until {until:%Y-%m-%d %H:%M}, printed by {one.by_name}"
        )
    if not found:
        click.echo("No code was printed at this copy.")


def _tell_without_codes(edition_id: UUID) -> None:
    """Name who holds a right at the edition and has no one-time codes, while there is still time."""
    from punte.apps.cooperation.hall_sign_in import without_codes

    found = without_codes(edition_id)
    new = [f"{one.name} <{one.email}>" for one in found if not one.has_passkey]
    passkey = [f"{one.name} <{one.email}>" for one in found if one.has_passkey]
    if new:
        click.echo(
            "They hold a right and have no second step. Let them set up one-time codes at the site before the copy is made; "
            f"otherwise the copy asks them to set up codes of its own: {', '.join(new)}."
        )
    if passkey:
        click.echo(
            "They have a passkey alone, which does not work at a copy. Let them set up one-time codes at the site, and make the "
            f"copy after it; or print them a code at the copy (`punte hall code`): {', '.join(passkey)}."
        )


def _forget_what_was_left_out() -> None:
    """Write the tables anew, so that what was left out stands in none of their files any more."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FULL) cooperation_meetingnote, cooperation_cooperationfile")
        cursor.execute("CHECKPOINT")


def _prepare() -> None:
    embedded_database.fill_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    import django

    django.setup()


def _organiser(by: str) -> "Subject":
    from punte.apps.access.models import Account
    from punte.apps.people.queries import subject_of_account

    account = Account.objects.filter(email=by.strip().lower(), is_active=True).first()
    if account is None:
        raise PunteError(f"No account has the address {by!r}. Name an organiser of the edition.")
    return subject_of_account(account)


def _edition(slug: str) -> "Edition":
    from punte.apps.forum.models import Edition

    found = Edition.objects.filter(slug=slug).first()
    if found is None:
        raise PunteError(
            f"There is no edition {slug!r}. Look at the address of its page: /e/<slug>/."
        )
    return found
