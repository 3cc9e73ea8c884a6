"""Compiled moves that change which requests are held, and the annealing that draws from all moves."""

from punte.engines.timetable.arrays import Ints
from punte.engines.timetable.compiled import compiled
from punte.engines.timetable.moves import cost_change, is_taken, swap_chain
from punte.engines.timetable.tableau import (
    BAD,
    DONE_EXCHANGES,
    GAIN_WEIGHT,
    Tableau,
    attach,
    detach,
    draw,
    refresh,
)


@compiled
def _concerns(tableau: Tableau, request: int, person: int) -> bool:
    found = tableau.requests[request]
    for link in range(found.member_start, found.member_end):  # noqa: SIM110 - compiled code has no any()
        if tableau.links[link] == person:
            return True
    return False


@compiled
def _shares_row(tableau: Tableau, request: int, row: int) -> bool:
    found = tableau.requests[request]
    for link in range(found.row_start, found.row_end):  # noqa: SIM110 - compiled code has no any()
        if tableau.links[link] == row:
            return True
    return False


@compiled
def _rival(tableau: Tableau, request: int, slot: int, rival: int) -> int:
    """
    Return the one meeting that has to leave a slot for a request; -1 for none needed, -2 if one is not enough.

    ``rival`` is the one that leaves in any case, -1 for none.
    """
    found = tableau.requests[request]
    for link in range(found.member_start, found.member_end):
        person = tableau.links[link]
        parallel = tableau.people[person].parallel
        if tableau.held_in[person, slot] >= parallel:
            if rival >= 0 and _concerns(tableau, rival, person):
                continue
            if rival >= 0:
                return -2
            pick = draw(tableau, tableau.held_in[person, slot])
            rival = tableau.at[tableau.people[person].at_start + slot * parallel + pick]
    for link in range(found.row_start, found.row_end):
        row = tableau.links[link]
        if tableau.room[row, slot] <= 0:
            if tableau.slots[slot].length == 0:
                return -2
            if rival < 0:
                rival = tableau.listed[slot, draw(tableau, tableau.slots[slot].length)]
            if not _shares_row(tableau, rival, row):
                return -2
    return rival


@compiled
def _is_in_order(tableau: Tableau, request: int, slot: int, without: int) -> bool:
    found = tableau.requests[request]
    moment = tableau.slots[slot].moment
    for link in range(found.before_start, found.before_end):
        other = tableau.links[link]
        held = tableau.requests[other].slot_of
        if held >= 0 and other != without and tableau.slots[held].moment >= moment:
            return False
    for link in range(found.after_start, found.after_end):
        other = tableau.links[link]
        held = tableau.requests[other].slot_of
        if held >= 0 and other != without and tableau.slots[held].moment <= moment:
            return False
    return True


@compiled
def _obeys_limits(tableau: Tableau, request: int, rival: int) -> bool:
    """Whether counts and met weights stay within everyone's limits if one comes in and the other, if any, goes out."""
    found = tableau.requests[request]
    for link in range(found.member_start, found.member_end):
        person = tableau.links[link]
        if tableau.people[person].held_by >= tableau.people[person].most and (
            rival < 0 or not _concerns(tableau, rival, person)
        ):
            return False
    if rival < 0:
        return True
    if tableau.requests[rival].must:
        return False
    leaving = tableau.requests[rival]
    for link in range(leaving.member_start, leaving.member_end):
        person = tableau.links[link]
        met = tableau.people[person].met - leaving.weight
        if _concerns(tableau, request, person):
            met += found.weight
        elif tableau.people[person].held_by <= tableau.people[person].least:
            return False
        if met < tableau.people[person].floor:
            return False
    return True


@compiled
def _exchange_change(tableau: Tableau, request: int, rival: int, slot: int) -> int:
    found = tableau.requests[request]
    change = -tableau.scalars[GAIN_WEIGHT] * found.weight
    for link in range(found.member_start, found.member_end):
        person = tableau.links[link]
        if rival < 0 or not _concerns(tableau, rival, person):
            change += cost_change(tableau, person, slot, tableau.held_in[person, slot] + 1, -1, 0)
    if rival >= 0:
        leaving = tableau.requests[rival]
        change += tableau.scalars[GAIN_WEIGHT] * leaving.weight
        for link in range(leaving.member_start, leaving.member_end):
            person = tableau.links[link]
            if not _concerns(tableau, request, person):
                change += cost_change(
                    tableau, person, slot, tableau.held_in[person, slot] - 1, -1, 0
                )
    return change  # type: ignore[no-any-return]


