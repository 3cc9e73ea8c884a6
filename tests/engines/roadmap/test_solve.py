import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.roadmap.plans import link, plan, resource, working_week
from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.instance import Cash, Constraint, Inflow, Plan, Progress
from punte.engines.roadmap.network import build_network
from punte.engines.roadmap.result import Schedule
from punte.engines.roadmap.serial import find_reach, schedule_serially
from punte.engines.roadmap.solve import schedule_plan
from punte.engines.roadmap.soundness import checked
from punte.kernel.anytime import Deadline
from punte.kernel.anytime import Progress as Report


def solve(question: Plan, limit_s: float = 10.0) -> Schedule:
    return schedule_plan(checked(question), deadline=Deadline(limit_s=limit_s), workers=1)


def shortest_by_brute_force(question: Plan, reach: int) -> int | None:
    """Try every start of every activity."""
    names = [activity.id for activity in question.activities]
    network, best = build_network(question), None
    for starts in itertools.product(range(reach), repeat=len(names)):
        end = max(network.finish(idx, start) for idx, start in enumerate(starts))
        if best is not None and end >= best:
            continue
        answer = Schedule(
            instance_sha256="",
            status="feasible",
            seed=0,
            runtime_s=0,
            engine="",
            makespan=end,
            bound=None,
            starts=dict(zip(names, starts, strict=True)),
        )
        if not find_violations(question, answer):
            best = end
    return best


KINDS = st.sampled_from(["FS", "SS", "FF", "SF"])


@st.composite
def small_plans(draw: st.DrawFn) -> Plan:
    names = ["A", "B", "C"]
    pairs = draw(st.lists(st.sampled_from([("A", "B"), ("A", "C"), ("B", "C")]), unique=True))
    links = [link(f"{i} {draw(KINDS)} {j}", draw(st.integers(-2, 2))) for i, j in pairs]
    lengths = {name: draw(st.integers(0 if name == "B" else 1, 3)) for name in names}
    more: dict[str, Any] = {
        "resources": (resource("R", 2, (draw(st.integers(1, 5)), draw(st.integers(2, 3)))),),
        "demands": {name: {"R": draw(st.integers(0, 2))} for name in names},
    }
    question = (working_week if draw(st.booleans()) else plan)(lengths, *links, **more)
    if draw(st.booleans()):
        costs = [draw(st.integers(0, 3)) for _ in names]
        late = [draw(st.booleans()) for _ in names]
        income = draw(st.integers(0, 3))
        inflow = Inflow(at=draw(st.integers(0, 4)), amount=max(0, sum(costs) - income - 1))
        activities = tuple(
            replace(a, cost=cost, cost_at_finish=at_end, income=income if a.id == "A" else 0)
            for a, cost, at_end in zip(question.activities, costs, late, strict=True)
        )
        question = replace(question, activities=activities, cash=Cash(opening=1, inflows=(inflow,)))
    if draw(st.booleans()):
        kept = Constraint(
            type=draw(st.sampled_from(["SNET", "FNLT", "MSO"])), at=draw(st.integers(2, 9))
        )
        first, *rest = question.activities
        question = replace(question, activities=(*rest, replace(first, constraint=kept)))
    return question


@settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(small_plans())
def test_solve_equals_brute_force(question: Plan) -> None:
    reach = min(find_reach(build_network(question)), 15)
    best = shortest_by_brute_force(question, reach)
    # Ample: it ends as soon as it is proved, however busy the machine is.
    answer = solve(question, 300.0)
    assert not find_violations(question, answer)
    if best is None:
        assert answer.status == "infeasible"
        assert answer.reasons
    else:
        assert (answer.status, answer.makespan, answer.bound) == ("optimal", best, best)


def test_one_worker_and_one_seed_give_one_answer() -> None:
    names = [f"A{number:02d}" for number in range(60)]
    links = [f"{names[i]} {names[(i * 7 + 11) % 60]}" for i in range(60) if i < (i * 7 + 11) % 60]
    question = plan(
        {name: 1 + number * 5 % 9 for number, name in enumerate(names)},
        *links,
        resources=(resource("R", 10), resource("S", 7)),
        demands={n: {"R": 1 + i * 3 % 8, "S": i * 5 % 7} for i, n in enumerate(names)},
    )
    one, other = solve(question, 4.0), solve(question, 4.0)
    assert not find_violations(question, one)
    assert (one.starts, one.bound) == (other.starts, other.bound)
    first = schedule_serially(build_network(question), list(build_network(question).order), 400)
    assert first is not None
    assert one.makespan is not None
    assert one.makespan < max(s + question.activities[i].duration.planned for i, s in first.items())


def test_a_running_activity_is_finished_first() -> None:
    question = plan(
        {"A": 4, "B": 2},
        resources=(resource("R", 1),),
        demands={"A": {"R": 1}, "B": {"R": 1}},
        status_at=6,
    )
    running = Progress(actual_start=1, percent_complete=0.5)
    first, second = question.activities
    answer = solve(replace(question, activities=(replace(first, progress=running), second)))
    assert answer.starts == {"A": 1, "B": 8}
    assert answer.status == "optimal"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            plan({"A": 1, "B": 2}, cash=Cash(unit="EUR thousand", opening=3)),
            "cost 8 EUR thousand, and only 3 ever arrive",
        ),
        (plan({"A": 5, "B": 2}, "A B"), "B must keep FNLT 6"),
    ],
)
def test_an_obstacle_is_named(question: Plan, said: str) -> None:
    first, second = question.activities
    kept = None if question.cash else Constraint(type="FNLT", at=6)
    question = replace(
        question, activities=(replace(first, cost=8), replace(second, constraint=kept))
    )
    answer = solve(question)
    assert answer.status == "infeasible"
    assert said in answer.reasons[0]


def test_a_stop_keeps_the_best_answer() -> None:
    question = plan(
        {f"A{number}": 3 for number in range(70)},
        resources=(resource("R", 5),),
        demands={f"A{number}": {"R": 2 + number % 2} for number in range(70)},
    )
    deadline, seen = Deadline(), list[Report]()

    def stop_at_once(progress: Report) -> None:
        seen.append(progress)
        deadline.stop()

    answer = schedule_plan(question, deadline=deadline, report=stop_at_once)
    assert seen
    assert answer.starts
    assert not find_violations(question, answer)
