"""What a timetable reaches: the value of each goal, by its definition."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from punte.engines.timetable.holding import Holding
from punte.engines.timetable.instance import Goal, Instance
from punte.engines.timetable.result import Meeting


def objective_values(instance: Instance, meetings: Iterable[Meeting]) -> dict[Goal, float]:
    """
    Return the value of each goal of the instance, in its order.

    Parameters
    ----------
    meetings
        Each request at most once, all ids known; other rules may be broken.
    """
    holding = Holding(instance, meetings)
    measures: dict[Goal, Callable[[], float]] = {
        "weight": lambda: _met_weight(holding),
        "fairness": lambda: float(min(shares(holding).values(), default=Fraction(1))),
        "breaks": lambda: sum(break_counts(holding).values()),
        "idle_slots": lambda: _count_idle_slots(holding),
        "place_changes": lambda: _count_place_changes(holding),
    }
    return {goal: measures[goal]() for goal in instance.objective}


def shares(holding: Holding) -> dict[str, Fraction]:
    """Return met weight / requested weight, 0 to 1, of each participant whose requests weigh anything."""
    requested: dict[str, int] = {}
    met: dict[str, int] = {}
    for request in holding.instance.requests:
        for person_id in request.between:
            requested[person_id] = requested.get(person_id, 0) + request.weight
            if request.id in holding.held:
                met[person_id] = met.get(person_id, 0) + request.weight
    return {
        person_id: Fraction(met.get(person_id, 0), weight)
        for person_id, weight in requested.items()
        if weight > 0
    }


def break_counts(holding: Holding) -> dict[str, int]:
    """Return each participant's breaks: maximal runs of idle slots between two meetings of a day."""
    day = holding.slot_of_day
    return {
        person.id: sum(
            1
            for before, after in holding.consecutive_slots(person.id)
            if day[after] > day[before] + 1
        )
        for person in holding.instance.participants
    }


def _met_weight(holding: Holding) -> int:
    return sum(holding.requests[request_id].weight for request_id in holding.held)


def _count_idle_slots(holding: Holding) -> int:
    day = holding.slot_of_day
    return sum(
        day[after] - day[before] - 1
        for person in holding.instance.participants
        for before, after in holding.consecutive_slots(person.id)
    )


def _count_place_changes(holding: Holding) -> int:
    """Return how often a participant enters a place where it was not in its busy slot before."""
    changes = 0
    for person in holding.instance.participants:
        agenda = holding.agenda[person.id]
        for before, after in holding.consecutive_slots(person.id):
            was = {meeting.place for meeting in agenda[before]}
            changes += len({meeting.place for meeting in agenda[after]} - was)
    return changes
