"""Each rule alone: a timetable that keeps it, and one that breaks it and is named."""

from dataclasses import replace

import pytest

from engines.timetable.questions import SHA, answer, held, question
from punte.engines.timetable.check import check, check_meetings, objective_values
from punte.engines.timetable.instance import (
    GOALS,
    Instance,
    Lock,
    Participant,
    Place,
    Request,
    Rules,
)
from punte.engines.timetable.result import Cause, GoalLine, Meeting, Result, Unmet

AB = Request(id="ab", between=("a", "b"))


def _rules(instance: Instance, meetings: tuple[Meeting, ...]) -> set[str]:
    return {violation.rule for violation in check_meetings(instance, meetings)}


RULES = [
    ("held_once", question("ab"), held("ab s0 t0"), held("ab s0 t0", "ab s1 t0")),
    (
        "availability",
        question("ab", people=[Participant(id="b", unavailable=("s1",))]),
        held("ab s0 t0"),
        held("ab s1 t0"),
    ),
    (
        "parallel",
        question("ab", "ac", places=2),
        held("ab s0 t0", "ac s1 t1"),
        held("ab s0 t0", "ac s0 t1"),
    ),
    (
        "parallel",
        question("ab", "ac", "ad", places=3, people=[Participant(id="a", parallel=2)]),
        held("ab s0 t0", "ac s0 t1"),
        held("ab s0 t0", "ac s0 t1", "ad s0 t2"),
    ),
    (
        "parallel",
        question(Request(id="abc", between=("a", "b", "c")), "cd", places=2),
        held("abc s0 t0", "cd s1 t0"),
        held("abc s0 t0", "cd s0 t1"),
    ),
    (
        "max_meetings",
        question("ab", "ac", people=[Participant(id="a", max_meetings=1)]),
        held("ab s0 t0"),
        held("ab s0 t0", "ac s1 t0"),
    ),
    (
        "min_meetings",
        question("ab", "ac", people=[Participant(id="a", min_meetings=2)]),
        held("ab s0 t0", "ac s1 t0"),
        held("ab s0 t0"),
    ),
    (
        "place_capacity",
        question("ab", "cd"),
        held("ab s0 t0", "cd s1 t0"),
        held("ab s0 t0", "cd s0 t0"),
    ),
    (
        "place_capacity",
        question("ab", "cd", "ef", places=[Place(id="t0", capacity=2)]),
        held("ab s0 t0", "cd s0 t0"),
        held("ab s0 t0", "cd s0 t0", "ef s0 t0"),
    ),
    (
        "place_closed",
        question("ab", places=[Place(id="t0", closed=("s1",))]),
        held("ab s0 t0"),
        held("ab s1 t0"),
    ),
    (
        "seat",
        question("ab", places=2, people=[Participant(id="b", seat="t1")]),
        held("ab s0 t1"),
        held("ab s0 t0"),
    ),
    ("request_slots", question(replace(AB, slots=("s2",))), held("ab s2 t0"), held("ab s1 t0")),
    (
        "request_places",
        question(replace(AB, places=("t1",)), places=2),
        held("ab s0 t1"),
        held("ab s0 t0"),
    ),
    ("locked", question(replace(AB, locked=Lock(slot="s1"))), held("ab s1 t0"), held("ab s0 t0")),
    (
        "locked",
        question(replace(AB, locked=Lock(slot="s1", place="t1")), places=2),
        held("ab s1 t1"),
        held("ab s1 t0"),
    ),
    ("must", question(replace(AB, must=True)), held("ab s1 t0"), held()),
    (
        "precedence",
        question("ab", "cd", places=2, precedences=[("ab", "cd")]),
        held("ab s0 t0", "cd s1 t0"),
        held("ab s1 t0", "cd s1 t1"),
    ),
    (
        "max_break_spread",
        question("ab", "ac", rules=Rules(max_break_spread=0)),
        held("ab s0 t0", "ac s1 t0"),
        held("ab s0 t0", "ac s2 t0"),
    ),
    (
        "min_gap_slots",
        question("ab", "ac", places=2, rules=Rules(min_gap_slots=1)),
        held("ab s0 t0", "ac s2 t1"),
        held("ab s0 t0", "ac s1 t1"),
    ),
    ("unknown_id", question("ab"), held("ab s0 t0"), held("ab s0 t9")),
]


