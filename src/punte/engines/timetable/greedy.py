"""First come, first served: what an organiser without a solver does, and a timetable to begin from."""

from punte.engines.timetable.check import check_meetings
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.options import list_options
from punte.engines.timetable.result import Meeting
from punte.engines.timetable.seating import Choice, seat_meetings


def hold_greedily(instance: Instance) -> tuple[Meeting, ...] | None:
    """
    Return the meetings of a single pass: what must be held first, then by weight, each in its first free slot.

    Returns
    -------
        ``None`` if the pass ends in a timetable that breaks a rule; that proves nothing.
    """
    options = list_options(instance, each_place=instance.rules.min_gap_slots > 0)
    requests = instance.requests
    order = sorted(
        range(len(requests)),
        key=lambda idx: (not requests[idx].must, -requests[idx].weight, idx),
    )
    taken: dict[tuple[int, int], int] = {}
    at_once: dict[tuple[int, int], int] = {}
    count = [0] * len(instance.participants)
    chosen: list[Choice] = []
    in_order = {request for pair in instance.precedences for request in pair}
    for idx in order:
        people = options.members[idx]
        if any(
            (limit := instance.participants[person].max_meetings) is not None
            and count[person] >= limit
            for person in people
        ) or (requests[idx].id in in_order and not requests[idx].must):
            continue
        for slot, place in options.of_request[idx]:
            if taken.get((slot, place), 0) >= options.classes[place].capacity[slot] or any(
                at_once.get((person, slot), 0) >= instance.participants[person].parallel
                for person in people
            ):
                continue
            taken[slot, place] = taken.get((slot, place), 0) + 1
            for person in people:
                at_once[person, slot] = at_once.get((person, slot), 0) + 1
                count[person] += 1
            chosen.append(Choice(request_idx=idx, slot_idx=slot, class_idx=place))
            break
    meetings = seat_meetings(options, chosen)
    return None if check_meetings(instance, meetings) else meetings
