"""``punte worker``: one worker, on this machine or another that reaches the same database."""

import os
import sys

import click

from punte.cli import serving


@click.command(name="worker")
@click.option(
    "--concurrency", default=2, show_default=True, type=click.IntRange(1, 64), help="Jobs at once."
)
def group(concurrency: int) -> None:
    """Take jobs from the queue until stopped: timetables to solve, mails to send."""
    serving.prepare_environment()
    os.environ["DJANGO_SETTINGS_MODULE"] = serving.SETTINGS
    site = serving.Site(host="", port=0, live_port=0)
    site.children.append(
        serving.Child(
            name="worker",
            command=serving.django_command("run_worker", "--concurrency", str(concurrency)),
        )
    )
    click.echo("Working. Ctrl-C stops it.")
    try:
        with serving.running(site):
            serving.watch(site)
    except KeyboardInterrupt:
        click.echo("Stopped.")
        sys.exit(0)
