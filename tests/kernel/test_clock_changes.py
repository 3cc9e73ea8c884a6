"""Times that no clock shows, and times that it shows twice."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from punte.kernel.clock_changes import comes_twice, is_skipped

ZONE = ZoneInfo("Europe/Bucharest")


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59"])
@pytest.mark.parametrize("name", ["Europe/Bucharest", "America/New_York"])
def test_the_ends_of_the_calendar_have_no_such_night(text: str, name: str) -> None:
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(name))
    assert not is_skipped(moment)
    assert not comes_twice(moment)


@pytest.mark.parametrize(
    ("text", "skipped", "twice"),
    [
        ("2027-03-28T02:59", False, False),
        ("2027-03-28T03:00", True, False),
        ("2027-03-28T03:59", True, False),
        ("2027-03-28T04:00", False, False),
        ("2027-10-31T02:59", False, False),
        ("2027-10-31T03:00", False, True),
        ("2027-10-31T03:59", False, True),
        ("2027-10-31T04:00", False, False),
    ],
)
def test_the_two_nights_of_a_year(text: str, skipped: bool, twice: bool) -> None:  # noqa: FBT001
    for fold in (0, 1):
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold)
        assert (is_skipped(moment), comes_twice(moment)) == (skipped, twice)