@compiled
def _refresh_members(tableau: Tableau, request: int) -> None:
    found = tableau.requests[request]
    for link in range(found.member_start, found.member_end):
        refresh(tableau, tableau.links[link])


@compiled
def exchange(tableau: Tableau, request: int, slot: int, leaving: int, temperature: float) -> bool:
    """Try to hold a request in a slot in the stead of ``leaving`` (-1: of at most one other); returns whether it was done."""
    if not tableau.allowed[request, slot]:
        return False
    rival = _rival(tableau, request, slot, leaving)
    if rival == -2:
        return False
    if rival >= 0 and tableau.requests[rival].weight > tableau.requests[request].weight:
        return False
    if not _is_in_order(tableau, request, slot, rival):
        return False
    if not _obeys_limits(tableau, request, rival):
        return False
    if not is_taken(tableau, _exchange_change(tableau, request, rival, slot), temperature):
        return False
    if rival >= 0:
        detach(tableau, rival)
    attach(tableau, request, slot)
    _refresh_members(tableau, request)
    if rival >= 0:
        _refresh_members(tableau, rival)
    tableau.scalars[DONE_EXCHANGES] += 1
    return True


@compiled
def _meeting_of(tableau: Tableau, person: int) -> int:
    """Return a random meeting of a participant, -1 if there is none."""
    slots = tableau.held_in.shape[1]
    start = draw(tableau, slots)
    for step in range(slots):
        slot = (start + step) % slots
        count = tableau.held_in[person, slot]
        if count > 0:
            found = tableau.people[person]
            pick = found.at_start + slot * found.parallel + draw(tableau, count)
            return tableau.at[pick]  # type: ignore[no-any-return]
    return -1


@compiled
def _hole_of(tableau: Tableau, person: int) -> int:
    """Return a random slot beside a meeting of a participant in which it has none, -1 if there is none."""
    slots = tableau.held_in.shape[1]
    start = draw(tableau, slots)
    for step in range(slots):
        slot = (start + step) % slots
        if tableau.held_in[person, slot] > 0:
            continue
        day = tableau.slots[slot]
        before = slot > day.day_start and tableau.held_in[person, slot - 1] > 0
        if before or (slot + 1 < day.day_end and tableau.held_in[person, slot + 1] > 0):
            return slot  # type: ignore[no-any-return]
    return -1


@compiled
def _try_one(tableau: Tableau, temperature: float) -> None:
    slots = tableau.held_in.shape[1]
    kind = draw(tableau, 16)
    slot = draw(tableau, slots)
    if kind < 4 and tableau.slots[slots].length > 0:
        request = tableau.listed[slots, draw(tableau, tableau.slots[slots].length)]
        leaving = -1
        if kind < 2 and tableau.scalars[BAD] > 0:
            person = tableau.people[draw(tableau, tableau.scalars[BAD])].bad
            leaving = _meeting_of(tableau, person)
            slot = tableau.requests[leaving].slot_of
        exchange(tableau, request, slot, leaving, temperature)
        return
    if kind < 11 and tableau.scalars[BAD] > 0:
        person = tableau.people[draw(tableau, tableau.scalars[BAD])].bad
        request = _meeting_of(tableau, person)
        if kind < 9:
            slot = max(0, _hole_of(tableau, person))
    else:
        request = draw(tableau, tableau.requests.shape[0])
    if request >= 0:
        held = tableau.requests[request].slot_of
        if held >= 0 and held != slot:
            swap_chain(tableau, request, slot, temperature)


@compiled
def anneal(tableau: Tableau, steps: int, hot: float, cold: float) -> None:
    """Try ``steps`` random moves while the temperature falls geometrically from ``hot`` to ``cold`` [cost]."""
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    temperature = hot
    for _ in range(steps):
        _try_one(tableau, temperature)
        temperature *= cooling


@compiled
def insert_all(tableau: Tableau, order: Ints) -> None:
    """Hold each listed request that fits, or that may replace one of lower weight, in the first slot that serves."""
    for index in range(order.shape[0]):
        for slot in range(tableau.held_in.shape[1]):
            if tableau.requests[order[index]].slot_of < 0:
                exchange(tableau, order[index], slot, -1, 1e-9)
