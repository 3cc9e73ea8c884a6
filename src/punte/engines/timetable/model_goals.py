"""The goals as expressions over the model; each is minimised, so weight and fairness stand negated."""

from fractions import Fraction
from typing import Any

from punte.engines.timetable.instance import Goal
from punte.engines.timetable.model import Literal, TimetableModel

Expression = Any
"""A CP-SAT linear expression or a number; the library gives it no public type."""


def goal_expression(built: TimetableModel, goal: Goal) -> Expression:
    """Return what to minimise for a goal other than fairness, in its own unit (weight negated)."""
    if goal == "weight":
        return -sum(
            request.weight * held
            for request, held in zip(built.instance.requests, built.held, strict=True)
        )
    if goal == "breaks":
        return sum(
            literal
            for person in range(len(built.instance.participants))
            for literal in built.break_literals(person)
        )
    if goal == "idle_slots":
        return sum(_idle_literals(built))
    assert goal == "place_changes"
    return sum(_change_literals(built))


def _idle_literals(built: TimetableModel) -> list[Literal]:
    literals = []
    for person, busy in enumerate(built.busy):
        for day in built.days:
            before = built.busy_until(person, day)
            after = built.busy_until(person, day[::-1])[::-1]
            for number in range(1, len(day) - 1):
                idle = built.model.new_bool_var("")
                built.model.add_bool_or(
                    [
                        idle,
                        busy[day[number]],
                        before[number - 1].negated(),
                        after[number + 1].negated(),
                    ]
                )
                literals.append(idle)
    return literals


def _change_literals(built: TimetableModel) -> list[Literal]:
    """Return literals, each true where a participant enters a place it was not at in its busy slot before."""
    literals = []
    model = built.model
    for person, busy in enumerate(built.busy):
        used = built.used_places(person)
        for day in built.days:
            before = built.busy_until(person, day)
            last: dict[int, Literal] = {}
            for number, slot in enumerate(day):
                here = used.get(slot, {})
                for place, literal in here.items() if number else ():
                    enters = model.new_bool_var("")
                    clause = [enters, literal.negated(), before[number - 1].negated()]
                    model.add_bool_or([*clause, last[place]] if place in last else clause)
                    literals.append(enters)
                last = _carry_places(model, busy[slot], here, last)
    return literals


def _carry_places(
    model: Any,  # noqa: ANN401 - the library gives it no public type
    busy: Literal,
    here: dict[int, Literal],
    last: dict[int, Literal],
) -> dict[int, Literal]:
    """Return for each place the literal that the participant is there now, or was when last busy."""
    now: dict[int, Literal] = {}
    for place in sorted({*here, *last}):
        literal = model.new_bool_var("")
        if place in here:
            model.add_bool_or([literal.negated(), here[place], busy.negated()])
        else:
            model.add_implication(literal, busy.negated())
        was = last.get(place)
        model.add_bool_or(
            [literal.negated(), busy] if was is None else [literal.negated(), busy, was]
        )
        now[place] = literal
    return now


class ShareLevels:
    """
    Fairness as ranks: every share that a participant can reach, over all participants, in ascending order.

    Attributes
    ----------
    levels
        The distinct shares, ascending.
    ranks
        For each participant whose requests weigh anything, an integer variable: the index of its share.
    """

    def __init__(self, built: TimetableModel) -> None:
        reachable: dict[int, tuple[int, set[int]]] = {}
        requests = built.instance.requests
        for person, mine in enumerate(built.options.requests_of):
            total = sum(requests[idx].weight for idx in mine)
            if total:
                sums: set[int] = {0}
                for idx in mine:
                    sums |= {found + requests[idx].weight for found in sums}
                reachable[person] = (total, sums)
        self.levels = sorted(
            {Fraction(found, total) for total, sums in reachable.values() for found in sums}
        )
        rank_of = {share: rank for rank, share in enumerate(self.levels)}
        self.ranks: dict[int, Any] = {}
        for person, (total, reached) in reachable.items():
            met = built.model.new_int_var(0, total, f"met{person}")
            mine = built.options.requests_of[person]
            built.model.add(met == sum(requests[idx].weight * built.held[idx] for idx in mine))
            rank = built.model.new_int_var(0, len(self.levels) - 1, f"rank{person}")
            built.model.add_allowed_assignments(
                [met, rank], [(found, rank_of[Fraction(found, total)]) for found in sorted(reached)]
            )
            self.ranks[person] = rank
