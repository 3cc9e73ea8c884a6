from dataclasses import replace

import pytest

from engines.roadmap.plans import link, plan, resource, schedule, working_week
from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.instance import Cash, Constraint, Inflow, Plan, Progress
from punte.engines.roadmap.result import Schedule


def codes(question: Plan, answer: Schedule) -> list[str]:
    return [violation.code for violation in find_violations(question, answer)]


def test_a_right_schedule_has_no_violation() -> None:
    assert not codes(plan({"A": 2, "B": 3}, "A B"), schedule({"A": 0, "B": 2}, 5, 5))


@pytest.mark.parametrize(
    ("kind", "lag", "right", "wrong"),
    [
        ("FS", 0, 4, 3),
        ("FS", 2, 6, 5),
        ("FS", -3, 1, 0),
        ("SS", 1, 1, 0),
        ("FF", 1, 3, 2),
        ("SF", 4, 2, 1),
    ],
)
def test_each_link_type_and_lag(kind: str, lag: int, right: int, wrong: int) -> None:
    """A lasts 4 from 0, B lasts 2: FF +1 lets B finish at 5, so start at 3; SF +4 lets it finish at 4."""
    question = plan({"A": 4, "B": 2}, link(f"A {kind} B", lag))
    assert not codes(question, schedule({"A": 0, "B": right}, max(4, right + 2)))
    assert codes(question, schedule({"A": 0, "B": wrong}, max(4, wrong + 2))) == ["link"]


def test_a_resource_is_never_overdrawn_and_may_change() -> None:
    question = plan(
        {"A": 2, "B": 2},
        resources=(resource("R", 3, (4, 1)),),
        demands={"A": {"R": 2}, "B": {"R": 2}},
    )
    assert codes(question, schedule({"A": 0, "B": 1}, 3)) == ["resource"]
    assert not codes(question, schedule({"A": 0, "B": 2}, 4))
    assert codes(question, schedule({"A": 0, "B": 3}, 5)) == ["resource"]  # 1 is left from 4 on


def test_days_off_are_not_worked_and_no_start() -> None:
    question = working_week({"A": 4, "B": 2}, "A B")  # Monday to Thursday, Friday and Monday
    assert not codes(question, schedule({"A": 0, "B": 4}, 8))
    assert codes(question, schedule({"A": 0, "B": 4}, 6)) == ["makespan"]
    assert "calendar" in codes(question, schedule({"A": 0, "B": 5}, 9))


def test_a_lag_counts_by_its_own_calendar() -> None:
    by_week = working_week({"A": 5, "B": 1}, link("A B", 1))
    elapsed = working_week({"A": 5, "B": 1}, link("A B", 1, "elapsed"))
    assert codes(by_week, schedule({"A": 0, "B": 7}, 8)) == ["link"]
    assert not codes(by_week, schedule({"A": 0, "B": 8}, 9))
    assert not codes(elapsed, schedule({"A": 0, "B": 7}, 8))


def test_cash_comes_before_it_is_spent() -> None:
    question = plan({"A": 2, "B": 1}, cash=Cash(opening=5, inflows=(Inflow(at=3, amount=4),)))
    paid = replace(
        question,
        activities=(
            replace(question.activities[0], cost=5),
            replace(question.activities[1], cost=4),
        ),
    )
    assert codes(paid, schedule({"A": 0, "B": 2}, 3)) == ["cash"]
    assert not codes(paid, schedule({"A": 0, "B": 3}, 4))
    earned = replace(paid, activities=(replace(paid.activities[0], income=4), paid.activities[1]))
    assert not codes(earned, schedule({"A": 0, "B": 2}, 3))
    assert codes(earned, schedule({"A": 0, "B": 1}, 2)) == ["cash"]


@pytest.mark.parametrize(
    ("kind", "at", "right", "wrong"),
    [
        ("SNET", 3, 3, 2),
        ("SNLT", 3, 3, 4),
        ("FNET", 5, 3, 2),
        ("FNLT", 5, 3, 4),
        ("MSO", 3, 3, 2),
        ("MFO", 5, 3, 4),
    ],
)
def test_each_date_constraint(kind: str, at: int, right: int, wrong: int) -> None:
    question = plan({"A": 2})
    kept = Constraint(type=kind, at=at)  # type: ignore[arg-type]
    question = replace(question, activities=(replace(question.activities[0], constraint=kept),))
    assert not codes(question, schedule({"A": right}, right + 2))
    assert codes(question, schedule({"A": wrong}, wrong + 2)) == ["constraint"]


def test_history_stands() -> None:
    question = plan({"A": 4, "B": 2, "C": 1}, "A B", status_at=6)
    running = Progress(actual_start=1, percent_complete=0.5)
    question = replace(
        question,
        activities=(replace(question.activities[0], progress=running), *question.activities[1:]),
    )
    assert not codes(question, schedule({"A": 1, "B": 8, "C": 6}, 10))  # half of 4 is left at 6
    assert "link" in codes(question, schedule({"A": 1, "B": 7, "C": 6}, 9))
    assert "history" in codes(question, schedule({"A": 0, "B": 8, "C": 6}, 10))
    assert "too_early" in codes(question, schedule({"A": 1, "B": 8, "C": 5}, 10))


def test_claims_are_not_believed() -> None:
    question = plan({"A": 2})
    assert codes(question, schedule({"A": 0}, 3)) == ["makespan"]
    assert codes(question, schedule({"A": 1}, 3, 4)) == ["bound"]
    called = replace(schedule({"A": 0}, 2, 1), status="optimal")
    assert codes(question, called) == ["bound"]
    assert codes(question, replace(called, status="infeasible")) == ["status"]
    assert codes(question, schedule({}, 2)) == ["missing"]
    assert codes(question, schedule({"A": 0, "Z": 0}, 2)) == ["unknown"]
