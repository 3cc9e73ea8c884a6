"""
Close in on the least total of breaks or idle slots: each limit is a SAT question, raised from below, beside a finder from above.

Beside the finder, or in its place once it has ended, a second solver is asked in another shape of clauses.

A "no" at a limit raises the bound, a better timetable lowers the value, and whichever comes first spares the other side what has become
needless. With one worker the two sides take turns, so that the answer does not depend on speed.
"""

import select
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from punte.engines.timetable import finder_process, sat_process
from punte.engines.timetable.finder_process import Task
from punte.engines.timetable.holding_all import HoldingAll
from punte.engines.timetable.pipes import Child, receive
from punte.engines.timetable.seating import Choice
from punte.kernel.anytime import Deadline

_POLL_S: Final = 0.05
"""How soon a stop that somebody asked for is noticed [s]."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Chase:
    """
    How one goal is asked for.

    Parameters
    ----------
    build
        From a limit on the goal, or none, to the SAT question; without a limit it asks whether there is any timetable.
    measure
        From a timetable to its value of the goal.
    build_otherwise
        The same question in another shape of clauses, for a second solver once the finder has ended; ``None`` if there is no other shape.
    find
        From a timetable to the finder's task; ``None`` if there is nothing to find beyond any timetable.
    tell
        Called whenever the gap has become smaller.
    """

    build: Callable[[int | None], HoldingAll]
    build_otherwise: Callable[[int], HoldingAll] | None
    measure: Callable[[list[Choice]], int]
    find: Callable[[Gap], Task] | None
    tell: Callable[[Gap], None]


@dataclass(frozen=True, slots=True)
class _Question:
    """A limit that a solver works on, ``None`` for any timetable at all, and the clauses in which it was asked."""

    limit: int | None
    clauses: HoldingAll
    is_otherwise: bool


class Race:
    """
    One goal's race between provers and a finder.

    Parameters
    ----------
    workers
        Processes at once, >= 1.
    """

    def __init__(self, gap: Gap, chase: Chase, *, workers: int, deadline: Deadline) -> None:
        self.gap = gap
        self._chase = chase
        self._workers = workers
        self._deadline = deadline
        self._asked: dict[Child, _Question] = {}
        self._spare: list[Child] = []
        self._finder: Child | None = None
        self._has_finder_begun = chase.find is None

    def run(self) -> None:
        """Close the gap as far as time allows."""
        try:
            while not self.gap.is_closed and not self._deadline.is_over:
                self._start()
                if self.gap.is_closed:
                    break
                for child in self._wait():
                    self._hear(child)
                self._drop_needless()
        finally:
            for child in (*self._asked, *self._spare, *([self._finder] if self._finder else [])):
                child.stop()

    def _start(self) -> None:
        while self._count_running() < self._workers and not self.gap.is_closed:
            if not self._has_finder_begun and self.gap.choices is not None:
                self._start_finder()
                continue
            if not self._ask_next():
                return

    def _count_running(self) -> int:
        return len(self._asked) + (self._finder is not None)

    def _start_finder(self) -> None:
        assert self._chase.find is not None
        self._has_finder_begun = True
        self._finder = Child(finder_process.__name__)
        self._finder.tell(self._chase.find(self.gap))

    def _ask_next(self) -> bool:
        """Ask the lowest limit that nobody works on, or one in the other shape; returns whether there was one."""
        return self._ask_otherwise() or self._ask_lowest()

    def _ask_lowest(self) -> bool:
        limits = {asked.limit for asked in self._asked.values() if not asked.is_otherwise}
        limit: int | None = None
        if self.gap.choices is not None or None in limits:
            limit = self.gap.bound
            while limit in limits and (self.gap.value is None or limit + 1 < self.gap.value):
                limit += 1
            if limit in limits:
                return False
        return self._ask(_Question(limit, self._chase.build(limit), is_otherwise=False))

    def _ask_otherwise(self) -> bool:
        """
        Ask in the other shape, once the finder has ended or where there is room beside it; returns whether that was due.

        The limit lies just above the one that the first shape works on where the gap allows: the greater a limit, the easier it is to
        meet, and a "no" to the greater one answers the smaller one too.
        """
        gap, build = self.gap, self._chase.build_otherwise
        if build is None or not self._has_finder_begun or gap.value is None:
            return False
        if not self._asked or any(asked.is_otherwise for asked in self._asked.values()):
            return False
        limit = min(gap.bound + 1, gap.value - 1)
        return self._ask(_Question(limit, build(limit), is_otherwise=True))

    def _ask(self, question: _Question) -> bool:
        if question.clauses.is_impossible:
            self._learn(question.limit, None)
            self._drop_needless()
            return True
        child = self._spare.pop() if self._spare else Child(sat_process.__name__)
        solver = sat_process.SECOND if question.is_otherwise else sat_process.FIRST
        child.tell((solver, question.clauses.clauses.clauses))
        self._asked[child] = question
        return True

    def _wait(self) -> list[Child]:
        children = [*self._asked, *([self._finder] if self._finder else [])]
        by_stream = {child.answers: child for child in children}
        ready, _, _ = select.select(list(by_stream), [], [], min(_POLL_S, self._deadline.left_s))
        return [by_stream[stream] for stream in ready]

    def _hear(self, child: Child) -> None:
        answer = receive(child.answers)
        if child is self._finder:
            if answer is None:
                child.stop()
                self._finder = None
            else:
                self._learn(None, answer)
            return
        asked = self._asked.pop(child)
        self._spare.append(child)
        self._learn(
            asked.limit, None if answer is None else asked.clauses.read_choices(set(answer))
        )

    def _learn(self, limit: int | None, choices: list[Choice] | None) -> None:
        gap = self.gap
        if choices is None:
            if limit is None:
                gap.is_impossible = True
            else:
                gap.bound = max(gap.bound, limit + 1)
        else:
            value = self._chase.measure(choices)
            assert limit is None or value <= limit
            if gap.value is None or value < gap.value:
                gap.value, gap.choices = value, choices
        self._chase.tell(gap)

    def _drop_needless(self) -> None:
        gap = self.gap
        for child, asked in list(self._asked.items()):
            limit = asked.limit
            is_needless = (
                gap.choices is not None
                if limit is None
                else limit < gap.bound or (gap.value is not None and limit >= gap.value)
            )
            if is_needless or gap.is_closed:
                child.stop()
                del self._asked[child]
