"""Numbers in pictures: axes in the reader's writing, places without useless decimals."""

import re

import altair as alt
import pytest
from django.utils import translation

from punte.web.ui.charts import draw_chart


def bars() -> alt.Chart:
    values = [{"x": number, "y": 3000 * number} for number in (1, 2, 3)]
    chart: alt.Chart = alt.Chart({"values": values}).mark_bar().encode(x="x:O", y="y:Q")
    return chart


@pytest.mark.parametrize(("language", "label"), [("en", "8,000"), ("ro", "8.000")])
def test_thousands_on_an_axis_are_written_whole(language: str, label: str) -> None:
    with translation.override(language):
        svg = str(draw_chart(bars(), description="Up to 9.000,55 of 1.234"))
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert label in texts
    assert not [text for text in texts if re.fullmatch(r"\d+[.,]\d{2}", text)]
    assert 'aria-label="Up to 9.000,55 of 1.234"' in svg


def test_places_have_at_most_two_decimals() -> None:
    svg = str(draw_chart(bars(), description="Bars"))
    tags = "".join(re.findall(r"<[^>]*>", svg))
    assert not re.search(r"\d\.\d{3}", tags)
