from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punte.engines.finance.allocate import allocate
from punte.engines.finance.allocation import (
    POINTS,
    Allocation,
    Budget,
    Capacity,
    Decision,
    Eligibility,
    Figure,
    Option,
    Project,
    checked_allocation,
    options_of,
)
from punte.engines.finance.check_allocation import check_plan
from punte.engines.finance.plan import Funded, Plan, Unfunded
from punte.kernel.errors import InvalidInputError

MILLION = 100_000_000


def project(name: str, cost: int | None, value: int = 1, **changes: object) -> Project:
    fields: dict[str, object] = {
        "id": name,
        "figures": (Figure(cents=None if cost is None else cost * MILLION),),
        "value": value,
        "budgets": (Eligibility(budget="SAFE"),),
        "earliest_year": 2027,
        "latest_year": 2027,
        **changes,
    }
    return Project(**fields)  # type: ignore[arg-type] # a test hands in what it changes


def question(*projects: Project, envelope: int = 10, **changes: object) -> Allocation:
    fields: dict[str, object] = {
        "budgets": (Budget(id="SAFE", envelope_cents=envelope * MILLION, last_year=2030),),
        "projects": projects,
        **changes,
    }
    return checked_allocation(Allocation(**fields))  # type: ignore[arg-type] # as above


def funded(plan: Plan) -> set[str]:
    return {line.option.project for line in plan.funded}


def by_brute_force(asked: Allocation) -> tuple[int, int, int] | None:
    """Return the largest value, its least cost and of those the fewest years waited, judged by the checker alone."""
    best: tuple[int, int, int] | None = None
    first = {each.id: each.earliest_year for each in asked.projects}
    choices = [(None, *options_of(each, asked.budgets)) for each in asked.projects]
    for combination in product(*choices):
        taken: list[Option] = [option for option in combination if option is not None]
        points = sum(option.points for option in taken)
        lines = tuple(Funded(option=o, decided=False, in_optimum=None) for o in taken)
        rest = {p.id for p in asked.projects} - {o.project for o in taken}
        plan = Plan(
            status="feasible",
            points=points,
            bound_points=None,
            optimum_points=None,
            funded=lines,
            unfunded=tuple(Unfunded(project=p, code="not_proved", reason="") for p in rest),
            prices=(),
        )
        waited = sum(option.start_year - first[option.project] for option in taken)
        reached = (points, -plan.cost_cents, -waited)
        if not check_plan(asked, plan) and (best is None or reached > best):
            best = reached
    return None if best is None else (best[0], -best[1], -best[2])


def waited(asked: Allocation, plan: Plan) -> int:
    first = {each.id: each.earliest_year for each in asked.projects}
    return sum(line.option.start_year - first[line.option.project] for line in plan.funded)


@st.composite
def small_projects(draw: st.DrawFn, name: str, others: list[str]) -> Project:
    """Return a project that may be paid over two years, from one budget or either."""
    first = draw(st.integers(2026, 2027))
    verdicts = st.sampled_from(["eligible", "not", "unknown"])
    return Project(
        id=name,
        figures=(Figure(cents=draw(st.integers(0, 12)) * MILLION + draw(st.integers(0, 99))),),
        value=draw(st.integers(0, 9)),
        budgets=tuple(
            Eligibility(budget=budget, verdict=draw(verdicts))
            for budget in draw(st.sampled_from([("SAFE",), ("SAFE", "NATIONAL")]))
        ),
        spread=draw(st.sampled_from([(1.0,), (0.4, 0.6)])),
        earliest_year=first,
        latest_year=first + draw(st.integers(0, 1)),
        uses=draw(st.sampled_from([(), (("yard", 1),), (("yard", 2),)])),
        requires=tuple(draw(st.lists(st.sampled_from(others), max_size=1))) if others else (),
        excludes=tuple(draw(st.lists(st.sampled_from(others), max_size=1))) if others else (),
        chances=((2027, draw(st.sampled_from([0.5, 1.0]))),),
    )


