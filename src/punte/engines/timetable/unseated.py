"""What a timetable without places reaches: breaks and idle slots ask for none."""

from punte.engines.timetable.instance import Goal
from punte.engines.timetable.measure import objective_values
from punte.engines.timetable.options import Options
from punte.engines.timetable.result import Meeting
from punte.engines.timetable.seating import Choice


def measure_goal(options: Options, choices: list[Choice], goal: Goal) -> int:
    """Return the value of ``breaks`` or ``idle_slots``."""
    instance = options.instance
    anywhere = instance.places[0].id
    meetings = [
        Meeting(
            request=instance.requests[choice.request_idx].id,
            slot=instance.slots[choice.slot_idx].id,
            place=anywhere,
        )
        for choice in choices
    ]
    return int(objective_values(instance, meetings)[goal])


def busy_slots(options: Options, choices: list[Choice]) -> list[list[int]]:
    """Return for each participant the indices of its busy slots, ascending."""
    rows: list[list[int]] = [[] for _ in options.requests_of]
    for choice in sorted(choices, key=lambda choice: choice.slot_idx):
        for person in options.members[choice.request_idx]:
            rows[person].append(choice.slot_idx)
    return rows
