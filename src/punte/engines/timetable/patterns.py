"""
Every way in which one participant can spread its meetings over the slots, as a layered graph.

A path from the first layer to the last is one choice of busy slots; a node knows how many meetings lie behind it, what hole is
open, and how many breaks and idle slots were passed. A solver that must choose a path sees at each node how few
breaks are still possible, which is what makes proofs short.

References
----------
Pesant, "A Regular Language Membership Constraint for Finite Sequences of Variables", CP 2004: a constraint as a layered graph.
"""

from collections.abc import Sequence
from dataclasses import dataclass

State = tuple[int, int, int, int]
"""
Meetings behind; the open hole [slots], -1 before the day's first meeting or after the last of all; breaks behind; idle slots behind.
"""

NO_LIMIT = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """
    One state between two slots.

    Parameters
    ----------
    if_idle, if_busy
        Index of the node in the next layer; ``None`` where that is impossible.
    least_breaks, least_idle
        Fewest in all over the paths through here.
    """

    if_idle: int | None
    if_busy: int | None
    least_breaks: int
    least_idle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternGraph:
    """Layers of nodes, one more than there are slots; the first has one node. Empty if no pattern exists."""

    layers: tuple[tuple[Node, ...], ...]

    @property
    def is_empty(self) -> bool:
        """Whether the meetings fit in no way."""
        return not self.layers


def build_patterns(
    can_be_busy: Sequence[bool],
    days: Sequence[int],
    *,
    meetings: int,
    most_breaks: int = NO_LIMIT,
    most_idle: int = NO_LIMIT,
    counts_idle: bool = False,
) -> PatternGraph:
    """
    Return the graph of all patterns of one participant.

    Parameters
    ----------
    can_be_busy
        For each slot.
    days
        For each slot the number of its day, ascending.
    meetings
        How many there are to hold, >= 0, at most one in a slot.
    most_breaks, most_idle
        Patterns above are left out.
    counts_idle
        Whether idle slots are told apart; the graph is smaller without.
    """
    rules = _Rules(
        can_be_busy=can_be_busy,
        days=days,
        meetings=meetings,
        most_breaks=most_breaks,
        most_idle=most_idle,
        longest_hole=len(can_be_busy) if counts_idle else 1,
    )
    reached = rules.reach()
    ends = sorted(state for state in reached[-1] if state[0] == meetings)
    index = {state: idx for idx, state in enumerate(ends)}
    layers = [
        tuple(
            Node(if_idle=None, if_busy=None, least_breaks=state[2], least_idle=state[3])
            for state in ends
        )
    ]
    for slot in range(len(can_be_busy) - 1, -1, -1):
        nodes = {
            state: node
            for state in sorted(reached[slot])
            if (node := _node(rules, slot, state, index, layers[-1])) is not None
        }
        index = {state: idx for idx, state in enumerate(nodes)}
        layers.append(tuple(nodes.values()))
    return PatternGraph(layers=tuple(reversed(layers)) if layers[-1] else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What :func:`build_patterns` was asked, as the step from one state to the next."""

    can_be_busy: Sequence[bool]
    days: Sequence[int]
    meetings: int
    most_breaks: int
    most_idle: int
    longest_hole: int

    def follow(self, slot: int, state: State, *, is_busy: bool) -> State | None:
        """Return the state after a slot; ``None`` if the step is not allowed."""
        count, hole, breaks, idle = state
        if slot and self.days[slot] != self.days[slot - 1]:
            hole = -1
        if not is_busy:
            return (count, min(hole + 1, self.longest_hole) if hole >= 0 else -1, breaks, idle)
        if not self.can_be_busy[slot] or count == self.meetings:
            return None
        breaks += hole > 0
        idle += max(hole, 0) if self.longest_hole > 1 else 0
        if breaks > self.most_breaks or idle > self.most_idle:
            return None
        return (count + 1, 0 if count + 1 < self.meetings else -1, breaks, idle)

    def reach(self) -> list[set[State]]:
        """Return the states that can be reached before each slot and after the last."""
        slots = len(self.can_be_busy)
        left = [0] * (slots + 1)
        for slot in range(slots - 1, -1, -1):
            left[slot] = left[slot + 1] + self.can_be_busy[slot]
        reached: list[set[State]] = [{(0, -1, 0, 0)}]
        for slot in range(slots):
            steps = (
                self.follow(slot, state, is_busy=is_busy)
                for state in reached[-1]
                for is_busy in (False, True)
            )
            reached.append(
                {
                    state
                    for state in steps
                    if state is not None and self.meetings - state[0] <= left[slot + 1]
                }
            )
        return reached


def _node(
    rules: _Rules, slot: int, state: State, index: dict[State, int], after: tuple[Node, ...]
) -> Node | None:
    """Return the node of a state before ``slot``; ``None`` if no path leads on to the end."""
    idle_state = rules.follow(slot, state, is_busy=False)
    busy_state = rules.follow(slot, state, is_busy=True)
    if_idle = None if idle_state is None else index.get(idle_state)
    if_busy = None if busy_state is None else index.get(busy_state)
    ways = [after[idx] for idx in (if_idle, if_busy) if idx is not None]
    if not ways:
        return None
    return Node(
        if_idle=if_idle,
        if_busy=if_busy,
        least_breaks=min(node.least_breaks for node in ways),
        least_idle=min(node.least_idle for node in ways),
    )
