"""First come, first served: what most event platforms do today, and the baseline of every comparison."""

import numpy as np

from punte.engines.timetable.arrays import build_arrays
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.place import Board, indices, slots_of
from punte.engines.timetable.result import Meeting
from punte.engines.timetable.tables import assign_places, name_meetings


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
