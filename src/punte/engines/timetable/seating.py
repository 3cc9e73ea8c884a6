"""Give meetings whose slots are decided their places, moving people as little as a look back allows."""

from dataclasses import dataclass

from punte.engines.timetable.options import Options
from punte.engines.timetable.result import Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A request that is held: indices of the request, the slot, and the class of its place."""

    request_idx: int
    slot_idx: int
    class_idx: int


def seat_meetings(options: Options, choices: list[Choice]) -> tuple[Meeting, ...]:
    """
    Return the meetings with places, in the order of the requests.

    Parameters
    ----------
    choices
        Within the capacity of each class in each slot.
    """
    instance = options.instance
    by_slot: dict[int, dict[int, list[int]]] = {}
    for choice in choices:
        by_slot.setdefault(choice.slot_idx, {}).setdefault(choice.class_idx, []).append(
            choice.request_idx
        )
    last_place: dict[tuple[int, str], int] = {}
    place_of: dict[int, tuple[int, int]] = {}
    for slot_idx in sorted(by_slot):
        day = instance.slots[slot_idx].day
        for class_idx, requests in by_slot[slot_idx].items():
            for request, place in _assign(
                options,
                slot_idx=slot_idx,
                class_idx=class_idx,
                requests=requests,
                last_place=last_place,
                day=day,
            ):
                place_of[request] = (slot_idx, place)
        for requests in by_slot[slot_idx].values():
            for request in requests:
                for person in options.members[request]:
                    last_place[person, day] = place_of[request][1]
    return tuple(
        Meeting(
            request=instance.requests[request].id,
            slot=instance.slots[place_of[request][0]].id,
            place=instance.places[place_of[request][1]].id,
        )
        for request in sorted(place_of)
    )


def _assign(
    options: Options,
    *,
    slot_idx: int,
    class_idx: int,
    requests: list[int],
    last_place: dict[tuple[int, str], int],
    day: str,
) -> list[tuple[int, int]]:
    """Return (request, place) of one class in one slot, with the fewest moves from the last places."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    instance = options.instance
    slot_id = instance.slots[slot_idx].id
    seats = [
        place
        for place in options.classes[class_idx].place_idxs
        if slot_id not in instance.places[place].closed
        for _ in range(min(instance.places[place].capacity, len(requests)))
    ]
    if len(seats) == 1:
        return [(requests[0], seats[0])]
    numbers: dict[int, list[int]] = {}
    for number, place in enumerate(seats):
        numbers.setdefault(place, []).append(number)
    stays = np.zeros((len(requests), len(seats)))
    for row, request in enumerate(requests):
        for person in options.members[request]:
            place = last_place.get((person, day), -1)
            stays[row, numbers.get(place, [])] += 1
    rows, columns = linear_sum_assignment(stays, maximize=True)
    return [(requests[row], seats[column]) for row, column in zip(rows, columns, strict=True)]
