"""Numbers on needs and offers are read by language."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from punte.apps.market.forms import AmountField, WholeField


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [("en", "1800,50", "1800.50"), ("ro", "1.800,50", "1800.50"), ("ro", "1.800", "1800")],
)
def test_an_amount_is_read_by_language(language: str, text: str, found: str) -> None:
    with translation.override(language):
        assert AmountField(decimal_places=2).clean(text) == Decimal(found)


def test_what_could_be_two_numbers_is_refused() -> None:
    with translation.override("en"):
        with pytest.raises(ValidationError, match=r"1\.8 or as 1800"):
            AmountField(decimal_places=2).clean("1.800")
        with pytest.raises(ValidationError, match="1 or as 1000"):
            WholeField().clean("1.000")
        with pytest.raises(ValidationError):
            WholeField().clean("1.5")
        assert WholeField().clean("1,000") == 1000
        assert WholeField(required=False).clean("") is None


def test_a_kept_amount_is_shown_as_it_is_typed() -> None:
    with translation.override("ro"):
        assert AmountField().prepare_value(Decimal("1800.50")) == "1800,50"
        assert AmountField().prepare_value("18x") == "18x"
