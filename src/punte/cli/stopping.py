"""Ctrl-C, or a polite kill as of a service that is shut down, ends long work early with its best answer."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from punte.kernel.anytime import Deadline

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopped_by_signals(deadline: Deadline) -> Iterator[None]:
    """Let either signal stop the work of this deadline while the block runs."""
    before = {number: signal.signal(number, lambda *_: deadline.stop()) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
