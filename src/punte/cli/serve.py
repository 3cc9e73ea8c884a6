"""``punte serve``: pages, live events and workers of a site."""

import click

from punte.cli import serving, upgrading


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port of the pages.",
)
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes for pages.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(0, 64),
    help="Workers on this machine; 0 where others work.",
)
def group(host: str, port: int, processes: int, workers: int) -> None:
    """Serve the site: pages, live events on the next free port, and workers."""
    site = serving.make_site(host=host, port=port, workers=workers, processes=processes)
    folder = serving.prepare_environment()
    upgrading.migrate(folder)
    try:
        with serving.running(site):
            serving.wait_until_answering(site)
            click.echo(
                f"Punte is at {site.address} (live events on port {site.live_port}). Ctrl-C stops it."
            )
            serving.watch(site)
    except KeyboardInterrupt:
        click.echo("Stopped.")
