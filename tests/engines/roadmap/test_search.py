"""The compiled search by itself: its kernels, its bound, and its time."""

import itertools
import random
import time
from dataclasses import replace

import numpy as np
import pytest

from engines.roadmap.plans import MONDAY, WEEK, link, plan, resource
from punte.engines.roadmap import evolve, kernel
from punte.engines.roadmap.bounds import prove_by_energy, prove_by_path
from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.evolve import Island
from punte.engines.roadmap.exact import Proof, prove
from punte.engines.roadmap.instance import Constraint, Plan
from punte.engines.roadmap.network import build_network
from punte.engines.roadmap.plain import improve_plain, is_plain
from punte.engines.roadmap.problem import Problem, build_problem
from punte.engines.roadmap.serial import schedule_serially
from punte.engines.roadmap.solve import schedule_plan
from punte.kernel.anytime import Deadline


def many_activities(seed: int, count: int = 60) -> Plan:
    chance = random.Random(seed)
    names = [f"A{number:03d}" for number in range(count)]
    pairs = {(chance.randrange(max(0, j - 15), j), j) for j in range(5, count) for _ in range(2)}
    return plan(
        {name: chance.randint(0, 9) for name in names},
        *(
            link(f"{names[i]} {chance.choice(['FS', 'FS', 'SS', 'FF'])} {names[j]}", lag=lag)
            for i, j in sorted(pairs)
            for lag in [chance.choice([0, 0, 1])]
        ),
        resources=(resource("R", 10, (12, 8), (20, 11)), resource("S", 7)),
        demands={
            name: {"R": chance.randint(0, 8), "S": chance.choice([0, 0, 5])} for name in names
        },
    )


def problem_of(question: Plan, horizon: int = 500) -> Problem:
    return build_problem(build_network(question), horizon)


