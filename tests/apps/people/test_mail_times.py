"""Days and times in mails: as the pages write them, with weekday and zone, in the language of the reader."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import translation

from punte.apps.people.mail_times import (
    words_for_clock,
    words_for_day,
    words_for_span,
    words_for_time,
)

BUCHAREST = ZoneInfo("Europe/Bucharest")
NOON = dt.datetime(2026, 11, 29, 10, 20, tzinfo=dt.UTC)


def test_a_time_says_its_weekday_and_its_zone_in_the_language_of_the_reader() -> None:
    with translation.override("en"):
        assert words_for_time(NOON, BUCHAREST) == "Sun 29 Nov, 12:20 EET"
        assert words_for_clock(NOON, BUCHAREST) == "12:20 EET"
        assert words_for_day(NOON.date()) == "Sun 29 Nov 2026"
    with translation.override("ro"):
        assert words_for_time(NOON, BUCHAREST) == "dum. 29 nov., 12:20 EET"


def test_a_time_is_of_the_day_in_its_zone_and_of_the_clock_of_its_season() -> None:
    with translation.override("en"):
        late = dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC)
        assert words_for_time(late, BUCHAREST) == "Wed 1 Jul, 01:30 EEST"


def test_a_span_says_the_day_once_unless_it_ends_on_another() -> None:
    with translation.override("en"):
        half = dt.timedelta(minutes=30)
        assert (
            words_for_span(NOON, NOON + half, BUCHAREST) == "Sun 29 Nov, 12:20\N{EN DASH}12:50 EET"
        )
        assert (
            words_for_span(NOON, NOON + dt.timedelta(hours=12), BUCHAREST)
            == "Sun 29 Nov, 12:20\N{EN DASH}Mon 30 Nov, 00:20 EET"
        )
