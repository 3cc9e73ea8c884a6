"""Numbers, money, dates and times as the reader's language has them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils.translation import override

from punte.web.ui.context import PageSettings
from punte.web.ui.templatetags import ui

BUCHAREST = ZoneInfo("Europe/Bucharest")
START = datetime(2025, 11, 5, 8, 0, tzinfo=UTC)
END = datetime(2025, 11, 5, 8, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "12,345.5"), ("ro", "12.345,5"), ("fr", "12\u202f345,5"), ("uk", "12\u00a0345,5")],
)
def test_number(language: str, expected: str) -> None:
    with override(language):
        assert ui.number(12345.5) == expected


def test_percent_and_money() -> None:
    with override("en"):
        assert ui.percent(0.9452, 1) == "94.5%"
        assert ui.money(Decimal(1240000000)) == "1,240,000,000\u00a0€"
    with override("ro"):
        assert ui.percent(0.9452, 1) == "94,5\u00a0%"
        assert ui.money(Decimal("2.5"), "RON", 2) == "2,50\u00a0RON"


def test_cents_are_no_whole_units() -> None:
    with override("en"):
        assert ui.cents(1_668_005_539_400) == "16,680,055,394\u00a0€"
        assert ui.cents(250_200_830_910, "EUR", 2) == "2,502,008,309.10\u00a0€"
        assert ui.amount(-5) == "-0.05"
    with override("ro"):
        assert ui.cents(250_200_830_910, "RON", 2) == "2.502.008.309,10\u00a0RON"
        assert ui.amount(10_000_000_000_000_001) == "100.000.000.000.000,01"


def test_day() -> None:
    with override("en"):
        assert ui.day(date(2025, 11, 5)) == "Wednesday 5 November 2025"
    with override("ro"):
        assert ui.day(date(2025, 11, 5)) == "miercuri 5 noiembrie 2025"


def _when(zone: ZoneInfo | None) -> str:
    page = PageSettings(theme="auto", languages=(), zone=zone, is_synthetic=False)
    template = Template("{% load ui %}{% when start end venue %}")
    context = {"ui": page, "start": START, "end": END, "venue": BUCHAREST}
    with override("en"):
        return template.render(Context(context))


def test_venue_time_comes_first_and_own_second() -> None:
    shown = _when(ZoneInfo("Europe/Brussels"))
    assert "10:00\u201310:20" in shown
    assert ">EET<" in shown
    assert shown.index("10:00") < shown.index("09:00\u201309:20 for you (CET)")


@pytest.mark.parametrize("zone", [None, BUCHAREST, ZoneInfo("Europe/Chisinau")])
def test_own_time_is_left_out_where_it_says_nothing(zone: ZoneInfo | None) -> None:
    assert "for you" not in _when(zone)
