"""Let go of meetings where a rule or an earlier goal asks for it."""

import numpy as np

from punte.engines.timetable.arrays import Arrays, Ints


def drop_for_rules(arrays: Arrays, slot_of: Ints) -> Ints:
    """
    Return a timetable without the meetings that keep participants above the allowed spread of breaks.

    The same is done for breaks and idle slots where the objective puts them before weight: a meeting goes if there are fewer
    without it. Compulsory meetings, and those that somebody's least count needs, stay.

    Parameters
    ----------
    slot_of
        Shape (R,): slot of each request, -1 if it is not held. It is not changed.
    """
    agendas = _Agendas(arrays, slot_of.copy())
    spread = arrays.instance.rules.max_break_spread
    if spread is not None:
        agendas.drop_breaks_above(spread)
    order = arrays.instance.objective
    weight_at = min(
        (order.index(goal) for goal in ("weight", "fairness") if goal in order), default=len(order)
    )
    earlier = order[:weight_at]
    if "breaks" in earlier or "idle_slots" in earlier:
        agendas.drop_breaks_above(0)
    return agendas.slot_of


class _Agendas:
    def __init__(self, arrays: Arrays, slot_of: Ints) -> None:
        self.arrays = arrays
        self.slot_of = slot_of
        self.held_in = np.zeros((len(arrays.parallel), len(arrays.day)), dtype=np.int32)
        for request in np.flatnonzero(slot_of >= 0).tolist():
            self.held_in[arrays.members(request), slot_of[request]] += 1

    def _runs(self, person: int) -> list[list[int]]:
        """Return the maximal runs of busy slots of each day, days with one run left out."""
        runs: list[list[int]] = []
        for day in range(len(self.arrays.day_ptr) - 1):
            of_day: list[list[int]] = []
            for slot in range(int(self.arrays.day_ptr[day]), int(self.arrays.day_ptr[day + 1])):
                if self.held_in[person, slot] > 0:
                    if of_day and of_day[-1][-1] == slot - 1:
                        of_day[-1].append(slot)
                    else:
                        of_day.append([slot])
            if len(of_day) > 1:
                runs.extend(of_day)
        return runs

    def breaks(self, person: int) -> int:
        runs = self._runs(person)
        days = {int(self.arrays.day[run[0]]) for run in runs}
        return len(runs) - len(days)

    def drop_breaks_above(self, spread: int) -> None:
        """Drop whole runs, the lightest first, until nobody has more than ``spread`` breaks; others may then need it too."""
        for _ in range(3):
            over = [p for p in range(len(self.arrays.parallel)) if self.breaks(p) > spread]
            if not over:
                return
            for person in over:
                stuck = False
                while self.breaks(person) > spread and not stuck:
                    stuck = not self._drop_lightest_run(person)

    def _drop_lightest_run(self, person: int) -> bool:
        choices = [
            (sum(int(self.arrays.weight[request]) for request in held), held)
            for run in self._runs(person)
            if (held := self._meetings(person, run)) and all(map(self._may_go, held))
        ]
        if not choices:
            return False
        for request in min(choices)[1]:
            self.held_in[self.arrays.members(request), self.slot_of[request]] -= 1
            self.slot_of[request] = -1
        return True

    def _meetings(self, person: int, run: list[int]) -> list[int]:
        first, last = self.arrays.request_ptr[person], self.arrays.request_ptr[person + 1]
        mine: list[int] = self.arrays.request_idx[first:last].tolist()
        return [request for request in mine if int(self.slot_of[request]) in run]

    def _may_go(self, request: int) -> bool:
        people = self.arrays.members(request)
        counts = self.held_in[people].sum(axis=1)
        return not self.arrays.must[request] and bool((counts > self.arrays.least[people]).all())
