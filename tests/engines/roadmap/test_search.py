"""The compiled search by itself: its kernels, its bound, and its time."""

import itertools
import random
import time
from dataclasses import replace

import numpy as np
import pytest

from engines.roadmap.plans import MONDAY, WEEK, link, plan, resource
from punte.engines.roadmap import kernel
from punte.engines.roadmap.bounds import prove_by_energy, prove_by_path
from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.evolve import Island
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
