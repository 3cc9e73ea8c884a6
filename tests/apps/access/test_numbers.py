"""Numbers as people type them: a decimal comma is never dropped, and what could be two numbers is refused."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from punte.apps.access.numbers import UnreadableNumberError, read_number, write_number


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    """Leave no reader's language to the test that follows in this process."""
    yield
    translation.deactivate()


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize(
    "text",
    ["1800,50", "1800.50", "1.800,50", "1,800.50", "1 800,50", "1\u00a0800.50", "1\u202f800,50"],
)
def test_both_writings_are_read_in_both_languages(language: str, text: str) -> None:
    with translation.override(language):
        assert read_number(text, decimals=2) == Decimal("1800.50")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "1,800", "1800"),
        ("ro", "1.800", "1800"),
        ("ro", "16.680.055.394", "16680055394"),
        ("ro", "16,680,055,394", "16680055394"),
        ("en", "4.077.346.874,08", "4077346874.08"),
        ("en", "0", "0"),
        ("ro", "\N{MINUS SIGN}5", "-5"),
    ],
)
def test_thousands_are_read_as_the_pages_print_them(
    language: str, text: str, expected: str
) -> None:
    with translation.override(language):
        assert read_number(text, decimals=2) == Decimal(expected)


def test_what_could_be_two_amounts_is_refused_with_both() -> None:
    with translation.override("en"), pytest.raises(UnreadableNumberError, match=r"1\.800.*1800"):
        read_number("1.800", decimals=2)
    with translation.override("ro"), pytest.raises(UnreadableNumberError, match=r"1,800.*1800"):
        read_number("1,800", decimals=2)


def test_a_rate_has_as_many_decimals_as_it_wants() -> None:
    with translation.override("en"):
        assert read_number("3.125") == Decimal("3.125")
    with translation.override("ro"):
        assert read_number("3,125") == Decimal("3.125")


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1,80,000", "1.80.000", "1..5", "1e5", "NaN", "Infinity", "12 34", "١٢", "--5", "9" * 41, "1.5.5"],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    for language in ("en", "ro"):
        with translation.override(language), pytest.raises(UnreadableNumberError):
            read_number(text, decimals=2)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2), st.sampled_from(["en", "ro"]))
def test_what_a_form_shows_is_read_back_the_same(number: Decimal, language: str) -> None:
    with translation.override(language):
        assert read_number(write_number(number), decimals=2) == number


@given(st.decimals(min_value=-100, max_value=100, places=5), st.sampled_from(["en", "ro"]))
def test_so_are_rates(number: Decimal, language: str) -> None:
    with translation.override(language):
        assert read_number(write_number(number)) == number
