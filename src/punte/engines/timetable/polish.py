"""Fewer breaks and idle slots at no loss of weight: annealing in cycles, each longer and cooler than the last."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from punte.engines.timetable.arrays import Arrays, Ints
from punte.engines.timetable.costs import weigh_costs
from punte.engines.timetable.instance import Goal
from punte.kernel.anytime import Deadline, Progress, Report, ignore_progress

if TYPE_CHECKING:
    from punte.engines.timetable.tableau import Tableau

_CYCLES: Final = ((150, 0.8), (4000, 0.6), (6000, 0.5))
"""Steps for each held meeting, and first temperature [idle slots], of each cycle. The first gives something to show; the second is
shortened to the time that is left, cooled all the way. Developed on seeds 101 to 103 of the generator only."""
_COLD: Final = 0.1
_PIECES: Final = 20
"""Each cycle reports, and can be stopped, this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """
    Where polishing begins.

    Parameters
    ----------
    slot_of
        Shape (R,): slot of each request, -1 if it is not held.
    floor
        Shape (P,): met weight below which nobody is brought, >= 0.
    weight_bound
        For reports; ``None`` if unknown.
    reserve_s
        Time to leave for what comes after [s], >= 0.
    """

    slot_of: Ints
    floor: NDArray[np.int64]
    weight_bound: int | None = None
    reserve_s: float = 0.0


def polish(arrays: Arrays, start: Start, *, seed: int, deadline: Deadline, report: Report) -> Ints:
    """
    Return a timetable at least as good as the given one in weight, breaks and idle slots, in the objective's order.

    Without a deadline that cuts it short the answer depends on ``seed`` alone.

    Parameters
    ----------
    start
        Obeys every rule, but for the spread of breaks and least counts.

    Returns
    -------
        Shape (R,): slot of each request, -1 if it is not held; obeys the same rules.
    """
    from punte.engines.timetable.exchange import anneal, insert_all
    from punte.engines.timetable.tableau import build_tableau, fill

    costs = weigh_costs(arrays.instance)
    tableau = build_tableau(arrays, floor=start.floor, costs=costs, seed=seed)
    # One exchange replaces one meeting at most, so this much makes any compulsory one come in.
    tableau.requests["weight"][arrays.must] += int(arrays.weight.max(initial=0)) + 1
    fill(tableau, start.slot_of)
    if costs.gain_of_weight:
        insert_all(tableau, np.argsort(-tableau.requests["weight"], kind="stable").astype(np.int32))
    best = _Best(arrays, start, tableau)
    if arrays.instance.rules.max_break_spread is None and not (
        costs.of_break or costs.of_idle_slot
    ):
        return best.slot_of
    held = max(10, int((best.slot_of >= 0).sum()))
    rate = 0.0
    for steps_each, hot in _CYCLES:
        left_s = deadline.left_s - start.reserve_s
        if best.is_perfect or left_s <= 0:
            break
        steps = steps_each * held // _PIECES
        if rate and steps * _PIECES > rate * left_s:
            steps = int(rate * left_s * 0.95) // _PIECES
        fill(tableau, best.slot_of)
        cooling = (_COLD / hot) ** (1 / _PIECES)
        for piece in range(_PIECES):
            began = deadline.elapsed_s
            anneal(tableau, steps, hot * cooling**piece, hot * cooling ** (piece + 1))
            if piece:
                rate = steps / max(1e-6, deadline.elapsed_s - began)
            best.take(tableau)
            report(best.progress(deadline.elapsed_s))
            if _is_done(best, deadline, start.reserve_s):
                break
    return best.slot_of


def compile_moves() -> None:
    """Compile every move once, or load it where that was done before, so that no search waits for it."""
    from punte.engines.timetable.arrays import build_arrays
    from punte.engines.timetable.generate import ForumShape, generate_forum

    arrays = build_arrays(generate_forum(ForumShape(participants=60), seed=0))
    nobody = np.full(len(arrays.weight), -1, dtype=np.int32)
    floor = np.zeros(len(arrays.parallel), dtype=np.int64)
    start = Start(slot_of=nobody, floor=floor)
    polish(arrays, start, seed=0, deadline=Deadline(), report=ignore_progress)


def _is_done(best: "_Best", deadline: Deadline, reserve_s: float) -> bool:
    return best.is_perfect or deadline.left_s <= reserve_s


class _Best:
    """The best timetable seen, compared goal by goal."""

    def __init__(self, arrays: Arrays, start: Start, tableau: "Tableau") -> None:
        self.goals: tuple[Goal, ...] = tuple(
            goal for goal in arrays.instance.objective if goal in ("weight", "breaks", "idle_slots")
        )
        self.spread = arrays.instance.rules.max_break_spread
        self.must = arrays.must
        self.weight = arrays.weight
        self.bound = start.weight_bound
        self.slot_of = start.slot_of
        self.key: tuple[int, ...] | None = None
        self.take(tableau)

    def take(self, tableau: "Tableau") -> None:
        """Keep the tableau's timetable if it is better."""
        slot_of: Ints = tableau.requests["slot_of"]
        breaks = tableau.people["breaks"]
        held = slot_of >= 0
        of_goal = {
            "weight": -int(self.weight[held].sum()),
            "breaks": int(breaks.sum()),
            "idle_slots": int(tableau.people["idle"].sum()),
        }
        excess = 0 if self.spread is None else int(np.maximum(0, breaks - self.spread).sum())
        missing = int((self.must & ~held).sum())
        key = (missing, excess, *(of_goal[goal] for goal in self.goals))
        if self.key is None or key < self.key:
            self.key = key
            self.slot_of = slot_of.copy()
            self.of_goal = of_goal

    @property
    def is_perfect(self) -> bool:
        """Whether nothing is left to gain."""
        assert self.key is not None
        return not any(self.key[:2]) and all(
            self.bound is not None and -self.of_goal["weight"] >= self.bound
            if goal == "weight"
            else self.of_goal[goal] == 0
            for goal in self.goals
        )

    def progress(self, elapsed_s: float) -> Progress:
        """Return a report of the best so far."""
        text = (
            f"polishing: {self.of_goal['breaks']} breaks, {self.of_goal['idle_slots']} idle slots"
        )
        return Progress(
            stage=text,
            value=float(-self.of_goal["weight"]),
            bound=None if self.bound is None else float(self.bound),
            elapsed_s=elapsed_s,
        )
