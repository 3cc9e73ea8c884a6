"""A plan that cannot be counted with, written or ended is refused, and the refusal names who is concerned."""

import math
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from engines.roadmap.plans import MONDAY, WEEK, plan, resource, working_week
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.instance import (
    Calendar,
    CalendarException,
    Cash,
    Inflow,
    Length,
    Plan,
    Progress,
    Risk,
)
from punte.engines.roadmap.risk import find_quantiles
from punte.engines.roadmap.simulate import simulate
from punte.engines.roadmap.solve import schedule_plan
from punte.engines.roadmap.soundness import checked
from punte.kernel.errors import InvalidInputError, Problem


def problems_of(found: Plan) -> tuple[Problem, ...]:
    with pytest.raises(InvalidInputError) as caught:
        checked(found)
    return caught.value.problems


def closed(first: date, last: date = date.max) -> Calendar:
    return Calendar(id="crew", name="Crew", exceptions=(CalendarException(first=first, last=last),))


def crewed(calendar: Calendar, **more: Any) -> Plan:
    """A and B, which has no calendar of its own, on the crew's calendar; C on every day."""
    found = working_week({"A": 3, "B": 2, "C": 4}, "A B", "B C", calendar="crew", **more)
    acts = (replace(found.activities[0], calendar="crew"), found.activities[1])
    return replace(
        found,
        calendars=(WEEK, calendar),
        activities=(*acts, replace(found.activities[2], calendar="elapsed")),
    )


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        (closed(MONDAY - timedelta(days=99)), f"works on no day from {MONDAY} on"),
        (closed(MONDAY + timedelta(days=2)), "works on only 2 days from"),
        (closed(MONDAY + timedelta(days=1)), "works on only one day from"),
    ],
)
def test_a_calendar_that_never_works_is_refused_with_those_on_it(
    calendar: Calendar, said: str
) -> None:
    (found,) = problems_of(crewed(calendar))
    assert found.place == "calendars[1]"
    assert "calendar 'crew'" in found.what
    assert said in found.what
    assert "'A', 'B'." in found.what
    assert "9999-12-31" in found.remedy


def test_a_calendar_whose_base_is_closed_for_ever_is_refused() -> None:
    base = Calendar(id="base", exceptions=closed(date(2020, 1, 1)).exceptions)
    child = Calendar(id="crew", parent="base", weekdays=(1, 2, 3))
    found = crewed(child)
    (problem,) = problems_of(replace(found, calendars=(*found.calendars, base)))
    assert "calendar 'crew' works on no day" in problem.what


def test_a_week_without_days_names_those_on_it() -> None:
    (found,) = problems_of(crewed(Calendar(id="crew", weekdays=())))
    assert "works on no day of the week" in found.what
    assert "'A', 'B'." in found.what


def test_a_calendar_that_works_a_day_in_two_thousand_years_is_refused() -> None:
    breaks = tuple(
        CalendarException(first=date(year, 1, 1), last=date(year + 1998, 12, 29))
        for year in range(MONDAY.year, 8000, 1999)
    )
    (found,) = problems_of(crewed(Calendar(id="crew", exceptions=breaks)))
    assert "so what is on it would never end: 'A', 'B'" in found.what


def test_a_lag_on_a_closed_calendar_is_named() -> None:
    found = crewed(closed(MONDAY))
    acts = tuple(replace(one, calendar="elapsed") for one in found.activities)
    links = (replace(found.links[0], lag=2, calendar="crew"),)
    (problem,) = problems_of(replace(found, activities=acts, links=links, calendar="week"))
    assert "the lag from 'A' to 'B'" in problem.what


def test_a_lead_on_a_calendar_that_never_works_is_named() -> None:
    never = closed(date(1, 1, 1))
    asked = working_week({"A": 3, "B": 2}, "A B")
    lead = replace(asked.links[0], lag=-3, calendar="crew")
    (problem,) = problems_of(replace(asked, calendars=(WEEK, never), links=(lead,)))
    assert "works on no day" in problem.what
    assert "the lag from 'A' to 'B'" in problem.what


def test_what_is_done_already_needs_no_days_of_a_closed_calendar() -> None:
    asked = crewed(closed(MONDAY + timedelta(days=3)))
    running = replace(
        asked.activities[0],
        duration=Length(likely=10),
        progress=Progress(actual_start=0, percent_complete=0.9),
    )
    alone = replace(asked, activities=(running,), links=(), status_at=1)
    assert checked(alone) == alone


