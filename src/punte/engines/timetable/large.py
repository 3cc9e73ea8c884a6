"""Timetables too large for a whole model: choose requests, place them, polish, seat; every step keeps the best so far."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from punte.engines.timetable.arrays import Arrays, Ints, build_arrays
from punte.engines.timetable.check import check_meetings
from punte.engines.timetable.fairness import FairSelection, bound_fairness_at, select_fairly
from punte.engines.timetable.found import Found
from punte.engines.timetable.instance import Goal, Instance
from punte.engines.timetable.measure import objective_values
from punte.engines.timetable.mend import drop_for_rules
from punte.engines.timetable.place import Board, place_in_order, slots_of
from punte.engines.timetable.polish import Start, polish
from punte.engines.timetable.result import Meeting
from punte.engines.timetable.tables import assign_places, name_meetings
from punte.engines.timetable.walking import place_with_gaps
from punte.kernel.anytime import Deadline, Progress, Report

MOST_WHOLE_OPTIONS: Final = 60_000
"""Pairs of request and slot (and place, where places matter) above which the whole model is slower than it is worth."""

_AFTERWARDS_S: Final = 1.5e-4
"""Time for places, causes and the check, for each request [s], on one core of the development machine."""


def is_large(instance: Instance) -> bool:
    """Return whether an instance is meant for :func:`solve_large`; an estimate that takes no time."""
    slots = len(instance.slots)
    size = sum(
        1 if request.locked else slots if request.slots is None else len(request.slots)
        for request in instance.requests
    )
    if "place_changes" in instance.objective or instance.rules.min_gap_slots:
        size *= len(instance.places)
    return size > MOST_WHOLE_OPTIONS


def solve_large(
    instance: Instance, *, seed: int, workers: int, deadline: Deadline, report: Report
) -> Found:
    """
    Return the best timetable found, never a wrong one, with the bounds proved.

    Without a deadline that strikes, the answer depends on ``seed`` alone, whatever ``workers`` is.

    Returns
    -------
        ``unknown`` if rules were left that the heuristics could not obey; ``infeasible`` only if that is proved.
    """
    del workers
    arrays = build_arrays(instance)
    board = Board(arrays)
    place_in_order(board, _by_worth(arrays, None), moving=False)
    first = slots_of(board)
    report(_progress("first timetable", arrays, first, None, deadline))
    fair = select_fairly(arrays, deadline)
    if fair.selection.is_infeasible:
        if arrays.narrowed.any():
            return Found(status="unknown")
        return Found(status="infeasible")
    report(_progress("bound", arrays, first, fair.weight_bound, deadline))
    meetings: tuple[Meeting, ...] | None
    if arrays.keeps_gaps:
        meetings = place_with_gaps(arrays, _by_worth(arrays, fair.selection.share), deadline)
    else:
        chosen = _choose(arrays, first, fair)
        start = Start(
            slot_of=chosen,
            floor=_kept_floor(arrays, chosen, fair.floor),
            weight_bound=fair.weight_bound,
            reserve_s=min(_AFTERWARDS_S * len(arrays.weight), 0.2 * deadline.left_s),
        )
        slot_of = polish(arrays, start, seed=seed, deadline=deadline, report=report)
        meetings = _seat(arrays, drop_for_rules(arrays, slot_of))
    if meetings is None or check_meetings(instance, meetings):
        return Found(status="unknown", bounds=_bounds(arrays, fair, None))
    return _found(arrays, meetings, fair)


def _by_worth(arrays: Arrays, share: NDArray[np.float64] | None) -> list[int]:
    """Return requests in the order in which they are tried: compulsory, needed for a least count, chosen, heavy."""
    count = len(arrays.weight)
    owner = np.repeat(np.arange(count), np.diff(arrays.member_ptr))
    needed = np.zeros(count, dtype=np.int64)
    np.maximum.at(needed, owner, (arrays.least > 0)[arrays.member_idx].astype(np.int64))
    chosen = np.zeros(count) if share is None else np.rint(share * 4)
    order = np.lexsort(
        (np.arange(count), -arrays.weight, -needed, -chosen, -arrays.must.astype(np.int64))
    )
    found: list[int] = order.tolist()
    return found


def _choose(arrays: Arrays, first: Ints, fair: FairSelection) -> Ints:
    """Return the requests of the linear program placed, others where room is left; or the first timetable if that is better."""
    share = fair.selection.share
    order = _by_worth(arrays, share)
    board = Board(arrays)
    place_in_order(board, [r for r in order if share[r] > 0.5 or arrays.must[r]])
    place_in_order(board, [r for r in order if board.slot_of[r] < 0], moving=False)
    guided = slots_of(board)
    return max((guided, first), key=lambda slot_of: _rank(arrays, slot_of))


def _rank(arrays: Arrays, slot_of: Ints) -> tuple[int, int]:
    held = slot_of >= 0
    return int((held & arrays.must).sum()), int(arrays.weight[held].sum())


def _kept_floor(arrays: Arrays, slot_of: Ints, floor: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the floor as far as the timetable reaches it: what it does not reach cannot be kept."""
    owner = np.repeat(np.arange(len(arrays.weight)), np.diff(arrays.member_ptr))
    met = np.bincount(
        arrays.member_idx,
        weights=np.where(slot_of >= 0, arrays.weight, 0)[owner],
        minlength=len(floor),
    ).astype(np.int64)
    return np.minimum(floor, met)


def _seat(arrays: Arrays, slot_of: Ints) -> tuple[Meeting, ...] | None:
    places = assign_places(arrays, slot_of)
    if places is None:
        return None
    return name_meetings(arrays.instance, arrays.slot_of, slot_of, places)


def _found(arrays: Arrays, meetings: tuple[Meeting, ...], fair: FairSelection) -> Found:
    instance = arrays.instance
    values = objective_values(instance, meetings)
    bounds = _bounds(arrays, fair, values)
    proved: list[Goal] = []
    for goal in instance.objective:
        if bounds.get(goal) != values[goal]:
            break
        proved.append(goal)
    is_optimal = len(proved) == len(instance.objective)
    return Found(
        status="optimal" if is_optimal else "feasible",
        meetings=meetings,
        bounds=bounds,
        proved=tuple(proved),
    )


def _bounds(
    arrays: Arrays, fair: FairSelection, values: dict[Goal, float] | None
) -> dict[Goal, float]:
    """Return bounds that hold whatever the goals before them reach, tighter where they say how."""
    bounds: dict[Goal, float] = {}
    if fair.weight_bound is not None:
        bounds["weight"] = float(fair.weight_bound)
    bounds["fairness"] = float(fair.bound)
    order = arrays.instance.objective
    if values is not None and "weight" in order and "fairness" in order:
        # That bound was proved for the most weight; a timetable that meets less may be fairer.
        is_less = values["weight"] != bounds.get("weight")
        if is_less and order.index("weight") < order.index("fairness"):
            bounds["fairness"] = float(bound_fairness_at(arrays, int(values["weight"])))
    for goal in ("breaks", "idle_slots", "place_changes"):
        bounds[goal] = 0.0
    return {goal: bounds[goal] for goal in arrays.instance.objective if goal in bounds}


def _progress(
    stage: str, arrays: Arrays, slot_of: Ints, bound: int | None, deadline: Deadline
) -> Progress:
    return Progress(
        stage=stage,
        value=float(arrays.weight[slot_of >= 0].sum()),
        bound=None if bound is None else float(bound),
        elapsed_s=deadline.elapsed_s,
    )
