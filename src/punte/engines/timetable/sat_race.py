"""
Close in on the least total of breaks or idle slots: each limit is a SAT question, raised from below.

A "no" at a limit raises the bound, a "yes" lowers the value; with two workers two limits are asked at once, and whichever answers first
spares the other what has become needless.
"""

import select
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from punte.engines.timetable.holding_all import HoldingAll
from punte.engines.timetable.sat_process import SatProcess
from punte.engines.timetable.seating import Choice
from punte.kernel.anytime import Deadline

_POLL_S: Final = 0.05
"""How soon a stop that somebody asked for is noticed [s]."""

Build = Callable[[int | None], HoldingAll]
"""From a limit on the goal, or none, to the question."""

Measure = Callable[[list[Choice]], int]
"""From a timetable to its value of the goal."""


@dataclass(slots=True, kw_only=True)
class Gap:
    """
    What is known of a goal: no timetable is below ``bound``, and ``choices`` reach ``value``.

    Parameters
    ----------
    is_impossible
        Whether no timetable exists at any value.
    """

    bound: int
    value: int | None = None
    choices: list[Choice] | None = None
    is_impossible: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing is left to ask."""
        return self.is_impossible or (self.value is not None and self.value <= self.bound)


class Race:
    """
    Workers that outlive one goal; end them with :meth:`stop`.

    Parameters
    ----------
    workers
        Solver processes at once, >= 1; with one, answers do not depend on speed.
    """

    def __init__(self, *, workers: int, deadline: Deadline) -> None:
        self._workers = workers
        self._deadline = deadline
        self._idle: list[SatProcess] = []

    def stop(self) -> None:
        """End all processes."""
        for process in self._idle:
            process.stop()
        self._idle.clear()

    def close(self, gap: Gap, build: Build, measure: Measure, tell: Callable[[Gap], None]) -> None:
        """
        Close ``gap`` as far as time allows.

        Parameters
        ----------
        build
            The question at a limit; without a limit it asks whether there is any timetable.
        tell
            Called whenever ``gap`` has become smaller.
        """
        running: dict[SatProcess, tuple[int | None, HoldingAll]] = {}
        try:
            while not gap.is_closed and not self._deadline.is_over:
                self._start(gap, build, running, tell)
                if gap.is_closed:
                    break
                for process in self._wait(running):
                    limit, asked = running.pop(process)
                    model = process.read_answer()
                    self._idle.append(process)
                    self._learn(
                        gap, limit, None if model is None else asked.read_choices(model), measure
                    )
                    tell(gap)
                self._drop_needless(gap, running)
        finally:
            for process in running:
                process.stop()

    def _start(
        self,
        gap: Gap,
        build: Build,
        running: dict[SatProcess, tuple[int | None, HoldingAll]],
        tell: Callable[[Gap], None],
    ) -> None:
        while len(running) < self._workers and not gap.is_closed:
            asked = {limit for limit, _ in running.values()}
            limit = self._next_limit(gap, asked)
            if limit is not None and limit in asked:
                return
            question = build(limit)
            if question.is_impossible:
                self._learn(gap, limit, None, lambda _: 0)
                tell(gap)
                self._drop_needless(gap, running)
                continue
            process = self._idle.pop() if self._idle else SatProcess()
            process.ask(question.clauses.clauses)
            running[process] = (limit, question)

    def _next_limit(self, gap: Gap, asked: set[int | None]) -> int | None:
        """Return the lowest limit that nobody works on; first of all whether there is a timetable."""
        if gap.choices is None and None not in asked:
            return None
        limit = gap.bound
        while limit in asked and (gap.value is None or limit + 1 < gap.value):
            limit += 1
        return limit

    def _wait(self, running: dict[SatProcess, tuple[int | None, HoldingAll]]) -> list[SatProcess]:
        by_handle = {process.answer_handle: process for process in running}
        ready, _, _ = select.select(list(by_handle), [], [], min(_POLL_S, self._deadline.left_s))
        return [by_handle[handle] for handle in ready]

    def _learn(
        self, gap: Gap, limit: int | None, choices: list[Choice] | None, measure: Measure
    ) -> None:
        if choices is None:
            if limit is None:
                gap.is_impossible = True
            else:
                gap.bound = max(gap.bound, limit + 1)
            return
        value = measure(choices)
        assert limit is None or value <= limit
        if gap.value is None or value < gap.value:
            gap.value, gap.choices = value, choices

    def _drop_needless(
        self, gap: Gap, running: dict[SatProcess, tuple[int | None, HoldingAll]]
    ) -> None:
        for process, (limit, _) in list(running.items()):
            is_needless = (
                gap.choices is not None
                if limit is None
                else limit < gap.bound or (gap.value is not None and limit >= gap.value)
            )
            if is_needless or gap.is_closed:
                process.stop()
                del running[process]
