"""Timetables where people need time to walk: slot and place are chosen together, and nobody is made to run."""

from punte.engines.timetable.arrays import Arrays
from punte.engines.timetable.result import Meeting
from punte.engines.timetable.seated import SeatedBoard
from punte.kernel.anytime import Deadline


def place_with_gaps(arrays: Arrays, order: list[int], deadline: Deadline) -> tuple[Meeting, ...]:
    """
    Return a timetable that keeps the walking time between places.

    Requests are taken one after the other, each where it adds fewest idle slots. No meeting is moved afterwards, so this is
    weaker than what is done without walking time, and says nothing of what would be best.

    Parameters
    ----------
    order
        Indices of requests, the most important first.
    """
    board = SeatedBoard(arrays)
    for request in order:
        if deadline.is_over and not arrays.must[request]:
            continue
        where = board.cheapest(request)
        if where is not None:
            board.seat(request, *where)
    return board.meetings()
