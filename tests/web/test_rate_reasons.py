"""The reason of each rate is said in the reader's language."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation

from punte.engines.finance.curves import Index
from punte.engines.finance.instance import RateSpec
from punte.engines.finance.periods import Period
from punte.engines.finance.rates import period_rates
from punte.web.finance.rate_words import rate_words


@pytest.fixture(autouse=True)
def romanian() -> Iterator[None]:
    with translation.override("ro"):
        yield


def reason(spec: RateSpec, *indices: Index) -> str:
    period = Period(
        number=1,
        start=date(2027, 1, 1),
        end=date(2028, 1, 1),
        pay_day=date(2028, 1, 3),
        years=1.0,
    )
    (rate,) = period_rates(spec, date(2027, 1, 1), [period], {one.id: one for one in indices})
    return rate_words(rate.why)


def test_a_fixed_rate() -> None:
    assert (
        reason(RateSpec(kind="fixed", rate=0.03)) == "fixă la 3,0000\u00a0%, potrivit condițiilor"
    )


def test_steps_with_a_note_of_the_terms() -> None:
    said = reason(RateSpec(kind="steps", steps=((0, 0.03),), why="agreed in Iași"))
    assert said == "3,0000\u00a0% din anul 0 al tragerii, potrivit condițiilor: agreed in Iași"


def test_an_index_with_a_spread_held_to_the_floor() -> None:
    index = Index(id="EUR6M", points=((date(2027, 6, 1), 0.01),))
    spec = RateSpec(kind="floating", index="EUR6M", spread=-0.002, floor=0.0125)
    assert reason(spec, index) == (
        "stabilită la 2027-01-01: EUR6M 1,0000\u00a0% (2027-06-01), primul ei punct, aplicat și acestei zile"
        " - marjă 0,2000\u00a0%, ridicată la pragul 1,2500\u00a0%"
    )
