"""``punte edition``: the open record of an edition, written and verified."""

import os
from pathlib import Path

import click

from punte.cli import embedded_database
from punte.formats.open_record import verify_record
from punte.formats.record_signature import fingerprint_of, key_pem, read_key
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
    _prepare()
    from django.conf import settings

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
    if not os.environ.get("PUNTE_ADDRESS"):
        click.echo(
            f"Its addresses begin with {settings.PUNTE_ADDRESS}, which leads nowhere for others: "
            "set PUNTE_ADDRESS to the site's address and write it again."
        )


@group.command(name="key")
def show_key() -> None:
    """Print the public key by which this site signs its records, as PEM; the site gives it at /record-key.pem as well."""
    _prepare()
    from punte.apps.cooperation.signing import RECORDS, own_key

    public = own_key(RECORDS).public_key()
    click.echo(key_pem(public).decode(), nl=False)
    click.echo(f"Fingerprint: {fingerprint_of(public)}", err=True)


@group.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The public key that must have signed it, as the site gives it at /record-key.pem.",
)
def verify(*, folder: Path, key_file: Path | None) -> None:
    """
    Check every file of FOLDER against its hash and the signature, and the timetable against its proof; exit 1 on a fault.

    Without --key only its inner consistency is checked: whoever changed a record can sign it anew.
    """
    found = verify_record(folder, key=read_key(key_file) if key_file else None)
    for fault in found.faults:
        click.echo(f"Fault: {fault}")
    if found.signed.is_known:
        click.echo(f"Signed by the key that you named, {found.signed.fingerprint}.")
    elif found.signed.fingerprint and key_file is None:
        click.echo(f"It says it is signed by the key {found.signed.fingerprint}.")
        click.echo(
            "Only its inner consistency was checked: name the site's key with --key to know who wrote it."
        )
    click.echo(f"{folder}: {len(found.faults)} faults.")
    if found.faults:
        raise click.exceptions.Exit(1)


def _prepare() -> None:
    embedded_database.fill_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    import django

    django.setup()
