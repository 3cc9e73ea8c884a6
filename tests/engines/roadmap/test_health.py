from collections.abc import Callable
from dataclasses import replace

import pytest

from engines.roadmap.plans import link, plan, resource
from punte.engines.roadmap.baseline import (
    earned_by,
    earned_schedule,
    earned_value,
    freeze_baseline,
    measure_slip,
    verify_baseline,
)
from punte.engines.roadmap.explain import explain
from punte.engines.roadmap.health import Finding, HealthCard, examine
from punte.engines.roadmap.instance import Constraint, Length, Link, Plan, Progress
from punte.kernel.errors import PunteError


def finding(card: HealthCard, number: int) -> Finding:
    return next(found for found in card.findings if found.number == number)


def chain() -> Plan:
    names = ["A", "B", "C", "D"]
    return plan(
        dict.fromkeys(names, 5.0),
        "A B",
        "B C",
        "C D",
        resources=(resource("R", 1),),
        demands={name: {"R": 1} for name in names},
    )


def test_a_sound_chain_passes_every_check_that_can_be_made() -> None:
    card = examine(chain())
    assert card.is_healthy
    assert [f.number for f in card.findings if f.is_passed is None] == [11, 13, 14]
    assert [f.number for f in card.findings] == list(range(1, 15))
    assert len(card.practices) == 10


@pytest.mark.parametrize(
    ("number", "change", "offenders"),
    [
        (1, lambda p: replace(p, links=p.links[:-1]), {"A", "C", "D"}),
        (2, lambda p: replace(p, links=(link("A B", -1), *p.links[1:])), {"A -> B"}),
        (3, lambda p: replace(p, links=(link("A B", 2), *p.links[1:])), {"A -> B"}),
        (4, lambda p: replace(p, links=(link("A SS B"), *p.links[1:])), {"A -> B"}),
        (5, lambda p: _constrain(p, Constraint(type="MSO", at=0)), {"A"}),
        (6, lambda p: _lengthen(p, 3, 100, p.links[:2]), {"A", "B", "C"}),
        (7, lambda p: _constrain(p, Constraint(type="FNLT", at=3)), {"A"}),
        (8, lambda p: _lengthen(p, 0, 45, p.links), {"A"}),
        (
            10,
            lambda p: replace(
                p, activities=(replace(p.activities[0], demands=()), *p.activities[1:])
            ),
            {"A"},
        ),
    ],
)
def test_each_check_lists_its_offenders(
    number: int, change: Callable[[Plan], Plan], offenders: set[str]
) -> None:
    found = finding(examine(change(chain())), number)
    assert found.is_passed is False
    assert set(found.offenders) == offenders


def _constrain(question: Plan, kept: Constraint) -> Plan:
    first, *rest = question.activities
    return replace(question, activities=(replace(first, constraint=kept), *rest))


def _lengthen(question: Plan, row: int, length: int, links: tuple[Link, ...]) -> Plan:
    activities = list(question.activities)
    activities[row] = replace(activities[row], duration=Length(likely=length))
    return replace(question, activities=tuple(activities), links=links)


def test_baseline_checks_and_earned_schedule() -> None:
    question = chain()
    baseline = freeze_baseline(question, name="B0", plan_sha256="0" * 64)
    verify_baseline(baseline)
    first, second, *rest = question.activities
    late = replace(
        question,
        status_at=10,
        activities=(
            replace(first, progress=Progress(actual_start=0, actual_finish=8, percent_complete=1)),
            replace(second, progress=Progress(actual_start=8, percent_complete=0.2)),
            *rest,
        ),
    )
    slips = {slip.activity: (slip.start, slip.finish) for slip in measure_slip(baseline, late)}
    assert slips == {"A": (0, 3), "B": (3, 4), "C": (4, 4), "D": (4, 4)}
    value, earned = earned_value(baseline, late), earned_schedule(baseline, late)
    assert (value.budget, value.planned, value.earned) == (20, 10, 6)
    assert (earned.earned, earned.variance) == (6.0, -4.0)
    assert earned.forecast == pytest.approx(20 / 0.6)
    card = examine(late, baseline)
    assert finding(card, 11).offenders == ("A", "B")
    assert finding(card, 13).value == pytest.approx((24 - 10 - 4) / (24 - 10))
    assert finding(card, 14).value == 0.5
    assert not card.is_healthy


def test_a_changed_baseline_is_refused() -> None:
    baseline = freeze_baseline(chain(), name="B0", plan_sha256="0" * 64)
    with pytest.raises(PunteError, match="changed afterwards"):
        verify_baseline(replace(baseline, finishes={**baseline.finishes, "D": 19}))


def test_critical_and_not_critical_are_explained() -> None:
    question = plan({"A": 5, "B": 2, "C": 3}, "A C", "B C")
    [brief, driver, after] = explain(question, "A")
    assert brief.startswith("A is critical")
    assert "Nothing before it holds it" in driver
    assert "A -> C" in after
    told = " ".join(explain(question, "B"))
    assert "can slip 3 periods before the end" in told
    assert "would become critical 3 periods later" in told
    assert len(explain(question)) == 3
    with pytest.raises(PunteError, match="'Z' is no activity"):
        explain(question, "Z")


def test_progress_is_earned_evenly_from_the_day_on_which_it_began() -> None:
    frozen = freeze_baseline(chain(), name="b", plan_sha256="")
    first, second, *rest = chain().activities
    done = Progress(actual_start=0, actual_finish=4, percent_complete=1.0)
    half = Progress(actual_start=6, percent_complete=0.5)
    now = replace(
        chain(),
        activities=(replace(first, progress=done), replace(second, progress=half), *rest),
        status_at=10,
    )
    assert [earned_by(frozen, now, at) for at in (0, 2, 4, 6, 8, 10)] == [0, 2.5, 5, 5, 6.25, 7.5]
    assert earned_by(frozen, now, 10) == earned_value(frozen, now).earned


@pytest.mark.parametrize("share", [0.0, 0.8])
def test_the_critical_path_test_holds_where_all_that_is_critical_has_begun(share: float) -> None:
    begun = Progress(actual_start=0, percent_complete=share)
    running = tuple(replace(a, progress=begun) for a in chain().activities[:1])
    card = examine(replace(chain(), activities=running, links=(), status_at=2))
    assert finding(card, 12).is_passed