@st.composite
def small_questions(draw: st.DrawFn) -> Allocation:
    """Return up to four projects on two budgets with a yard, small enough to try every combination."""
    names = [f"P{number}" for number in range(draw(st.integers(1, 4)))]
    budgets = (
        Budget(
            id="SAFE",
            envelope_cents=draw(st.integers(0, 20)) * MILLION,
            last_year=2028,
            yearly_cash=((2027, draw(st.integers(0, 10)) * MILLION),),
        ),
        Budget(id="NATIONAL", envelope_cents=draw(st.integers(0, 8)) * MILLION, last_year=2029),
    )
    projects = tuple(
        draw(small_projects(name, [other for other in names if other != name])) for name in names
    )
    decided = draw(st.sampled_from([(), (names[0],)]))
    return Allocation(
        budgets=budgets,
        capacities=(Capacity(id="yard", per_year=draw(st.integers(0, 3))),),
        projects=projects,
        decisions=tuple(Decision(project=name, fund=draw(st.booleans())) for name in decided),
    )


@settings(max_examples=60, deadline=None)
@given(small_questions())
def test_optimum_equals_brute_force(asked: Allocation) -> None:
    plan = allocate(checked_allocation(asked))
    assert check_plan(asked, plan) == ()
    expected = by_brute_force(asked)
    if expected is None:
        assert plan.status == "infeasible"
    else:
        assert plan.status == "optimal"
        assert (plan.points, plan.cost_cents, waited(asked, plan)) == expected


@settings(max_examples=20, deadline=None)
@given(small_questions())
def test_the_least_growth_that_pays_does_and_a_cent_less_does_not(asked: Allocation) -> None:
    plan = allocate(checked_allocation(asked))
    if plan.points is None:
        return
    for price in plan.prices:
        if price.limit.kind != "envelope" or price.next_extra is None:
            continue
        for extra, pays in ((price.next_extra, True), (price.next_extra - 1, False)):
            grown = tuple(
                replace(b, envelope_cents=b.envelope_cents + extra) if b.id == price.limit.id else b
                for b in asked.budgets
            )
            again = allocate(replace(asked, budgets=grown), priced=False)
            assert again.points is not None
            assert (again.points > plan.points) is pays


def test_one_more_million_would_buy() -> None:
    plan = allocate(
        question(project("A", 6, 6), project("B", 5, 5), project("C", 9, 8), envelope=10)
    )
    assert funded(plan) == {"C"}
    price = plan.prices[0]
    assert price.step_points == 3 * POINTS
    assert price.step_buys == ("A", "B")
    assert price.next_extra == MILLION


def test_two_ways_of_the_same_worth_take_the_cheaper() -> None:
    plan = allocate(question(project("A", 9, 5), project("B", 7, 5)))
    assert funded(plan) == {"B"}
    assert plan.unfunded[0].code == "lost_to_optimum"
    assert "costs 2,000,000.00 more; B would give way" in plan.unfunded[0].reason


@pytest.mark.parametrize(
    ("lost", "code"),
    [
        (project("X", None), "amount_unknown"),
        (
            project("X", 1, figures=(Figure(cents=5, source="one"), Figure(cents=6, source="two"))),
            "sources_disagree",
        ),
        (project("X", 1, budgets=(Eligibility(budget="SAFE", verdict="unknown"),)), "not_eligible"),
        (project("X", 1, spread=(0.25,) * 4, earliest_year=2028, latest_year=2028), "too_late"),
        (project("X", 11), "cannot_fit"),
        (project("X", 10, 1), "lost_to_optimum"),
    ],
)
def test_each_refusal_has_its_cause(lost: Project, code: str) -> None:
    plan = allocate(question(project("A", 8, 9), lost))
    assert funded(plan) == {"A"}
    assert [line.code for line in plan.unfunded] == [code]


def test_a_chosen_figure_settles_a_dispute() -> None:
    figures = (Figure(cents=5 * MILLION), Figure(cents=6 * MILLION, chosen=True, reason="newer"))
    plan = allocate(question(project("X", 0, figures=figures)))
    assert plan.funded[0].option.cost_cents == 6 * MILLION


def test_what_a_person_decided_differs_from_what_the_optimum_says() -> None:
    decision = Decision(project="B", fund=True, by="the minister", reason="alliance")
    asked = question(project("A", 8, 9), project("B", 7, 3), decisions=(decision,))
    plan = allocate(asked)
    assert funded(plan) == {"B"}
    assert plan.funded[0].decided
    assert plan.funded[0].in_optimum is False
    assert plan.optimum_points == 9 * POINTS
    assert plan.points == 3 * POINTS
    assert plan.unfunded[0].in_optimum is True