def test_a_weekday_that_is_named_twice_is_refused() -> None:
    asked = working_week({"A": 3})
    (problem,) = problems_of(replace(asked, calendars=(replace(WEEK, weekdays=(1, 2, 1)),)))
    assert problem.place == "calendars[0].weekdays"
    assert "the weekday 1 more than once" in problem.what


def test_a_calendar_closed_for_ever_after_the_work_is_no_fault() -> None:
    found = checked(crewed(closed(MONDAY + timedelta(days=400))))
    open_one = crewed(Calendar(id="crew"))
    assert find_critical_path(found).dates == find_critical_path(open_one).dates
    answer = schedule_plan(found, workers=1)
    assert (answer.status, answer.makespan) == ("optimal", find_critical_path(found).length)
    unused = replace(found, calendars=(WEEK, closed(MONDAY)), calendar="week")
    acts = tuple(replace(one, calendar="week") for one in found.activities)
    assert checked(replace(unused, activities=acts))


def test_dates_of_short_work_on_many_calendars_stay_true() -> None:
    """Each piece begins with its own calendar's two days off: three days for one, and no day off is worked."""
    weeks = {
        str(off): Calendar(
            id=str(off), weekdays=tuple(day for day in range(1, 8) if (day - off) % 7 not in (0, 1))
        )
        for off in range(7)
    }
    names = [f"T{number}" for number in range(400)]
    found = plan(
        dict.fromkeys(names, 1.0),
        *(f"{a} {b}" for a, b in pairwise(names)),
        unit="day",
        start=MONDAY,
        calendars=tuple(weeks.values()),
    )
    acts = tuple(
        replace(one, calendar=str((1 + 3 * number) % 7))
        for number, one in enumerate(found.activities)
    )
    found = checked(replace(found, activities=acts))
    dates = find_critical_path(found).dates
    assert dates["T399"].early_finish == 1200
    for one in found.activities:
        assert found.is_working(found.calendar_of(one.calendar), dates[one.id].early_start), one.id


def test_long_draws_of_a_normal_law_skip_days_off_too() -> None:
    found = working_week({"A": 1})
    long = Length(likely=10, sd=400, shape="normal")
    outcome = simulate(
        replace(found, activities=(replace(found.activities[0], duration=long),)), draws=2000
    )
    middle = dict(find_quantiles(outcome.ends))[0.8]
    # Four fifths of the draws are below 10 + 0.84 * 400 days of work, five of which make a week of seven.
    assert middle == pytest.approx((10 + 0.8416 * 400) * 7 / 5, rel=0.1)


@pytest.mark.parametrize("name", ["A\x00", "A\nB", "A\x1b[31m", "A\u2028", "A\ud800"])
def test_an_id_with_a_character_that_nobody_sees_is_refused(name: str) -> None:
    (found,) = problems_of(plan({name: 1}))
    assert found.place == "activities[0].id"
    assert ascii(name) in found.what


@pytest.mark.parametrize("text", ["\x00", "\x08", "\uffff", "\udfff"])
def test_a_text_that_no_file_can_hold_is_refused(text: str) -> None:
    found = plan({"A": 1})
    named = replace(found.activities[0], name=f"Build{text}", stage="two\nlines")
    (problem,) = problems_of(replace(found, activities=(named,)))
    assert problem.place == "activities[0].name"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    (found,) = problems_of(plan({"A": value}))
    assert found.place == "activities[0].duration"
    risk = Risk(id="R", probability=value, activities=("A",), impact=Length(likely=1))
    (found,) = problems_of(plan({"A": 1}, risks=(risk,)))
    assert found.place == "risks[0].probability"


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"cash": Cash(opening=10**30)}, "cash.opening"),
        ({"cash": Cash(inflows=(Inflow(at=0, amount=10**16),))}, "cash.inflows[0].amount"),
        ({"resources": (resource("r", 2**62),)}, "resources[0].capacity"),
        (
            {"resources": (resource("r", 2**62),), "demands": {"A": {"r": 2**62}}},
            "activities[0].demands.r",
        ),
    ],
)
def test_an_amount_too_large_to_count_with_is_refused(more: dict[str, Any], place: str) -> None:
    assert place in {one.place for one in problems_of(plan({"A": 1}, **more))}


def test_the_largest_amounts_are_counted_right() -> None:
    found = plan(
        {"A": 2, "B": 3},
        resources=(resource("r", 10**9),),
        demands={"A": {"r": 10**9}, "B": {"r": 1}},
        cash=Cash(opening=10**15),
    )
    acts = (replace(found.activities[0], cost=10**15), found.activities[1])
    answer = schedule_plan(checked(replace(found, activities=acts)), workers=1)
    assert (answer.status, answer.makespan) == ("optimal", 5)
