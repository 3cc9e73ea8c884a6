"""Steps begun at the same moment, each on a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection

from punte.apps.forum.agenda_actions import AgendaError
from punte.apps.meetings.taking import TakenError


def at_once(*steps: Callable[[], None]) -> int:
    """Return how many of the steps were done, begun at the same moment on connections of their own."""
    barrier, done = threading.Barrier(len(steps)), []

    def run(step: Callable[[], None]) -> None:
        try:
            barrier.wait(10)
            step()
            done.append("done")
        except (AgendaError, TakenError):
            done.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(done) == len(steps), "each is done or told"
    return done.count("done")
