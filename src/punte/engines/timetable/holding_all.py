"""
The question "can every request be held within these breaks and idle slots?" as clauses for a SAT solver.

The busy slots of each participant follow a path of its :mod:`pattern graph
<punte.engines.timetable.patterns>`, so a limit on breaks cuts whole patterns off before the search begins. Where meetings are between two,
a slot's capacity is counted over its busy participants instead of over its meetings: far fewer literals for the same rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from punte.engines.timetable.clauses import Clauses
from punte.engines.timetable.options import Options
from punte.engines.timetable.patterns import NO_LIMIT, Node, PatternGraph, build_patterns
from punte.engines.timetable.seating import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What is asked for, over all participants and for each one.

    Parameters
    ----------
    breaks, idle
        Most in all; ``None`` for no limit.
    breaks_each
        Most for each participant; ``None`` for no limit.
    """

    breaks: int | None = None
    idle: int | None = None
    breaks_each: int | None = None


class HoldingAll:
    """
    Clauses whose models are the timetables that hold every request within limits.

    Parameters
    ----------
    options
        Of an instance with one meeting at once for each participant.

    Attributes
    ----------
    is_impossible
        Whether that shows before any search: a request without option, a participant without pattern.
    """

    def __init__(self, options: Options, limits: Limits) -> None:
        self.options = options
        self.limits = limits
        self.clauses = Clauses()
        self.is_impossible = not all(options.of_request)
        if self.is_impossible:
            return
        self._slots = len(options.instance.slots)
        self._hold_each_once()
        self._order_precedences()
        self._know_who_is_busy()
        self._follow_patterns()
        if not self.is_impossible:
            self._limit_places()

    def _hold_each_once(self) -> None:
        clauses = self.clauses
        self._in_slot: list[dict[int, int]] = []
        self._at: list[dict[tuple[int, int], int]] = []
        for options in self.options.of_request:
            slots = list(dict.fromkeys(slot for slot, _ in options))
            in_slot = {slot: clauses.new_literal() for slot in slots}
            clauses.add(*in_slot.values())
            at: dict[tuple[int, int], int] = {}
            for slot in slots:
                classes = [place for found, place in options if found == slot]
                if len(classes) == 1:
                    at[slot, classes[0]] = in_slot[slot]
                    continue
                literals = [clauses.new_literal() for _ in classes]
                at.update({(slot, place): x for place, x in zip(classes, literals, strict=True)})
                clauses.add(-in_slot[slot], *literals)
                clauses.forbid_pairs(literals)
                for literal in literals:
                    clauses.add(-literal, in_slot[slot])
            self._in_slot.append(in_slot)
            self._at.append(at)
        self._until = [self._order_literals(in_slot) for in_slot in self._in_slot]

    def _order_literals(self, in_slot: dict[int, int]) -> dict[int, int]:
        """Return {slot: literal that the request is held in it or before}, and so forbid two slots."""
        clauses = self.clauses
        until: dict[int, int] = {}
        slots = sorted(in_slot)
        before = 0
        for slot in slots[:-1]:
            now = clauses.new_literal()
            clauses.add(-in_slot[slot], now)
            if before:
                clauses.add(-before, now)
                clauses.add(-in_slot[slot], -before)
                clauses.add(-now, before, in_slot[slot])
            else:
                clauses.add(-now, in_slot[slot])
            until[slot] = before = now
        if before:
            clauses.add(-in_slot[slots[-1]], -before)
        return until

    def _order_precedences(self) -> None:
        instance = self.options.instance
        index = {request.id: idx for idx, request in enumerate(instance.requests)}
        starts = [slot.start for slot in instance.slots]
        for first, second in instance.precedences:
            earlier = self._in_slot[index[first]]
            for slot, literal in self._in_slot[index[second]].items():
                self.clauses.add(
                    -literal, *self._begins_before(index[first], earlier, starts, slot)
                )

    def _begins_before(
        self, request: int, in_slot: dict[int, int], starts: list[datetime], slot: int
    ) -> list[int]:
        """Return literals of which one holds if the request is held before a slot begins."""
        before = [found for found in sorted(in_slot) if starts[found] < starts[slot]]
        whole = sorted(in_slot)[: len(before)] == before
        if not before or not whole or len(before) == len(in_slot):
            return [in_slot[found] for found in before]
        return [self._until[request][before[-1]]]

    def _know_who_is_busy(self) -> None:
        self._busy: list[dict[int, int]] = []
        for mine in self.options.requests_of:
            busy: dict[int, int] = {}
            for slot in range(self._slots):
                literals = [
                    self._in_slot[request][slot]
                    for request in mine
                    if slot in self._in_slot[request]
                ]
                if literals:
                    busy[slot] = self.clauses.either(literals)
                    self.clauses.forbid_pairs(literals)
            self._busy.append(busy)

    def _follow_patterns(self) -> None:
        limits = self.limits
        most_breaks = min(_or_no_limit(limits.breaks_each), _or_no_limit(limits.breaks))
        breaks: list[int] = []
        idle: list[int] = []
        days = number_days(self.options)
        self._order = sorted(range(self._slots), key=lambda slot: days[slot])
        for person, mine in enumerate(self.options.requests_of):
            graph = build_patterns(
                [slot in self._busy[person] for slot in self._order],
                sorted(days),
                meetings=len(mine),
                most_breaks=most_breaks,
                most_idle=_or_no_limit(limits.idle),
                counts_idle=limits.idle is not None,
            )
            if graph.is_empty:
                self.is_impossible = True
                return
            if len(mine) > 1:
                found = self._follow_graph(graph, self._busy[person])
                breaks += found[0]
                idle += found[1]
        for literals, most in ((breaks, limits.breaks), (idle, limits.idle)):
            if most is not None:
                self.clauses.allow(literals, most)

    def _follow_graph(
        self, graph: PatternGraph, busy: dict[int, int]
    ) -> tuple[list[int], list[int]]:
        """Add one participant's path; returns its break literals and idle literals, as many true as it has of each."""
        clauses = self.clauses
        layers = [[clauses.new_literal() for _ in layer] for layer in graph.layers]
        clauses.add(layers[0][0])
        for number, slot in enumerate(self._order):
            layer, after = graph.layers[number], layers[number + 1]
            is_busy = busy.get(slot)
            for node, literal in zip(layer, layers[number], strict=True):
                self._follow_node(literal, (node.if_idle, node.if_busy), is_busy, after)
            self._look_back(layer, layers[number], is_busy, after)
        return (
            self._threshold_literals(layers, [[n.least_breaks for n in x] for x in graph.layers])
            if self.limits.breaks is not None
            else [],
            self._threshold_literals(layers, [[n.least_idle for n in x] for x in graph.layers])
            if self.limits.idle is not None
            else [],
        )

    def _look_back(
        self, layer: Sequence[Node], literals: list[int], is_busy: int | None, after: list[int]
    ) -> None:
        """Add what a node of the next layer tells of the slot and the nodes before it; one of them holds."""
        clauses = self.clauses
        if_idle, if_busy = {node.if_idle for node in layer}, {node.if_busy for node in layer}
        for idx, literal in enumerate(after):
            clauses.add(
                -literal,
                *(
                    x
                    for x, node in zip(literals, layer, strict=True)
                    if idx in (node.if_idle, node.if_busy)
                ),
            )
            if is_busy is not None and not (idx in if_idle and idx in if_busy):
                clauses.add(-literal, is_busy if idx in if_busy else -is_busy)
        clauses.add(*after)
        clauses.allow_one(after)

    def _follow_node(
        self,
        literal: int,
        successors: tuple[int | None, int | None],
        is_busy: int | None,
        after: list[int],
    ) -> None:
        """Add the clauses that lead from one node to the next layer: idle first, then busy."""
        clauses = self.clauses
        for next_idx, guard in zip(
            successors, ((is_busy,), (-is_busy,)) if is_busy else ((), (0,)), strict=True
        ):
            if guard == (0,):  # no meeting is possible in this slot
                continue
            if next_idx is None:
                clauses.add(-literal, *guard)
            else:
                clauses.add(-literal, *guard, after[next_idx])

    def _threshold_literals(self, layers: list[list[int]], least: list[list[int]]) -> list[int]:
        """Return literals, the i-th of which holds as soon as more than i are unavoidable on the path."""
        most = max(least[-1])
        found = [self.clauses.new_literal() for _ in range(most)]
        for first, second in zip(found[1:], found[:-1], strict=True):
            self.clauses.add(-first, second)
        for literals, values in zip(layers, least, strict=True):
            for literal, value in zip(literals, values, strict=True):
                if value:
                    self.clauses.add(-literal, found[value - 1])
        return found

    def _limit_places(self) -> None:
        options = self.options
        are_pairs = all(len(people) == 2 for people in options.members)
        if len(options.classes) == 1 and are_pairs:
            for slot in range(self._slots):
                busy = [row[slot] for row in self._busy if slot in row]
                self.clauses.allow(busy, 2 * options.classes[0].capacity[slot])
            return
        used: dict[tuple[int, int], list[int]] = {}
        for at in self._at:
            for key, literal in at.items():
                used.setdefault(key, []).append(literal)
        for (slot, place), literals in used.items():
            self.clauses.allow(literals, options.classes[place].capacity[slot])

    def literal_of(self, choice: Choice) -> int:
        """Return the literal that a request is held in the slot of ``choice``."""
        return self._in_slot[choice.request_idx][choice.slot_idx]

    def read_choices(self, true_literals: set[int]) -> list[Choice]:
        """Return the timetable that a model of the clauses stands for."""
        return [
            Choice(request_idx=request, slot_idx=slot, class_idx=place)
            for request, at in enumerate(self._at)
            for (slot, place), literal in at.items()
            if literal in true_literals
        ]


def number_days(options: Options) -> list[int]:
    """Return for each slot the number of its day, in order of first appearance."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(slot.day, len(numbers)) for slot in options.instance.slots]


def _or_no_limit(limit: int | None) -> int:
    return NO_LIMIT if limit is None else limit
