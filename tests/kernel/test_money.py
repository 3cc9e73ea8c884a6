import pytest

from punte.kernel.money import Money, MoneyError


def test_money_parses_to_whole_cents() -> None:
    assert Money.parse("2502008309.10") == Money(250200830910)


@pytest.mark.parametrize("text", ["1.005", "NaN", "Infinity", "a", "", "1e-3", "1e40", "1e999999"])
def test_money_refuses_what_is_finer_than_a_cent_or_no_number(text: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(text)


def test_money_refuses_to_mix_currencies() -> None:
    with pytest.raises(MoneyError, match="EUR and RON"):
        Money(1, "EUR") + Money(1, "RON")


def test_money_prints_grouped_with_its_currency() -> None:
    assert str(Money(-123456)) == "EUR -1,234.56"
