"""The large solver: every rule kept, bounds that hold, the same answer for the same seed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.timetable.questions import question
from engines.timetable_large.forums import forum, rich_forum
from punte.engines.timetable.arrays import build_arrays
from punte.engines.timetable.check import check_meetings
from punte.engines.timetable.first_come import serve_first_come
from punte.engines.timetable.found import Found
from punte.engines.timetable.instance import Instance, Participant, Place, Request, Rules
from punte.engines.timetable.large import solve_large
from punte.engines.timetable.large_bounds import bound_weight
from punte.engines.timetable.lexicographic import solve_goals
from punte.engines.timetable.measure import objective_values
from punte.engines.timetable.options import list_options
from punte.kernel.anytime import Deadline, ignore_progress


def solved(instance: Instance, seed: int = 0) -> Found:
    return solve_large(instance, seed=seed, workers=1, deadline=Deadline(), report=ignore_progress)


def exact(instance: Instance) -> Found:
    return solve_goals(
        list_options(instance, each_place=True),
        seed=0,
        workers=1,
        deadline=Deadline(limit_s=20),
        report=ignore_progress,
    )


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_rule_is_ever_broken_and_bounds_hold(seed: int) -> None:
    instance = rich_forum(seed)
    found = solved(instance)
    assert found.status in ("infeasible", "unknown") or not check_meetings(instance, found.meetings)
    first = instance.objective[0]
    best = exact(replace(instance, objective=(first,)))
    if best.status == "infeasible":
        assert found.status in ("infeasible", "unknown")
        return
    if best.status != "optimal":
        return
    assert found.status != "infeasible"
    value = objective_values(instance, best.meetings)[first]
    if first in ("weight", "fairness"):
        assert found.bounds[first] >= value - 1e-9
    else:
        assert found.bounds[first] <= value


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_weight_of_a_plain_forum_reaches_its_bound(seed: int) -> None:
    instance = forum(100, seed)
    found = solved(instance)
    values = objective_values(instance, found.meetings)
    assert found.bounds["weight"] == values["weight"]
    assert "weight" in found.proved


def test_polishing_beats_first_come_first_served_in_both_goals() -> None:
    instance = replace(forum(100, 5), objective=("weight", "idle_slots"))
    before = objective_values(instance, serve_first_come(instance))
    after = objective_values(instance, solved(instance).meetings)
    assert after["weight"] > 1.2 * before["weight"]
    assert after["idle_slots"] <= 0.1 * before["idle_slots"]


def test_first_come_first_served_obeys_the_rules_of_a_plain_forum() -> None:
    instance = forum(100, 5)
    assert check_meetings(instance, serve_first_come(instance)) == ()


def test_same_seed_same_timetable_and_another_seed_another() -> None:
    instance = forum(40, 4)
    assert solved(instance, 7).meetings == solved(instance, 7).meetings
    assert solved(instance, 7).meetings != solved(instance, 8).meetings


def test_a_must_that_fits_nowhere_is_infeasible() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), must=True),
        people=[Participant(id="a", unavailable=("s0", "s1", "s2"))],
    )
    assert solved(instance).status == "infeasible"


def test_a_must_pushes_out_a_heavier_request() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), weight=9),
        Request(id="ac", between=("a", "c"), weight=1, must=True),
        days=(1,),
        places=2,
    )
    assert [meeting.request for meeting in solved(instance).meetings] == ["ac"]


def test_least_count_that_nobody_can_reach_is_never_called_feasible() -> None:
    instance = question("ab", people=[Participant(id="a", min_meetings=2)])
    assert solved(instance).status in ("infeasible", "unknown")


def test_spread_of_breaks_is_kept_by_letting_go() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), slots=("s0",)),
        Request(id="ac", between=("a", "c"), slots=("s2",), weight=2),
        rules=Rules(max_break_spread=0),
    )
    found = solved(instance)
    assert found.status == "feasible"
    assert [meeting.request for meeting in found.meetings] == ["ac"]


def test_walking_time_is_kept() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), places=("t0",)),
        Request(id="ac", between=("a", "c"), places=("t1",)),
        places=2,
        days=(3,),
        rules=Rules(min_gap_slots=1),
    )
    found = solved(instance)
    assert {meeting.slot for meeting in found.meetings} == {"s0", "s2"}


def test_crossing_lists_of_places_never_overfill_one() -> None:
    lists = [("t0", "t1"), ("t1", "t2"), ("t0", "t2")]
    requests = [
        Request(id=f"r{idx}", between=(f"a{idx}", f"b{idx}"), places=lists[idx % 3])
        for idx in range(9)
    ]
    instance = question(*requests, days=(2,), places=[Place(id=f"t{idx}") for idx in range(3)])
    found = solved(instance)
    assert check_meetings(instance, found.meetings) == ()
    assert found.bounds["weight"] >= 6


def test_bound_counts_closed_places_limits_and_several_delegates() -> None:
    instance = question(
        "ab",
        "ac",
        "ad",
        "ae",
        days=(3,),
        places=[Place(id="t0", capacity=2, closed=("s0",))],
        people=[Participant(id="a", parallel=2, max_meetings=3)],
    )
    assert bound_weight(build_arrays(instance)).bound == 3
    assert objective_values(instance, solved(instance).meetings)["weight"] == 3


def test_place_rows_of_nested_lists_form_a_chain() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), places=("t0", "t1")),
        Request(id="cd", between=("c", "d"), places=("t0",)),
        Request(id="ef", between=("e", "f")),
        places=3,
        days=(1,),
    )
    arrays = build_arrays(instance)
    assert [row.places for row in arrays.rows] == [(0, 1, 2), (0, 1), (0,)]
    assert arrays.rows_around(int(arrays.row_of[1])) == (2, 1, 0)
    assert not np.any(arrays.narrowed)
    assert len(solved(instance).meetings) == 3
