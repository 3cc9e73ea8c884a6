from datetime import date, timedelta
from fractions import Fraction

import pytest
import QuantLib as ql  # noqa: N813 - as its own documentation writes it
from hypothesis import given, settings
from hypothesis import strategies as st

from punte.engines.finance.calendars import Calendar, easter_sunday
from punte.engines.finance.day_counts import (
    DAY_COUNTS,
    DayCount,
    add_months,
    exact_years,
    year_fraction,
)

DAYS = st.dates(min_value=date(1999, 1, 1), max_value=date(2080, 12, 31))

ORACLES = {
    "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
    "30/360 us": ql.Thirty360(ql.Thirty360.USA),
    "30e/360": ql.Thirty360(ql.Thirty360.EurobondBasis),
    "act/360": ql.Actual360(),
    "act/365f": ql.Actual365Fixed(),
    "act/act isda": ql.ActualActual(ql.ActualActual.ISDA),
    "act/act afb": ql.ActualActual(ql.ActualActual.AFB),
}


def as_ql(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


@pytest.mark.parametrize("convention", sorted(ORACLES))
@settings(max_examples=300, deadline=None)
@given(start=DAYS, length=st.integers(0, 12000))
def test_fraction_equals_quantlib(convention: DayCount, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    expected = ORACLES[convention].yearFraction(as_ql(start), as_ql(end))
    assert year_fraction(convention, start, end) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(start=DAYS, length=st.integers(1, 4000))
def test_30e360_isda_equals_quantlib(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    oracle = ql.Thirty360(ql.Thirty360.ISDA, as_ql(end))
    expected = oracle.yearFraction(as_ql(start), as_ql(end))
    assert year_fraction("30e/360 isda", start, end, maturity=end) == pytest.approx(expected)


@settings(max_examples=200, deadline=None)
@given(
    start=DAYS,
    offset=st.integers(-150, 0),
    length=st.integers(1, 330),
    frequency=st.sampled_from([1, 2, 4]),
)
def test_icma_equals_quantlib(start: date, offset: int, length: int, frequency: int) -> None:
    reference = (date(2030, 3, 15), add_months(date(2030, 3, 15), 12 // frequency))
    first = reference[0] + timedelta(days=offset)
    end = min(first + timedelta(days=length), reference[1])
    del start
    if end <= first:
        return
    schedule = ql.Schedule(
        as_ql(add_months(reference[0], -36)),
        as_ql(add_months(reference[0], 36)),
        ql.Period(12 // frequency, ql.Months),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Forward,
        False,
    )
    oracle = ql.ActualActual(ql.ActualActual.ISMA, schedule)
    expected = oracle.yearFraction(as_ql(first), as_ql(end))
    found = year_fraction(
        "act/act icma", first, end, reference=reference, payments_per_year=frequency
    )
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("convention", DAY_COUNTS)
def test_reversed_dates_count_negative(convention: DayCount) -> None:
    forth = year_fraction(convention, date(2026, 3, 1), date(2026, 9, 1), payments_per_year=2)
    back = year_fraction(convention, date(2026, 9, 1), date(2026, 3, 1), payments_per_year=2)
    assert forth > 0
    assert back == -forth


def test_target_equals_quantlib_on_each_day_to_2080() -> None:
    oracle, calendar = ql.TARGET(), Calendar(name="target")
    day = date(1999, 1, 1)
    differing = []
    while day.year < 2081:
        if oracle.isBusinessDay(as_ql(day)) != calendar.is_business_day(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_easter_of_years_known_to_be_extreme() -> None:
    assert easter_sunday(2038) == date(2038, 4, 25)
    assert easter_sunday(2285) == date(2285, 3, 22)
    assert easter_sunday(2026) == date(2026, 4, 5)


def test_rolls() -> None:
    target = Calendar(name="target")
    saturday = date(2026, 1, 31)
    assert target.adjust(saturday, "none") == saturday
    assert target.adjust(saturday, "following") == date(2026, 2, 2)
    assert target.adjust(saturday, "modified following") == date(2026, 1, 30)
    assert target.adjust(saturday, "preceding") == date(2026, 1, 30)


def test_own_holidays_close_a_calendar_without_others() -> None:
    calendar = Calendar(holidays=frozenset({date(2026, 12, 1)}))
    assert calendar.adjust(date(2026, 12, 1), "following") == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2026, 12, 31), date(2028, 2, 29)), (date(2027, 1, 31), date(2027, 2, 28))],
)
@pytest.mark.parametrize("convention", DAY_COUNTS)
def test_the_fraction_behind_a_part_of_a_year_is_found_again(
    convention: DayCount, start: date, end: date
) -> None:
    years = year_fraction(convention, start, end)
    assert float(exact_years(years)) == pytest.approx(years, rel=1e-15)
    assert exact_years(years).denominator <= 365 * 366


def test_a_number_that_is_no_count_of_days_is_left_as_it_is_written() -> None:
    assert exact_years(1 / 12) == Fraction(1, 12)
    assert exact_years(0.3141592653589793) == Fraction("0.3141592653589793")
