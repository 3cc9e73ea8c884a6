"""
A process that only looks for better timetables: anneals, then frees some meetings at a time and asks a SAT solver for less.

It proves nothing; the race that started it keeps the bound. Run as a module it reads one task and writes timetables as they come.
"""

import random
import sys
from dataclasses import dataclass, replace
from typing import Final

from punte.engines.timetable.holding_all import HoldingAll, Limits
from punte.engines.timetable.instance import Goal
from punte.engines.timetable.options import Options
from punte.engines.timetable.pipes import receive, send
from punte.engines.timetable.seating import Choice
from punte.engines.timetable.unseated import busy_slots, measure_goal

SOLVER: Final = "glucose4"
"""Takes assumptions and a budget of conflicts, which windows need."""

_FIRST_ITERATIONS: Final = 1_000_000
_LONGEST: Final = 2
"""Until this cooling each is four times as long as the one before, then always the same."""

_FIRST_WINDOW: Final = 0.6
_CONFLICTS: Final = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """
    What to look for.

    Parameters
    ----------
    limits
        Of the goals before; this goal's own is left open.
    bound
        Value at which nothing is left to find.
    rounds
        How often to begin anew, each time with more patience; ``None`` until stopped.
    coolings
        How often to anneal in the first round, each time longer.
    tries
        Attempts to free some meetings that may fail in a row before a round ends; with 0 the finder ends after the first coolings.
    """

    options: Options
    limits: Limits
    goal: Goal
    choices: list[Choice]
    bound: int
    seed: int
    rounds: int | None
    coolings: int
    tries: int


class _Finder:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.random = random.Random(task.seed)
        self.least = measure_goal(task.options, task.choices, task.goal)

    def run(self) -> None:
        """Write ever better timetables, then ``None``."""
        number = 0
        while self.least > self.task.bound and number != self.task.rounds:
            choices = self._cool(number)
            if not self.task.tries:
                break
            patience = _CONFLICTS << min(number, 6)
            while (
                self.least > self.task.bound
                and (better := self._narrow(choices, patience)) is not None
            ):
                choices = better
                self._keep(choices)
            number += 1
        send(sys.stdout.buffer, None)

    def _cool(self, number: int) -> list[Choice]:
        """Anneal, at first ever longer, and keep what is better; returns the best of the coolings."""
        best = self.task.choices
        for cooling in range(self.task.coolings) if number == 0 else (_LONGEST + number,):
            choices = self._anneal(cooling)
            self._keep(choices)
            best = min(best, choices, key=self._value)
            if self.least <= self.task.bound:
                break
        return best

    def _value(self, choices: list[Choice]) -> int:
        return measure_goal(self.task.options, choices, self.task.goal)

    def _keep(self, choices: list[Choice]) -> None:
        value = self._value(choices)
        if value < self.least:
            self.least = value
            self.task = replace(self.task, choices=choices)
            send(sys.stdout.buffer, choices)

    def _anneal(self, number: int) -> list[Choice]:
        task = self.task
        if task.goal != "breaks" or task.limits.idle is not None:
            return task.choices
        import numpy as np

        from punte.engines.timetable.annealing import anneal, survey

        terrain = survey(task.options)
        if terrain is None:
            return task.choices
        slots = anneal(
            terrain,
            np.array([choice.slot_idx for choice in task.choices], dtype=np.int64),
            participants=len(task.options.requests_of),
            breaks_each=task.limits.breaks_each,
            target=task.bound,
            iterations=_FIRST_ITERATIONS << 2 * min(number, _LONGEST),
            seed=task.seed + number,
        )
        return [
            replace(choice, slot_idx=int(slot))
            for choice, slot in zip(task.choices, slots, strict=True)
        ]

    def _narrow(self, choices: list[Choice], conflicts: int) -> list[Choice] | None:
        """Return a timetable one better, found by freeing windows of slots and groups of people in turn; ``None`` after many tries."""
        from pysat.solvers import Solver

        task = self.task
        value = self._value(choices)
        limits = (
            replace(task.limits, breaks=value - 1)
            if task.goal == "breaks"
            else replace(task.limits, idle=value - 1)
        )
        asked = HoldingAll(task.options, limits)
        if asked.is_impossible:
            return None
        shares = {self._free_window: _FIRST_WINDOW, self._free_people: _FIRST_WINDOW}
        with Solver(name=SOLVER, bootstrap_with=asked.clauses.clauses) as solver:
            for number in range(task.tries):
                way = (self._free_window, self._free_people)[number % 2]
                free = way(choices, shares[way])
                solver.conf_budget(conflicts)
                answer = solver.solve_limited(
                    assumptions=[
                        asked.literal_of(choice)
                        for choice in choices
                        if choice.slot_idx not in free
                    ]
                )
                if answer:
                    return asked.read_choices({x for x in solver.get_model() if x > 0})
                shares[way] = (
                    max(0.2, shares[way] * 0.98) if answer is None else min(1.0, shares[way] * 1.02)
                )
        return None

    def _people_with_holes(self, choices: list[Choice]) -> list[int]:
        rows = busy_slots(self.task.options, choices)
        return [idx for idx, row in enumerate(rows) if row and row[-1] - row[0] >= len(row)]

    def _free_window(self, choices: list[Choice], share: float) -> set[int]:
        """Return the requests held in consecutive slots, ``share`` of all, around a meeting of somebody who has a hole."""
        slots = len(self.task.options.instance.slots)
        width = max(min(3, slots), int(share * slots))
        broken = self._people_with_holes(choices)
        around = 0
        if broken:
            rows = busy_slots(self.task.options, choices)
            around = self.random.choice(rows[self.random.choice(broken)])
        first = max(0, min(slots - width, around - self.random.randrange(width + 1)))
        return {
            choice.request_idx for choice in choices if first <= choice.slot_idx < first + width
        }

    def _free_people(self, choices: list[Choice], share: float) -> set[int]:
        """Return all requests of everyone with a hole, and of others by lot until ``share`` of all requests are there."""
        requests_of = self.task.options.requests_of
        people = list(range(len(requests_of)))
        self.random.shuffle(people)
        free: set[int] = set()
        for person in (*self._people_with_holes(choices), *people):
            if len(free) >= share * len(choices):
                break
            free.update(requests_of[person])
        return free


if __name__ == "__main__":
    _Finder(receive(sys.stdin.buffer)).run()
