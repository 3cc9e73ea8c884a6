"""A worker: takes jobs from the queue until it is told to stop."""

import asyncio
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from punte.apps.access.start_up import refuse_unsafe_start
from punte.apps.meetings.jobs import revive

PATIENCE_S: Final = 10.0
"""How long a worker waits for a connection to the queue [s]."""


class Command(BaseCommand):
    """``run_worker``: puts lost runs back in the queue, then works."""

    help = "Take jobs from the queue: timetables to solve, mails to send."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many jobs run at once."""
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at once [count]")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """Work until the process is told to stop."""
        del args
        refuse_unsafe_start()
        revived = revive()
        if revived:
            self.stdout.write(f"{revived} run(s) of a lost worker begin again.")
        # Where the database has died the worker ends soon, and begins again with fresh connections.
        connector = PsycopgConnector(kwargs=connector_params(), timeout=PATIENCE_S)
        with app.replace_connector(connector) as worker_app:
            asyncio.run(_work(worker_app, options["concurrency"]))


async def _work(app: App, concurrency: int) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            install_signal_handlers=True,
            shutdown_graceful_timeout=5,
            delete_jobs="successful",
        )
