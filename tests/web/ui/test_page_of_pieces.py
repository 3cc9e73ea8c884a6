"""The page of pieces, the switch of display, and charts that take the page's colours."""

import re
from zoneinfo import ZoneInfo

import altair as alt
import pytest
from django.test import Client, RequestFactory

from punte.web.ui.charts import STAND_INS, draw_chart, ink_of
from punte.web.ui.context import own_zone

pytestmark = pytest.mark.django_db


def test_page_shows_the_pieces_to_anybody(client: Client) -> None:
    page = client.get("/ui/")
    assert page.status_code == 200
    text = page.content.decode()
    for piece in ('class="board"', "<dialog", "<progress", 'class="chart"', 'class="empty"'):
        assert piece in text


def test_page_has_no_inline_script_or_style(client: Client) -> None:
    text = client.get("/ui/").content.decode()
    assert not re.search(r"<script(?![^>]* src=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)


def test_theme_is_kept_and_leads_back(client: Client) -> None:
    answer = client.post("/ui/theme/", {"theme": "dark", "next": "/ui/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/ui/")
    assert b'data-theme="dark"' in client.get("/ui/").content
    client.post("/ui/theme/", {"theme": "auto", "next": "/ui/"})
    assert b"data-theme" not in client.get("/ui/").content


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:0"]
)
def test_theme_never_leads_elsewhere(client: Client, target: str) -> None:
    answer = client.post("/ui/theme/", {"theme": "dark", "next": target})
    assert answer.headers["Location"] == "/"


def test_unknown_theme_is_not_kept(client: Client) -> None:
    assert "punte_theme" not in client.post("/ui/theme/", {"theme": "<b>"}).cookies


def test_zone_of_a_stranger_is_ignored(client: Client) -> None:
    client.cookies["punte_zone"] = "../../etc/passwd"
    assert client.get("/ui/").status_code == 200


def test_zone_comes_as_the_browser_writes_it() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["punte_zone"] = "Europe%2FBrussels"
    assert own_zone(request) == ZoneInfo("Europe/Brussels")


def test_chart_takes_its_colours_from_the_page() -> None:
    chart = alt.Chart({"values": [{"a": "x", "b": 3}]}).mark_bar().encode(x="a:N", y="b:Q")
    svg = draw_chart(chart, description="One bar of three & a <tag>.")
    assert 'fill="var(--accent)"' in svg
    assert not any(colour in svg for colour in STAND_INS)
    assert 'aria-label="One bar of three &amp; a &lt;tag&gt;."' in svg
    assert "style=" not in svg
    assert svg == draw_chart(chart, description="One bar of three & a <tag>.")


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(KeyError):
        ink_of("pink")