@pytest.mark.parametrize(("rule", "instance", "right", "wrong"), RULES)
def test_each_rule_lets_the_right_pass_and_names_the_wrong(
    rule: str, instance: Instance, right: tuple[Meeting, ...], wrong: tuple[Meeting, ...]
) -> None:
    assert check_meetings(instance, right) == ()
    assert _rules(instance, wrong) == {rule}


def test_a_precedence_binds_only_when_both_are_held() -> None:
    instance = question("ab", "cd", precedences=[("ab", "cd")])
    assert check_meetings(instance, held("cd s0 t0")) == ()


def test_a_gap_is_not_needed_across_days_or_at_one_place() -> None:
    rules = Rules(min_gap_slots=1)
    instance = question("ab", "ac", days=(2, 2), places=2, rules=rules)
    assert check_meetings(instance, held("ab s1 t0", "ac s2 t1")) == ()
    assert check_meetings(instance, held("ab s0 t0", "ac s1 t0")) == ()


def test_objective_values_follow_their_definitions() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), weight=5),
        Request(id="ac", between=("a", "c"), weight=2),
        Request(id="ad", between=("a", "d"), weight=1),
        Request(id="ae", between=("a", "e"), weight=2),
        Request(id="bc", between=("b", "c"), weight=3),
        days=(6, 2),
        places=2,
        objective=GOALS,
    )
    # a: s0 t0, then three idle slots (one break), s4 t1, s5 t1; the next day s6 t0 begins afresh
    meetings = held("ab s0 t0", "ac s4 t1", "ad s5 t1", "ae s6 t0")
    assert objective_values(instance, meetings) == {
        "weight": 10,
        "fairness": pytest.approx(2 / 5),  # c: 2 of 5; b: 5 of 8
        "breaks": 1,
        "idle_slots": 3,
        "place_changes": 1,
    }


def test_simultaneous_meetings_count_places_entered() -> None:
    instance = question(
        "ab",
        "ac",
        "ad",
        places=3,
        people=[Participant(id="a", parallel=2)],
        objective=("place_changes",),
    )
    values = objective_values(instance, held("ab s0 t0", "ac s1 t0", "ad s1 t1"))
    assert values == {"place_changes": 1}


def test_true_claims_pass() -> None:
    instance = question("ab", "cd", objective=("weight", "breaks"))
    lines = (
        GoalLine(name="weight", value=2, bound=2, proved=True),
        GoalLine(name="breaks", value=0, bound=0, proved=True),
    )
    result = answer(instance, held("ab s0 t0", "cd s1 t0"), status="optimal", lines=lines)
    verdict = check(instance, result, instance_sha256=SHA)
    assert verdict.is_right
    assert verdict.objective == {"weight": 2, "breaks": 0}


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("objective", GoalLine(name="weight", value=2, bound=None, proved=False)),
        ("objective", GoalLine(name="breaks", value=0, bound=None, proved=False)),
        ("bound", GoalLine(name="weight", value=1, bound=0, proved=False)),
        ("proved", GoalLine(name="weight", value=1, bound=2, proved=True)),
        ("proved", GoalLine(name="weight", value=1, bound=None, proved=True)),
    ],
)
def test_a_false_goal_line_is_named(rule: str, line: GoalLine) -> None:
    instance = question("ab")
    verdict = check(instance, answer(instance, held("ab s0 t0"), lines=(line,)))
    assert rule in {violation.rule for violation in verdict.violations}


def test_optimal_needs_every_goal_proved() -> None:
    instance = question("ab")
    verdict = check(instance, answer(instance, held("ab s0 t0"), status="optimal"))
    assert [violation.rule for violation in verdict.violations] == ["status"]


def test_infeasible_holds_no_meeting() -> None:
    instance = question(replace(AB, must=True, slots=()))
    lines = (GoalLine(name="weight", value=None, bound=None, proved=False),)
    empty = answer(instance, held(), status="infeasible", unmet=(), lines=lines)
    assert check(instance, empty).is_right
    with_meeting = replace(empty, meetings=held("ab s0 t0"))
    assert {violation.rule for violation in check(instance, with_meeting).violations} == {"status"}


