"""The whole question as a CP-SAT model: every rule, and an expression for every goal."""

from typing import Any

from ortools.sat.python import cp_model

from punte.engines.timetable.options import Options

Literal = Any
"""A CP-SAT Boolean; the library gives it no public type."""


class TimetableModel:
    """
    Variables and rules of a question; goals are built when they are asked for.

    Parameters
    ----------
    options
        With each place by itself if places matter (goal ``place_changes`` or a gap rule).

    Attributes
    ----------
    model
        The CP-SAT model; may be given an objective and more constraints.
    at
        For each request {(slot index, class index): literal}.
    held
        For each request the literal that it is held.
    busy
        For each participant and slot the literal that it has a meeting.
    days
        The slot indices of each day.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.instance = options.instance
        self.model = cp_model.CpModel()
        self.days = _slots_by_day(options)
        self._breaks: dict[int, list[Literal]] = {}
        self._create_literals()
        self._limit_participants()
        self._limit_places()
        self._order_precedences()
        spread = self.instance.rules.max_break_spread
        if spread is not None:
            self._limit_spread(spread)
        if self.instance.rules.min_gap_slots:
            self._keep_gaps(self.instance.rules.min_gap_slots)

    def _create_literals(self) -> None:
        model = self.model
        self.at: list[dict[tuple[int, int], Literal]] = []
        self.held: list[Literal] = []
        self.in_slot: list[dict[int, list[Literal]]] = []
        for idx, (request, options) in enumerate(
            zip(self.instance.requests, self.options.of_request, strict=True)
        ):
            literals = {
                (slot, place): model.new_bool_var(f"x{idx}_{slot}_{place}")
                for slot, place in options
            }
            held = model.new_constant(1) if request.must else model.new_bool_var(f"held{idx}")
            model.add_exactly_one([*literals.values(), held.negated()])
            by_slot: dict[int, list[Literal]] = {}
            for (slot, _), literal in literals.items():
                by_slot.setdefault(slot, []).append(literal)
            self.at.append(literals)
            self.held.append(held)
            self.in_slot.append(by_slot)

    def _limit_participants(self) -> None:
        model = self.model
        slots = range(len(self.instance.slots))
        self.busy: list[list[Literal]] = []
        for idx, person in enumerate(self.instance.participants):
            mine = self.options.requests_of[idx]
            row = []
            for slot in slots:
                literals = [x for request in mine for x in self.in_slot[request].get(slot, ())]
                if not literals:
                    row.append(model.new_constant(0))
                    continue
                busy = model.new_bool_var(f"busy{idx}_{slot}")
                if person.parallel == 1:
                    model.add_exactly_one([*literals, busy.negated()])
                else:
                    model.add(sum(literals) <= person.parallel)
                    model.add_max_equality(busy, literals)
                row.append(busy)
            self.busy.append(row)
            if person.max_meetings is not None or person.min_meetings:
                most = len(mine) if person.max_meetings is None else person.max_meetings
                model.add_linear_constraint(
                    sum(self.held[request] for request in mine), person.min_meetings, most
                )

    def _limit_places(self) -> None:
        used: dict[tuple[int, int], list[Literal]] = {}
        for literals in self.at:
            for key, literal in literals.items():
                used.setdefault(key, []).append(literal)
        for (slot, place), found in used.items():
            capacity = self.options.classes[place].capacity[slot]
            if capacity == 1:
                self.model.add_at_most_one(found)
            elif len(found) > capacity:
                self.model.add(sum(found) <= capacity)

    def _order_precedences(self) -> None:
        index = {request.id: idx for idx, request in enumerate(self.instance.requests)}
        starts = [slot.start for slot in self.instance.slots]
        for first, second in self.instance.precedences:
            earlier, later = self.in_slot[index[first]], self.in_slot[index[second]]
            for moment in sorted({starts[slot] for slot in earlier}):
                too_late = [x for slot in earlier if starts[slot] >= moment for x in earlier[slot]]
                too_soon = [x for slot in later if starts[slot] <= moment for x in later[slot]]
                if too_soon:
                    self.model.add_at_most_one([*too_late, *too_soon])

    def busy_until(self, person: int, day: list[int]) -> list[Literal]:
        """Return for each slot of a day whether the participant is busy in it or earlier that day."""
        found: list[Literal] = []
        for slot in day:
            busy = self.busy[person][slot]
            if not found:
                found.append(busy)
                continue
            literal = self.model.new_bool_var("")
            self.model.add_max_equality(literal, [found[-1], busy])
            found.append(literal)
        return found

    def break_literals(self, person: int) -> list[Literal]:
        """Return one literal for each slot in which a hole of the participant may end."""
        if person in self._breaks:
            return self._breaks[person]
        literals = []
        for day in self.days:
            before = self.busy_until(person, day)
            for number in range(2, len(day)):
                busy = self.busy[person][day[number]]
                idle = self.busy[person][day[number - 1]].negated()
                ends = self.model.new_bool_var("")
                facts = [busy, idle, before[number - 2]]
                self.model.add_bool_and(facts).only_enforce_if(ends)
                self.model.add_bool_or([ends, *(fact.negated() for fact in facts)])
                literals.append(ends)
        self._breaks[person] = literals
        return literals

    def _limit_spread(self, spread: int) -> None:
        most = len(self.instance.slots)
        low = self.model.new_int_var(0, most, "fewest_breaks")
        for person in range(len(self.instance.participants)):
            total = sum(self.break_literals(person))
            self.model.add(total >= low)
            self.model.add(total <= low + spread)

    def used_places(self, person: int) -> dict[int, dict[int, Literal]]:
        """Return {slot: {place class: literal that the participant has a meeting there}}."""
        found: dict[int, dict[int, list[Literal]]] = {}
        for request in self.options.requests_of[person]:
            for (slot, place), literal in self.at[request].items():
                found.setdefault(slot, {}).setdefault(place, []).append(literal)
        used: dict[int, dict[int, Literal]] = {}
        for slot, by_place in found.items():
            used[slot] = {}
            for place, literals in by_place.items():
                if len(literals) == 1:
                    used[slot][place] = literals[0]
                    continue
                used[slot][place] = self.model.new_bool_var("")
                self.model.add_max_equality(used[slot][place], literals)
        return used

    def _keep_gaps(self, gap: int) -> None:
        for person in range(len(self.instance.participants)):
            used = self.used_places(person)
            for day in self.days:
                for number, slot in enumerate(day):
                    for place, literal in used.get(slot, {}).items():
                        self._keep_gap(
                            person, day[max(0, number - gap) : number], literal, place, used
                        )

    def _keep_gap(
        self,
        person: int,
        before: list[int],
        literal: Literal,
        place: int,
        used: dict[int, dict[int, Literal]],
    ) -> None:
        """Require of a participant at ``place`` that it was there in its last busy slot, if that is among ``before``."""
        for number, earlier in enumerate(before):
            busy = self.busy[person]
            clause = [literal.negated(), busy[earlier].negated()]
            clause += [busy[between] for between in before[number + 1 :]]
            was_there = used.get(earlier, {}).get(place)
            if was_there is not None:
                clause.append(was_there)
            self.model.add_bool_or(clause)


def _slots_by_day(options: Options) -> list[list[int]]:
    days: dict[str, list[int]] = {}
    for idx, slot in enumerate(options.instance.slots):
        days.setdefault(slot.day, []).append(idx)
    return list(days.values())
