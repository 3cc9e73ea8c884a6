"""Long work that reports, can be stopped, and keeps its best answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
"""What is known of an answer: proved best; valid; proved that none exists; nothing found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """
    One report of a long computation.

    Parameters
    ----------
    stage
        What is being done now, in words a person reads.
    value
        Objective of the best answer so far; ``None`` before the first.
    bound
        Proved limit of that objective; ``None`` before the first.
    elapsed_s
        Time since the start [s], >= 0.
    """

    stage: str
    value: float | None = None
    bound: float | None = None
    elapsed_s: float = 0.0


Report = Callable[[Progress], None]
"""Takes reports as they come; must return quickly."""


def ignore_progress(progress: Progress) -> None:
    """Take a report and do nothing with it."""


@dataclass(slots=True, kw_only=True)
class Deadline:
    """
    When to stop: a time limit, a stop that somebody asked for, or both.

    Parameters
    ----------
    limit_s
        Time allowed from now on [s]; ``None`` for no limit.
    clock
        Monotonic seconds; a test hands in its own.
    """

    limit_s: float | None = None
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _stopped: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    @property
    def elapsed_s(self) -> float:
        """Time since the start [s]."""
        return self.clock() - self._started

    @property
    def left_s(self) -> float:
        """Time left [s], >= 0; infinite without a limit."""
        if self._stopped:
            return 0.0
        if self.limit_s is None:
            return float("inf")
        return max(0.0, self.limit_s - self.elapsed_s)

    @property
    def is_over(self) -> bool:
        """Whether the work should stop now and return its best answer."""
        return self._stopped or self.left_s <= 0.0

    def stop(self) -> None:
        """Ask the work to stop at its next chance; safe from a signal handler or another thread."""
        self._stopped = True
