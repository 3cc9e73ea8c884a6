"""Questions of a middle size: the whole model begins from the large solver's timetable and need not run where bounds meet."""

from dataclasses import replace

from engines.timetable_large.forums import forum
from punte.engines.timetable.check import check
from punte.engines.timetable.solve import MOST_SMALL_OPTIONS, solve
from punte.kernel.anytime import Deadline

SHA = "0" * 64


def test_a_middle_forum_is_closed_by_its_bounds_alone() -> None:
    instance = replace(forum(50, 1), objective=("weight", "idle_slots"))
    assert len(instance.requests) * len(instance.slots) > MOST_SMALL_OPTIONS
    result = solve(instance, instance_sha256=SHA, deadline=Deadline())
    assert result.status == "optimal"
    assert [line.bound for line in result.objective][1] == 0
    assert check(instance, result, instance_sha256=SHA).is_right