def test_decisions_that_cannot_be_kept_are_infeasible() -> None:
    decisions = (Decision(project="A", fund=True), Decision(project="B", fund=True))
    plan = allocate(question(project("A", 8), project("B", 7), decisions=decisions))
    assert plan.status == "infeasible"
    assert plan.points is None
    assert "release one" in plan.reason


def test_a_likely_start_is_preferred() -> None:
    chances = ((2027, 0.4), (2028, 0.9))
    plan = allocate(question(project("A", 5, 10, latest_year=2028, chances=chances)))
    assert plan.funded[0].option.start_year == 2028
    assert plan.points == 90_000


def test_among_equals_the_earlier_year_is_taken() -> None:
    crew = {"latest_year": 2030, "uses": (("yard", 1),)}
    asked = question(
        *(project(name, 2, **crew) for name in "ABC"),
        project("D", 2, latest_year=2030),
        capacities=(Capacity(id="yard", per_year=1),),
    )
    plan = allocate(asked)
    assert sorted(line.option.start_year for line in plan.funded) == [2027, 2027, 2028, 2029]
    late = next(line for line in plan.funded if line.option.project == "D")
    wrong = replace(late.option, start_year=2030, cash=((2030, late.option.cost_cents),))
    lines = tuple(replace(line, option=wrong) if line is late else line for line in plan.funded)
    (fault,) = check_plan(asked, replace(plan, funded=lines))
    assert fault == "project 'D' could begin in 2027, worth the same"


@pytest.mark.parametrize(("left_out", "gain"), [("", 0.5), ("X", 0.0), ("XY", 0.0)])
def test_the_relaxed_price_keeps_decisions(left_out: str, gain: float) -> None:
    decisions = tuple(Decision(project=name, fund=False) for name in left_out)
    asked = question(project("X", 10, 10), project("Y", 10, 5), decisions=decisions)
    assert allocate(asked).prices[0].relaxed_points == pytest.approx(gain * POINTS)


def test_the_relaxed_price_keeps_links() -> None:
    asked = question(project("X", 10, 10), project("Y", 10, 5, excludes=("X",)))
    assert allocate(asked).prices[0].relaxed_points == 0
    asked = question(project("X", 10, 10), project("Y", 10, 5, requires=("Z",)), project("Z", None))
    assert allocate(asked).prices[0].relaxed_points == 0


@pytest.mark.parametrize("fault", ["overspent", "value", "dropped", "late", "cheaper"])
def test_checker_refuses_wrong_plans(fault: str) -> None:
    asked = question(project("A", 6, 6), project("B", 4, 5))
    plan = allocate(asked)
    assert check_plan(asked, plan) == ()
    line = plan.funded[0]
    if fault == "overspent":
        asked = replace(asked, budgets=(replace(asked.budgets[0], envelope_cents=9 * MILLION),))
    elif fault == "value":
        plan = replace(plan, points=1, bound_points=1)
    elif fault == "dropped":
        plan = replace(plan, funded=plan.funded[1:])
    elif fault == "late":
        wrong = replace(line.option, start_year=2031)
        plan = replace(plan, funded=(replace(line, option=wrong), *plan.funded[1:]))
    else:
        wrong = replace(line.option, cost_cents=1, cash=((2027, 1),))
        plan = replace(plan, funded=(replace(line, option=wrong), *plan.funded[1:]))
    assert check_plan(asked, plan)


def test_nonsense_is_refused_all_at_once() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        question(
            project("A", 1, spread=(0.6, 0.6)),
            project("A", 1, latest_year=2020),
            project("B", 1, value=-1, requires=("Z",), uses=(("dock", 1),)),
        )
    said = str(refusal.value)
    for words in ("120.0000%", "2 times", "before earliest_year", "is -1", "'Z'", "'dock'"):
        assert words in said


def test_a_year_without_a_chance_of_its_own_has_the_one_before() -> None:
    radar = project(
        "radar", 4, earliest_year=2026, latest_year=2029, chances=((2027, 0.2), (2028, 0.3))
    )
    assert [radar.chance_of(year) for year in range(2026, 2031)] == [0, 0.2, 0.3, 0.3, 0.3]
    asked = question(radar)
    plan = allocate(asked)
    (line,) = plan.funded
    assert line.option.start_year == 2028
    assert line.option.points == round(0.3 * POINTS)
    assert not check_plan(asked, plan)