@pytest.fixture(scope="module")
def _is_compiled() -> None:
    """Compile before the clock runs: a machine's first search takes some seconds for it."""
    Island(problem=problem_of(many_activities(0, 8)), seed=1, stop=500).work(1, 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_quick_kernel_makes_the_schedules_of_the_general_one(seed: int) -> None:
    question, chance = many_activities(seed), random.Random(seed)
    if seed % 2:
        first, *rest = question.activities
        kept = Constraint(type="FNLT", at=first.duration.planned + 40)
        question = replace(question, activities=(replace(first, constraint=kept), *rest))
    problem = problem_of(question)
    tables = kernel.as_tables(problem)
    assert is_plain(tables)
    works = kernel.new_scratch(problem), kernel.new_scratch(problem)
    made = set()
    for _ in range(60):
        order = np.array(chance.sample(range(60), 60), dtype=np.int64)
        kernel.put_in_order(tables, order, works[0])
        orders = order.copy(), order.copy()
        # Two in a row, since a schedule sorted by start is what the search mostly begins from.
        for stop in (500, 150):
            one = kernel.improve(tables, orders[0], stop, works[0])
            other = improve_plain(tables, orders[1], stop, works[1])
            assert one == other
            made.add(one[0])
            if one[0] >= 0:
                assert (orders[0] == orders[1]).all()
                assert (works[0].starts == works[1].starts).all()
                assert (works[0].finishes == works[1].finishes).all()
            kernel.put_in_order(tables, orders[0], works[0])
            orders[1][:] = orders[0]
    assert len(made) > 5


def test_calendars_and_cash_go_to_the_general_kernel() -> None:
    question = replace(
        many_activities(1),
        unit="day",
        start=MONDAY,
        calendars=(WEEK,),
        calendar="week",
    )
    assert not is_plain(kernel.as_tables(problem_of(question)))


@pytest.mark.parametrize("seed", range(20))
def test_the_energy_bound_is_never_above_a_schedule(seed: int) -> None:
    chance = random.Random(seed)
    names = ["A", "B", "C", "D", "E"]
    question = plan(
        {name: chance.randint(1, 5) for name in names},
        "A D",
        "B D",
        resources=(resource("R", 4),),
        demands={name: {"R": chance.randint(1, 4)} for name in names},
    )
    network = build_network(question)
    shortest = min(
        max(network.finish(idx, start) for idx, start in found.items())
        for order in itertools.permutations(range(5))
        if order.index(3) > max(order.index(0), order.index(1))
        if (found := schedule_serially(network, list(order), 60)) is not None
    )
    problem = problem_of(question, 60)
    path = prove_by_path(problem)
    bound = prove_by_energy(problem, path, 60)
    assert path <= bound <= shortest
    work = sum(a.duration.planned * dict(a.demands)["R"] for a in question.activities)
    assert bound >= -(-work // 4)  # the window of the whole plan is one of those looked at


@pytest.mark.usefixtures("_is_compiled")
def test_the_time_holds_on_a_machine_a_hundred_times_slower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rounds are sized by the time they took: twenty thousand schedules would be twenty seconds here."""
    quick = Island.work

    def work(self: Island, schedules: int, bound: int) -> bool:
        time.sleep(schedules * 1e-3)
        return quick(self, 5, bound)

    monkeypatch.setattr(Island, "work", work)
    question, deadline = many_activities(3, 120), Deadline(limit_s=6.0)
    answer = schedule_plan(question, deadline=deadline, workers=2)
    assert not find_violations(question, answer)
    assert deadline.elapsed_s < 8.0


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_constraint_program_proves_by_itself(workers: int) -> None:
    """Without the search's schedule, from the longest path as bound, and one unit below the answer there is nothing."""
    problem = problem_of(many_activities(5, 16), 120)

    def ask(makespan: int | None) -> Proof:
        return prove(
            problem,
            incumbent=None,
            makespan=makespan,
            bound=prove_by_path(problem),
            deadline=Deadline(),
            limit_s=120.0,
            workers=workers,
            seed=0,
            report=lambda _: None,
        )

    found = ask(None)
    assert found.starts is not None
    assert found.makespan == found.bound
    assert ask(found.bound - 1).starts is None
    assert (ask(found.bound).starts is not None) == (ask(found.bound).makespan == found.bound)


@pytest.mark.usefixtures("_is_compiled")
def test_a_plan_far_from_its_bound_is_searched_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last turn of the constraint program is for plans that it may close."""
    turns: list[tuple[int | None, int]] = []

    def note(*_: object, makespan: int | None, bound: int, **__: object) -> Proof:
        turns.append((makespan, bound))
        return Proof(starts=None, makespan=None, bound=bound, infeasible=False)

    monkeypatch.setattr("punte.engines.roadmap.solve.prove", note)
    names = [f"A{number:02d}" for number in range(61)]
    near = plan(
        dict.fromkeys(names, 2),
        resources=(resource("R", 2),),
        demands={name: {"R": 1} for name in names},
    )  # 62 units, and the energy says 61
    for question, expected in ((many_activities(3, 90), 1), (near, 2)):
        turns.clear()
        answer = schedule_plan(question, deadline=Deadline(limit_s=4.0), workers=2)
        assert answer.makespan is not None
        assert answer.bound is not None
        assert answer.makespan > answer.bound
        assert len(turns) == expected


def test_a_settled_population_meets_the_one_before() -> None:
    """The better half is kept, the next population gets it in place of its worse half, and only then a new one begins."""
    lists, score = np.zeros((8, 3), dtype=np.int64), np.zeros((8, 2), dtype=np.int64)
    store = np.zeros((4, 3), dtype=np.int64), np.zeros((4, 2), dtype=np.int64)
    counters = np.array([8, 99, 0], dtype=np.int64)
    for row, makespan in enumerate((5, 9, 4, 8, 3, 7, 6, 2)):
        lists[row], score[row] = makespan, (makespan, 0)
    evolve._settle(lists, score, store, counters)
    assert store[0][:, 0].tolist() == store[1][:, 0].tolist() == [2, 3, 4, 5]
    assert (score == evolve.NOTHING).all()
    assert counters.tolist() == [0, 0, evolve.FULL]
    for row, makespan in enumerate((15, 19, 14, 18, 13, 17, 16, 12)):
        lists[row], score[row] = makespan, (makespan, 0)
    counters[:2] = 8, 99
    evolve._settle(lists, score, store, counters)
    assert sorted(lists[:, 2].tolist()) == sorted(score[:, 0].tolist())
    assert sorted(score[:, 0].tolist()) == [2, 3, 4, 5, 12, 13, 14, 15]
    assert counters.tolist() == [8, 0, evolve.MET]
    evolve._settle(lists, score, store, counters)
    assert store[1][:, 0].tolist() == [2, 3, 4, 5]
    assert counters.tolist() == [0, 0, evolve.FULL]
