"""A plan on calendars that end is refused only where its work finds no days, however much of it is done at the same time."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from engines.roadmap.plans import MONDAY, link, plan, resource, working_week
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.instance import Calendar, CalendarException, Length, Link, Plan, Risk
from punte.engines.roadmap.risk import find_quantiles
from punte.engines.roadmap.simulate import simulate
from punte.engines.roadmap.solve import schedule_plan
from punte.engines.roadmap.soundness import checked
from punte.kernel.anytime import Deadline
from punte.kernel.errors import InvalidInputError


def ending(days: int) -> Calendar:
    """A calendar that works on every day for ``days`` days and never again."""
    closed = CalendarException(first=MONDAY + timedelta(days=days), last=date.max)
    return Calendar(id="site", weekdays=(1, 2, 3, 4, 5, 6, 7), exceptions=(closed,))


def on_site(lengths: dict[str, float], *links: Link | str, days: int, **more: Any) -> Plan:
    found = working_week(lengths, *links, **more)
    acts = tuple(replace(one, calendar="site") for one in found.activities)
    return replace(found, calendars=(*found.calendars, ending(days)), activities=acts)


def test_work_at_the_same_time_needs_the_days_only_once() -> None:
    found = checked(on_site({"A": 30, "B": 25, "C": 40}, days=40))
    path = find_critical_path(found)
    assert path.length == 40
    answer = schedule_plan(found, workers=1)
    assert (answer.status, answer.makespan) == ("optimal", 40)
    assert max(simulate(found, draws=50).ends) == 40


def test_work_one_after_the_other_needs_them_all() -> None:
    assert checked(on_site({"A": 30, "B": 10}, "A B", days=40))
    with pytest.raises(InvalidInputError, match="would never end"):
        checked(on_site({"A": 30, "B": 11}, "A B", days=40))
    with pytest.raises(InvalidInputError, match="would never end"):
        checked(on_site({"A": 30, "B": 10}, link("A SS B", 31, "elapsed"), days=40))
    assert checked(on_site({"A": 30, "B": 10}, link("A SS B", 30, "elapsed"), days=40))


def test_the_longest_draw_and_every_risk_find_their_days() -> None:
    found = on_site({"A": 30, "B": 10}, days=40)
    risks = tuple(
        Risk(id=name, probability=0.5, activities=("A",), impact=Length(likely=5))
        for name in ("R1", "R2")
    )
    assert checked(replace(found, risks=risks))
    more = Risk(id="R3", probability=0.5, activities=("A",), impact=Length(likely=1))
    with pytest.raises(InvalidInputError, match="would never end"):
        checked(replace(found, risks=(*risks, more)))
    wide = replace(found.activities[1], duration=Length(low=5, likely=10, high=41))
    with pytest.raises(InvalidInputError, match="would never end"):
        checked(replace(found, activities=(found.activities[0], wide)))


def test_a_shared_crew_is_the_schedules_question() -> None:
    asked = on_site({"A": 6, "B": 5}, days=8)
    acts = tuple(replace(one, demands=(("crew", 1),)) for one in asked.activities)
    alone = checked(replace(asked, activities=acts, resources=(resource("crew", 1),)))
    assert schedule_plan(alone, workers=1, deadline=Deadline(limit_s=60)).status == "infeasible"
    outside = (acts[0], replace(acts[1], calendar="elapsed"))
    found = checked(replace(alone, activities=outside))
    answer = schedule_plan(found, workers=1, deadline=Deadline(limit_s=60))
    assert (answer.status, answer.makespan) == ("optimal", 11)
    assert answer.starts == {"A": 0, "B": 6}


def test_a_lead_on_a_calendar_that_has_ended_counts_its_own_days() -> None:
    asked = working_week({"A": 60, "B": 3}, link("A B", -2))
    acts = (replace(asked.activities[0], calendar="elapsed"), asked.activities[1])
    links = (replace(asked.links[0], calendar="site"),)
    found = checked(
        replace(asked, calendars=(*asked.calendars, ending(40)), activities=acts, links=links)
    )
    path = find_critical_path(found)
    assert path.dates["B"].early_start == 38 + (38 % 7 in (5, 6)) * (7 - 38 % 7)
    assert dict(find_quantiles(simulate(found, draws=20).ends))[0.5] == path.length


def test_a_thousand_years_of_parallel_work_is_a_plan() -> None:
    many = {f"T{number}": 366.0 for number in range(1500)}
    found = checked(plan(many, unit="day", start=MONDAY))
    assert find_critical_path(found).length == 366
    chain = {f"T{number}": 90_000.0 for number in range(40)}
    with pytest.raises(InvalidInputError, match="beyond the year 9999"):
        checked(plan(chain, *(f"T{n} T{n + 1}" for n in range(39)), unit="day", start=MONDAY))
