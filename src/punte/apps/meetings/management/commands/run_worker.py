"""A worker: takes jobs from the queue until it is told to stop."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from punte.apps.access.start_up import refuse_unsafe_start
from punte.apps.meetings.jobs import revive


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
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        with app.replace_connector(connector.get_worker_connector()) as worker_app:
            asyncio.run(_work(worker_app, options["concurrency"]))


async def _work(app: App, concurrency: int) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            install_signal_handlers=True,
            shutdown_graceful_timeout=5,
            delete_jobs="successful",
        )
