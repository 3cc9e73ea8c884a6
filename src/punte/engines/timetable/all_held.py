"""
The exact prover for questions in which every request can be held: breaks, then idle slots, each raised from below.

This is the problem of the Girona archive (every meeting must be held), and also the end of every question whose requests all fit: weight
and fairness are then at their best by definition.
"""

from itertools import takewhile
from typing import Final

from punte.engines.timetable.claims import MAXIMISED
from punte.engines.timetable.finder_process import Task
from punte.engines.timetable.found import Found
from punte.engines.timetable.holding_all import HoldingAll, Limits, number_days
from punte.engines.timetable.holding_by_holes import HoldingByHoles
from punte.engines.timetable.instance import Goal
from punte.engines.timetable.options import Options
from punte.engines.timetable.patterns import build_patterns
from punte.engines.timetable.sat_race import Chase, Gap, Race
from punte.engines.timetable.seating import Choice, seat_meetings
from punte.engines.timetable.unseated import measure_goal
from punte.kernel.anytime import Deadline, Progress, Report

MOST_OPTIONS: Final = 20_000
"""Above this many options the clauses are too many for a proof within minutes."""

_WITHOUT_ROOM: Final = 2
"""With so many processes the finder makes room for the second solver after its first coolings."""


def _minimised(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Return the goals to close, up to the first that the prover does not know."""
    return tuple(
        goal
        for goal in takewhile(lambda goal: goal != "place_changes", goals)
        if goal not in MAXIMISED
    )


def can_ask_for_all(options: Options) -> bool:
    """
    Return whether the prover fits the question.

    It does when everyone has one meeting at once, no walking time is asked for, the breaks' spread cannot be met by
    giving everyone a break, and holding every request either is a must or is what the first goal wants most.
    """
    instance = options.instance
    rules = instance.rules
    is_wanted = all(request.must for request in instance.requests) or (
        instance.objective[:1] in (("weight",), ("fairness",))
        and all(request.must or request.weight > 0 for request in instance.requests)
    )
    has_spare_person = rules.max_break_spread is None or any(
        len(mine) <= 1 for mine in options.requests_of
    )
    return (
        is_wanted
        and has_spare_person
        and 0 < options.size <= MOST_OPTIONS
        and rules.min_gap_slots == 0
        and all(person.parallel == 1 for person in instance.participants)
        and _is_within_counts(options)
    )


def _is_within_counts(options: Options) -> bool:
    """Return whether counting alone leaves room for all requests, or shows that none of this matters."""
    if all(request.must for request in options.instance.requests):
        return True
    room = sum(sum(found.capacity) for found in options.classes)
    slots = len(options.instance.slots)
    return len(options.members) <= room and all(
        len(mine) <= min(slots, slots if person.max_meetings is None else person.max_meetings)
        for mine, person in zip(options.requests_of, options.instance.participants, strict=True)
    )


def hold_all(
    options: Options, *, seed: int, workers: int, deadline: Deadline, report: Report
) -> Found:
    """
    Return the best timetable that holds every request; ``infeasible`` if there is none.

    Parameters
    ----------
    options
        As :func:`can_ask_for_all` accepts them.
    workers
        Processes at once, >= 1.
    """
    for mine, person in zip(options.requests_of, options.instance.participants, strict=True):
        most = len(mine) if person.max_meetings is None else person.max_meetings
        if not person.min_meetings <= len(mine) <= most:
            return Found(status="infeasible")
    return _Prover(options, seed=seed, workers=workers, deadline=deadline, report=report).run()


class _Prover:
    def __init__(
        self, options: Options, *, seed: int, workers: int, deadline: Deadline, report: Report
    ) -> None:
        self.options = options
        self.seed = seed
        self.workers = workers
        self.deadline = deadline
        self.report = report
        self.reached: dict[Goal, int] = {}
        self.choices: list[Choice] | None = None

    def run(self) -> Found:
        """Close one goal after the other while each is proved."""
        goals = self.options.instance.objective
        bounds: dict[Goal, float] = {}
        for goal in _minimised(goals) or (None,):
            gap = self._close(goal)
            if gap.is_impossible:
                return Found(status="infeasible")
            if goal is not None:
                bounds[goal] = gap.bound
            if not gap.is_closed or gap.value is None:
                break
            if goal is not None:
                self.reached[goal] = gap.value
        if self.choices is None:
            return Found(status="unknown", bounds=bounds)
        proved = tuple(takewhile(lambda goal: goal in MAXIMISED or goal in self.reached, goals))
        return Found(
            status="optimal" if len(proved) == len(goals) else "feasible",
            meetings=seat_meetings(self.options, self.choices),
            bounds=bounds,
            proved=proved,
        )

    def _close(self, goal: Goal | None) -> Gap:
        gap = Gap(bound=0 if goal is None else self._least(goal))
        if goal is not None and self.choices is not None:
            gap.choices, gap.value = self.choices, measure_goal(self.options, self.choices, goal)
        chase = Chase(
            build=lambda limit: HoldingAll(self.options, self._limits(goal, limit)),
            build_otherwise=(
                (lambda limit: HoldingByHoles(self.options, self._limits(goal, limit)))
                if self._is_asked_otherwise(goal)
                else None
            ),
            measure=lambda choices: (
                0 if goal is None else measure_goal(self.options, choices, goal)
            ),
            find=None if goal is None else lambda gap: self._task(goal, gap),
            tell=lambda gap: self._tell(goal, gap),
        )
        Race(gap, chase, workers=self.workers, deadline=self.deadline).run()
        if gap.choices is not None:
            self.choices = gap.choices
        return gap

    def _limits(self, goal: Goal | None, limit: int | None) -> Limits:
        asked = {**self.reached, **({goal: limit} if goal and limit is not None else {})}
        return Limits(
            breaks=asked.get("breaks"),
            idle=asked.get("idle_slots"),
            breaks_each=self.options.instance.rules.max_break_spread,
        )

    def _is_asked_otherwise(self, goal: Goal | None) -> bool:
        """Return whether a second solver takes the finder's place; one process alone takes turns and needs no second shape."""
        return self.workers > 1 and goal == "breaks" and "idle_slots" not in self.reached

    def _task(self, goal: Goal, gap: Gap) -> Task:
        assert gap.choices is not None
        return Task(
            options=self.options,
            limits=self._limits(None, None),
            goal=goal,
            choices=gap.choices,
            bound=gap.bound,
            seed=self.seed,
            rounds=1 if self.workers == 1 else None,
            coolings=1 if self.workers == 1 else 3,
            tries=0 if self.workers == _WITHOUT_ROOM and self._is_asked_otherwise(goal) else 24,
        )

    def _tell(self, goal: Goal | None, gap: Gap) -> None:
        self.report(
            Progress(
                stage=goal or "timetable",
                value=gap.value,
                bound=gap.bound,
                elapsed_s=self.deadline.elapsed_s,
            )
        )

    def _least(self, goal: Goal) -> int:
        """Return the sum of what each participant alone cannot avoid."""
        options = self.options
        days = number_days(options)
        order = sorted(range(len(days)), key=lambda slot: days[slot])
        total = 0
        for mine in options.requests_of:
            possible = {slot for request in mine for slot, _ in options.of_request[request]}
            graph = build_patterns(
                [slot in possible for slot in order],
                sorted(days),
                meetings=len(mine),
                counts_idle=goal == "idle_slots",
            )
            if not graph.is_empty:
                start = graph.layers[0][0]
                total += start.least_breaks if goal == "breaks" else start.least_idle
        return max(total, self.reached.get("breaks", 0) if goal == "idle_slots" else 0)