def test_another_file_is_named() -> None:
    instance = question("ab")
    verdict = check(instance, answer(instance, held("ab s0 t0")), instance_sha256="1" * 64)
    assert [violation.rule for violation in verdict.violations] == ["instance_sha256"]


CAUSES: list[tuple[Cause, Instance, tuple[Meeting, ...], bool]] = [
    ("no_common_slot", question(replace(AB, slots=())), held(), True),
    ("no_common_slot", question("ab"), held(), False),
    (
        "no_common_slot",
        question("ab", places=[Place(id="t0", closed=("s0", "s1", "s2"))]),
        held(),
        True,
    ),
    ("participant_full", question("ab", "bc", days=(1,), places=2), held("bc s0 t0"), True),
    ("participant_full", question("ab", "bc", days=(2,), places=2), held("bc s0 t0"), False),
    (
        "participant_full",
        question("ab", "bc", people=[Participant(id="b", max_meetings=1)]),
        held("bc s0 t0"),
        True,
    ),
    ("places_full", question("ab", "cd", days=(1,)), held("cd s0 t0"), True),
    ("places_full", question("ab", "cd", days=(1,), places=2), held("cd s0 t0"), False),
    ("places_full", question("ab", "bc", days=(1,)), held("bc s0 t0"), False),
]


@pytest.mark.parametrize(("code", "instance", "meetings", "is_true"), CAUSES)
def test_causes_are_recomputed(
    code: Cause, instance: Instance, meetings: tuple[Meeting, ...], *, is_true: bool
) -> None:
    unmet = (Unmet(request="ab", code=code, reason="test"),)
    verdict = check(instance, answer(instance, meetings, unmet=unmet))
    assert verdict.is_right is is_true
    if not is_true:
        assert f"the cause {code} does not hold" in str(verdict.violations[0])


@pytest.mark.parametrize(
    "unmet",
    [
        (),
        (Unmet(request="ab", code="lost_to_optimum", reason="it is held"),),
        (Unmet(request="zz", code="lost_to_optimum", reason="unknown"),),
        (Unmet(request="cd", code="lost_to_optimum", reason="blocked", blocking=("cd",)),),
    ],
)
def test_unmet_is_exactly_what_is_not_held(unmet: tuple[Unmet, ...]) -> None:
    instance = question("ab", "cd")
    verdict = check(instance, answer(instance, held("ab s0 t0"), unmet=unmet))
    assert "unmet" in {violation.rule for violation in verdict.violations}


def test_infeasible_is_false_where_holding_nothing_breaks_no_rule() -> None:
    instance = question("ab")
    lines = (GoalLine(name="weight", value=None, bound=None, proved=False),)
    false = answer(instance, held(), status="infeasible", unmet=(), lines=lines)
    assert "holding no meeting at all breaks no rule" in str(check(instance, false).violations)


def _called_optimal(instance: Instance, meetings: tuple[Meeting, ...]) -> Result:
    values = objective_values(instance, meetings)
    lines = tuple(
        GoalLine(name=goal, value=value, bound=value, proved=True) for goal, value in values.items()
    )
    return answer(instance, meetings, status="optimal", lines=lines)


def test_a_bound_is_false_where_one_more_meeting_passes_it() -> None:
    instance = question("ab", "cd", objective=("weight", "breaks"))
    verdict = check(instance, _called_optimal(instance, held("ab s0 t0")))
    assert [violation.rule for violation in verdict.violations] == ["bound"]
    assert "with cd in s1 at t0 beside what is held it is 2" in verdict.violations[0].text
    assert check(instance, _called_optimal(instance, held("ab s0 t0", "cd s1 t0"))).is_right


@pytest.mark.parametrize(
    "instance",
    [
        # cd is never before ab, which is held in the first slot; it has room in the others.
        question("ab", "cd", precedences=[("cd", "ab")]),
        # ac would be at another place in the next slot, and worsens the goal before it in the one after.
        question(
            "ab",
            replace(Request(id="ac", between=("a", "c")), places=("t1",)),
            places=2,
            rules=Rules(min_gap_slots=1),
            objective=("breaks", "weight"),
        ),
    ],
)
def test_a_meeting_that_breaks_a_rule_or_an_earlier_goal_refutes_nothing(
    instance: Instance,
) -> None:
    assert check(instance, _called_optimal(instance, held("ab s0 t0"))).is_right
