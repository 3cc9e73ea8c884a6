"""
Compiled moves of a timetable that swap meetings between two slots along chains.

References
----------
Kempe chains as moves of timetabling: J. M. Thompson, K. A. Dowsland, "A robust simulated annealing based examination
timetabling system", Computers & Operations Research 25(7), 1998. Annealing: S. Kirkpatrick et al., Science 220, 1983.
"""

import math

import numpy as np

from punte.engines.timetable.compiled import compiled
from punte.engines.timetable.tableau import (
    COST_BREAK,
    COST_EXCESS,
    COST_IDLE,
    DONE_CHAINS,
    MOVED,
    SPREAD,
    STAMP,
    TOUCHED,
    Tableau,
    attach,
    day_gaps,
    detach,
    draw,
    refresh,
)

_LONGEST = 80
"""Meetings of one chain at most: longer ones are hardly ever accepted."""


@compiled
def _mark(tableau: Tableau, request: int, first: int) -> None:
    """Count a meeting among those that change sides; ``first`` is the slot whose losses are negative."""
    stamp = tableau.scalars[STAMP]
    found = tableau.requests[request]
    found.mark = stamp
    tableau.requests[tableau.scalars[MOVED]].stack = request
    tableau.scalars[MOVED] += 1
    step = -1 if found.slot_of == first else 1
    for link in range(found.member_start, found.member_end):
        person = tableau.links[link]
        if tableau.people[person].net_mark != stamp:
            tableau.people[person].net_mark = stamp
            tableau.people[person].net = 0
            tableau.people[tableau.scalars[TOUCHED]].touched = person
            tableau.scalars[TOUCHED] += 1
        tableau.people[person].net += step
    for link in range(found.row_start, found.row_end):
        tableau.room[tableau.links[link], -1] += step


@compiled
def _grow(tableau: Tableau, request: int, first: int, second: int) -> bool:
    """Mark a meeting of one of two slots and all that must then change sides too; False if one of them cannot."""
    stamp = tableau.scalars[STAMP]
    done = tableau.scalars[MOVED]
    _mark(tableau, request, first)
    while done < tableau.scalars[MOVED]:
        if tableau.scalars[MOVED] > _LONGEST:
            return False
        moved = tableau.requests[done].stack
        done += 1
        found = tableau.requests[moved]
        target = second if found.slot_of == first else first
        if not tableau.allowed[moved, target]:
            return False
        for link in range(found.member_start, found.member_end):
            person = tableau.people[tableau.links[link]]
            gain = person.net if target == first else -person.net
            excess = tableau.held_in[tableau.links[link], target] + gain - person.parallel
            place = person.at_start + target * person.parallel
            while excess > 0:
                other = tableau.at[place]
                if tableau.requests[other].mark != stamp:
                    _mark(tableau, other, first)
                    excess -= 1
                place += 1
    return True


@compiled
def _crowded(tableau: Tableau, first: int, second: int) -> int:
    """Return the slot in which some place row would hold too many; -1 if none would."""
    for index in range(tableau.scalars[MOVED]):
        found = tableau.requests[tableau.requests[index].stack]
        for link in range(found.row_start, found.row_end):
            row = tableau.links[link]
            if tableau.room[row, first] < tableau.room[row, -1]:
                return first
            if tableau.room[row, second] < -tableau.room[row, -1]:
                return second
    return -1


@compiled
def _moment_after(tableau: Tableau, request: int, first: int, second: int) -> int:
    """Return when a request starts after the marked meetings change sides; -1 if it is not held."""
    slot = tableau.requests[request].slot_of
    if slot < 0:
        return -1
    if tableau.requests[request].mark == tableau.scalars[STAMP]:
        slot = second if slot == first else first
    return tableau.slots[slot].moment  # type: ignore[no-any-return]


@compiled
def _in_order(tableau: Tableau, first: int, second: int) -> bool:
    """Whether precedences hold after the marked meetings change sides."""
    for index in range(tableau.scalars[MOVED]):
        request = tableau.requests[index].stack
        found = tableau.requests[request]
        if found.before_start == found.before_end and found.after_start == found.after_end:
            continue
        moment = _moment_after(tableau, request, first, second)
        for link in range(found.before_start, found.before_end):
            if _moment_after(tableau, tableau.links[link], first, second) >= moment:
                return False
        for link in range(found.after_start, found.after_end):
            other = _moment_after(tableau, tableau.links[link], first, second)
            if 0 <= other <= moment:
                return False
    return True


