"""``punte demo``: the sample edition, solved and served, from nothing."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

import click

from punte.cli import serving, upgrading

PEOPLE: Final = (
    ("organiser", "organiser@bucharest.example"),
    ("authority", "authority@bucharest.example"),
    ("company", "company@bucharest.example"),
    ("Moldovan delegation", "moldova@bucharest.example"),
    ("press", "press@bucharest.example"),
    ("auditor", "auditor@bucharest.example"),
    ("steward of the site", "steward@bucharest.example"),
)


@click.command(name="demo")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port of the pages.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--time-limit",
    default=10,
    show_default=True,
    type=click.IntRange(1, 600),
    help="For the first timetable [s].",
)
def group(port: int, host: str, time_limit: int) -> None:
    """Load the sample edition, solve it with a progress bar, and serve it."""
    site = serving.make_site(host=host, port=port, workers=1, processes=1)
    try:
        folder = serving.prepare_environment()
        use_mailbox(folder, site.address)
        password_file = own_password(folder)
        upgrading.migrate(folder)
        serving.run_step(
            "prepare_demo", "--password-file", str(password_file), "--time-limit", str(time_limit)
        )
        with serving.running(site):
            serving.wait_until_answering(site)
            say_welcome(site.address, password_file.read_text(encoding="utf-8").strip())
            serving.watch(site)
    except KeyboardInterrupt:
        click.echo("Stopped. The next `make demo` goes on from here.")


def use_mailbox(folder: Path, address: str) -> None:
    """Let mails go into files, which the page /mailbox/ shows to their reader; a mail server that was set is left alone."""
    os.environ.setdefault("PUNTE_ADDRESS", address.rstrip("/"))
    # The sample people share one password that the terminal shows; a second step would be theatre.
    os.environ.setdefault("PUNTE_REQUIRE_MFA", "no")
    if "PUNTE_EMAIL_BACKEND" not in os.environ:
        os.environ["PUNTE_EMAIL_BACKEND"] = "punte.apps.people.mailbox.MailboxBackend"
        os.environ.setdefault("PUNTE_MAILBOX", str(folder / "mailbox"))
        # Who signs up from outside has no account yet that could open the mailbox.
        os.environ.setdefault("PUNTE_SHOW_CODES", "yes")


def own_password(folder: Path) -> Path:
    """Return the file with the password of the sample people: drawn once for each data folder."""
    path = folder / "demo_password"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"punte-{secrets.token_hex(4)}-demo")
    return path


def say_welcome(address: str, password: str) -> None:
    """Print the address and who can sign in."""
    click.echo(f"\nPunte is at {address}   (Ctrl-C stops it)\n")
    click.echo(f"Sign in with the password {password} as")
    for part, email in PEOPLE:
        click.echo(f"  {part:<20} {email}")
    click.echo(f"\nMails are not sent: each person reads theirs at {address.rstrip('/')}/mailbox/")
    click.echo("All organisations and persons of the sample are invented.")
