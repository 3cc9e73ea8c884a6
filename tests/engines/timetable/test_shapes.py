"""The two shapes in which a SAT solver is asked for breaks say the same, and what they find keeps the limit."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pysat.solvers import Solver

from engines.timetable.oracle import tiny_questions
from engines.timetable.questions import question
from punte.engines.timetable.clauses import Clauses
from punte.engines.timetable.holding_all import HoldingAll, Limits
from punte.engines.timetable.holding_by_holes import HoldingByHoles
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.options import list_options
from punte.engines.timetable.sat_process import FIRST, SECOND
from punte.engines.timetable.seating import Choice
from punte.engines.timetable.unseated import measure_goal


def ask(asked: HoldingAll, solver: str) -> list[Choice] | None:
    if asked.is_impossible:
        return None
    with Solver(name=solver, bootstrap_with=asked.clauses.clauses) as found:
        if not found.solve():
            return None
        return asked.read_choices({x for x in found.get_model() if x > 0})


@settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, max_examples=80)
@given(
    instance=tiny_questions(all_must=True),
    most=st.integers(0, 3),
    each=st.none() | st.integers(0, 2),
)
def test_both_shapes_say_the_same(instance: Instance, most: int, each: int | None) -> None:
    assume(all(person.parallel == 1 for person in instance.participants))
    options = list_options(replace(instance, objective=("breaks",)))
    limits = Limits(breaks=most, breaks_each=each)
    one = ask(HoldingAll(options, limits), FIRST)
    other = ask(HoldingByHoles(options, limits), SECOND)
    assert (one is None) == (other is None)
    for choices in (one, other):
        if choices is not None:
            assert measure_goal(options, choices, "breaks") <= most
            assert len(choices) == len(instance.requests)


def test_the_second_shape_knows_of_breaks_alone() -> None:
    options = list_options(question("ab", "ac"))
    for limits in (Limits(), Limits(breaks=1, idle=1), Limits(idle=0)):
        with pytest.raises(ValueError, match="only breaks"):
            HoldingByHoles(options, limits)


@pytest.mark.parametrize("held", range(6))
@pytest.mark.parametrize("number", range(7))
def test_networks_count(number: int, held: int) -> None:
    at_most, exactly = Clauses(), Clauses()
    literals = [at_most.new_literal() for _ in range(5)]
    exactly.count = at_most.count
    at_most.allow_by_network(literals, number)
    if number <= len(literals):
        exactly.require(literals, number)
    chosen = [x if place < held else -x for place, x in enumerate(literals)]
    with Solver(name=FIRST, bootstrap_with=at_most.clauses) as solver:
        assert solver.solve(assumptions=chosen) == (held <= number)
    with Solver(name=FIRST, bootstrap_with=exactly.clauses) as solver:
        assert solver.solve(assumptions=chosen) == (number > len(literals) or held == number)
