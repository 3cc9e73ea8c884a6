"""The solver against the truth on tiny questions, and its promises on larger ones."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from engines.timetable.oracle import best_values, tiny_questions
from engines.timetable.questions import SHA, question
from punte.engines.timetable.annealing import anneal, survey
from punte.engines.timetable.check import check, check_meetings, objective_values
from punte.engines.timetable.instance import Instance, Request
from punte.engines.timetable.options import list_options
from punte.engines.timetable.result import Meeting, Result
from punte.engines.timetable.seating import Choice, seat_meetings
from punte.engines.timetable.solve import solve
from punte.formats.girona import read_girona
from punte.kernel.anytime import Deadline, Progress
from shared_data import shared


def _solve(instance: Instance, *, workers: int = 1, limit_s: float | None = 60.0) -> Result:
    return solve(instance, instance_sha256=SHA, workers=workers, deadline=Deadline(limit_s=limit_s))


def _assert_best(instance: Instance) -> None:
    result = _solve(instance)
    truth = best_values(instance)
    assert check(instance, result, instance_sha256=SHA).is_right
    if truth is None:
        assert result.status == "infeasible"
        return
    assert result.status == "optimal"
    assert {line.name: line.value for line in result.objective} == pytest.approx(truth)


SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@settings(SLOW, max_examples=120)
@given(instance=tiny_questions())
def test_no_timetable_is_better_than_the_answer(instance: Instance) -> None:
    _assert_best(instance)


@settings(SLOW, max_examples=60)
@given(instance=tiny_questions(all_must=True))
def test_no_timetable_that_holds_all_is_better_than_the_answer(instance: Instance) -> None:
    _assert_best(instance)


@settings(SLOW, max_examples=15)
@given(instance=tiny_questions())
def test_one_worker_answers_the_same_twice(instance: Instance) -> None:
    first, second = (replace(_solve(instance), runtime_s=0.0) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("name", "spread", "breaks"),
    [
        ("tic-12.original", 2, 0),
        ("tic-13crafb.original", 2, 0),
        ("forumt-14.original", 2, 5),
        ("forumt-14crafd.original", 2, 4),
        ("tic-13.fixed040-Forb", 2, 13),
        ("forumt-14.prec15", 2, 5),
        ("tic-14crafd.fixed040-Forb", 2, None),
        ("forumt-14.original", 0, None),
    ],
)
def test_published_optima_are_proved(name: str, spread: int, breaks: int | None) -> None:
    """Optima of Bofill et al., JAIR 74 (2022), tables 5 to 9; ``None`` is published as infeasible."""
    instance = read_girona(shared(f"b2b/udg/{name}.dzn"), max_break_spread=spread)
    result = _solve(instance, workers=2)
    (line,) = result.objective
    if breaks is None:
        assert result.status == "infeasible"
    else:
        assert (result.status, line.value, line.bound) == ("optimal", breaks, breaks)


def test_the_bound_only_rises_and_the_value_only_falls() -> None:
    instance = read_girona(shared("b2b/udg/tic-13.fixed020-Forb.dzn"))
    seen: list[Progress] = []
    solve(instance, instance_sha256=SHA, deadline=Deadline(limit_s=60.0), report=seen.append)
    assert seen
    for before, after in pairwise(seen):
        assert (before.bound or 0.0) <= (after.bound or 0.0)
        assert after.value is None or before.value is None or after.value <= before.value


def test_a_stop_at_once_gives_an_honest_answer() -> None:
    deadline = Deadline()
    deadline.stop()
    must = Request(id="ab", between=("a", "b"), must=True)
    for asked in (question("ab", "ac"), question(must, replace(must, id="ba"))):
        result = solve(asked, instance_sha256=SHA, deadline=deadline)
        assert result.status != "infeasible"
        assert check(asked, result).is_right


def test_a_stop_in_the_middle_keeps_the_best_timetable() -> None:
    instance = replace(
        read_girona(shared("b2b/udg/tic-13crafc.original.dzn")), objective=("breaks", "idle_slots")
    )
    deadline = Deadline()

    def stop_at_first_value(progress: Progress) -> None:
        if progress.value is not None:
            deadline.stop()

    result = solve(instance, instance_sha256=SHA, deadline=deadline, report=stop_at_first_value)
    assert result.status == "feasible"
    assert len(result.meetings) == len(instance.requests)
    assert not any(line.proved for line in result.objective)


def test_annealing_never_leaves_the_rules() -> None:
    instance = read_girona(shared("b2b/udg/tic-12.prec15.dzn"))
    first = _solve(replace(instance, objective=()))
    options = list_options(instance)
    slots = {slot.id: idx for idx, slot in enumerate(instance.slots)}
    start = np.array([slots[meeting.slot] for meeting in first.meetings], dtype=np.int64)
    terrain = survey(options)
    assert terrain is not None
    best = anneal(
        terrain,
        start,
        participants=len(instance.participants),
        breaks_each=2,
        target=0,
        iterations=100_000,
        seed=1,
    )
    meetings = seat_meetings(
        options,
        [Choice(request_idx=idx, slot_idx=int(slot), class_idx=0) for idx, slot in enumerate(best)],
    )
    assert check_meetings(instance, meetings) == ()
    assert measure_breaks(instance, meetings) <= measure_breaks(instance, first.meetings)


def test_annealing_closes_long_holes_on_each_day() -> None:
    """Fifteen meetings that lie scattered over two days end where the exact prover says that nothing is better."""
    pairs = [f"{a}{b}" for a, b in combinations("abcdef", 2)]
    instance = question(
        *(Request(id=pair, between=tuple(pair), must=True) for pair in pairs),
        days=(12, 12),
        places=2,
        objective=("breaks",),
    )
    options = list_options(instance)
    terrain = survey(options)
    assert terrain is not None
    start = np.array([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 21, 22, 23, 11], dtype=np.int64)
    best = anneal(
        terrain,
        start,
        participants=len(instance.participants),
        breaks_each=None,
        target=0,
        iterations=100_000,
        seed=1,
    )
    meetings = seat_meetings(
        options,
        [Choice(request_idx=idx, slot_idx=int(slot), class_idx=0) for idx, slot in enumerate(best)],
    )
    assert check_meetings(instance, meetings) == ()
    assert measure_breaks(instance, meetings) == _solve(instance).objective[0].value


def measure_breaks(instance: Instance, meetings: tuple[Meeting, ...]) -> float:
    return objective_values(instance, meetings)["breaks"]


def test_a_stop_during_the_trial_still_gives_a_timetable() -> None:
    wishes = [Request(id=f"r{a}{b}", between=(a, b)) for a, b in combinations("abcdefghij", 2)]
    instance = question(*wishes, days=(9,), places=5, objective=("weight", "breaks"))
    assert _solve(instance).status == "optimal"
    deadline = Deadline()
    deadline.stop()
    result = solve(instance, instance_sha256=SHA, deadline=deadline)
    assert result.status == "feasible"
    assert result.meetings