@compiled
def cost_change(
    tableau: Tableau, person: int, first: int, at_first: int, second: int, at_second: int
) -> int:
    """Return by how much a participant's cost grows if its counts in two slots become as given (second -1: only one)."""
    was_first = tableau.held_in[person, first] > 0
    was_second = second >= 0 and tableau.held_in[person, second] > 0
    if was_first == (at_first > 0) and (second < 0 or was_second == (at_second > 0)):
        return 0
    breaks, idle = day_gaps(tableau, person, first, first, at_first, second, at_second)
    less_breaks, less_idle = day_gaps(tableau, person, first, -1, 0, -1, 0)
    breaks -= less_breaks
    idle -= less_idle
    if second >= 0 and tableau.slots[second].day_start != tableau.slots[first].day_start:
        more_breaks, more_idle = day_gaps(tableau, person, second, second, at_second, -1, 0)
        less_breaks, less_idle = day_gaps(tableau, person, second, -1, 0, -1, 0)
        breaks += more_breaks - less_breaks
        idle += more_idle - less_idle
    change = tableau.scalars[COST_BREAK] * breaks + tableau.scalars[COST_IDLE] * idle
    if breaks != 0 and tableau.scalars[COST_EXCESS] > 0:
        count = tableau.people[person].breaks
        spread = tableau.scalars[SPREAD]
        excess = max(0, count + breaks - spread) - max(0, count - spread)
        change += tableau.scalars[COST_EXCESS] * excess
    return change  # type: ignore[no-any-return]


@compiled
def is_taken(tableau: Tableau, change: int, temperature: float) -> bool:
    """Whether a move with that change of cost is made at a temperature [cost] (N. Metropolis et al., 1953)."""
    if change <= 0:
        return True
    if change > 30.0 * temperature:
        return False
    return draw(tableau, 1 << 30) < math.exp(-change / temperature) * (1 << 30)


@compiled
def _mark_chains(tableau: Tableau, request: int, second: int) -> bool:
    """Mark a chain from a held request to another slot, and more chains until no place row is too full."""
    first = tableau.requests[request].slot_of
    if not _grow(tableau, request, first, second):
        return False
    for _ in range(4):
        crowded = _crowded(tableau, first, second)
        if crowded < 0:
            return True
        other = tableau.listed[crowded, draw(tableau, tableau.slots[crowded].length)]
        if tableau.requests[other].mark == tableau.scalars[STAMP]:
            return False
        if not _grow(tableau, other, first, second):
            return False
    return _crowded(tableau, first, second) < 0


@compiled
def _clear_rows(tableau: Tableau) -> None:
    for index in range(tableau.scalars[MOVED]):
        found = tableau.requests[tableau.requests[index].stack]
        for link in range(found.row_start, found.row_end):
            tableau.room[tableau.links[link], -1] = 0


@compiled
def _swap_marked(tableau: Tableau, first: int, second: int) -> None:
    moved = tableau.scalars[MOVED]
    slots = np.empty(moved, dtype=np.int32)
    for index in range(moved):
        other = tableau.requests[index].stack
        slots[index] = second if tableau.requests[other].slot_of == first else first
        detach(tableau, other)
    for index in range(moved):
        attach(tableau, tableau.requests[index].stack, slots[index])
    for index in range(tableau.scalars[TOUCHED]):
        person = tableau.people[index].touched
        if tableau.people[person].net != 0:
            refresh(tableau, person)
    tableau.scalars[DONE_CHAINS] += 1


@compiled
def swap_chain(tableau: Tableau, request: int, second: int, temperature: float) -> bool:
    """Try to move a held request to another slot, swapping whatever must then swap; returns whether it was done."""
    first = tableau.requests[request].slot_of
    tableau.scalars[STAMP] += 1
    tableau.scalars[MOVED] = 0
    tableau.scalars[TOUCHED] = 0
    is_possible = _mark_chains(tableau, request, second) and _in_order(tableau, first, second)
    _clear_rows(tableau)
    if not is_possible:
        return False
    change = 0
    for index in range(tableau.scalars[TOUCHED]):
        person = tableau.people[index].touched
        net = tableau.people[person].net
        if net != 0:
            at_first = tableau.held_in[person, first] + net
            at_second = tableau.held_in[person, second] - net
            change += cost_change(tableau, person, first, at_first, second, at_second)
    if not is_taken(tableau, change, temperature):
        return False
    _swap_marked(tableau, first, second)
    return True
