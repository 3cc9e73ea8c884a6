"""First come, first served: what most event platforms do today, and the baseline of every comparison."""

import numpy as np

from punte.engines.timetable.arrays import build_arrays
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.place import Board, indices, slots_of
from punte.engines.timetable.result import Meeting
from punte.engines.timetable.tables import assign_places


def serve_first_come(instance: Instance) -> tuple[Meeting, ...]:
    """
    Return the timetable that arises when each request, in the file's order, takes the earliest slot that is free for it.

    Rules on gaps, spread and least counts are not looked at, as platforms do not.
    """
    arrays = build_arrays(instance)
    board = Board(arrays)
    for request in range(len(arrays.weight)):
        slot = next(indices(board.free(request)), None)
        if slot is not None:
            board.add(request, slot)
    slot_of = slots_of(board)
    places = assign_places(arrays, slot_of)
    if places is None:
        places = np.zeros_like(slot_of)
    return name_meetings(instance, arrays.slot_of, slot_of, places)


def name_meetings(
    instance: Instance,
    file_slot: "np.ndarray[tuple[int, ...], np.dtype[np.int32]]",
    slot_of: "np.ndarray[tuple[int, ...], np.dtype[np.int32]]",
    place_of: "np.ndarray[tuple[int, ...], np.dtype[np.int32]]",
) -> tuple[Meeting, ...]:
    """
    Return meetings by their ids, in time order.

    Parameters
    ----------
    file_slot
        Shape (S,): index in the instance of each slot.
    slot_of, place_of
        Shape (R,): slot and index of the place of each request, -1 if it is not held.
    """
    held = np.flatnonzero(slot_of >= 0).tolist()
    return tuple(
        Meeting(
            request=instance.requests[request].id,
            slot=instance.slots[int(file_slot[slot_of[request]])].id,
            place=instance.places[int(place_of[request])].id,
        )
        for request in sorted(held, key=lambda request: (int(slot_of[request]), request))
    )
