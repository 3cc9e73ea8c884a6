"""The timetable in the browser: without fault in every look, walked and opened by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from browser.conftest import Look
from browser.faults import faults_of
from edition_rows import PASSWORD, Rows, make_edition

DESK = (
    "v1/",
    "v1/?who=Someș Optics&only=1",
    "v1/m/R0001/",
    "v1/unmet/",
    "v2/proof/",
    "versions/",
    "compare/?a=1&b=2",
)
STORED: list[Rows] = []
WEIGHT_LIMIT = 100_000
"""All that a first visit loads, compressed [bytes]."""


@pytest.fixture
def rows(on_stage: None) -> Rows:
    """Store an edition where the site sees it, once."""
    del on_stage
    if not STORED:
        STORED.append(make_edition(organisations=24, requests=240, places=6))
    return STORED[0]


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("input[name=password]").press("Enter")


def test_organisers_pages_are_without_fault(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    sign_in(page, site, rows.organiser)
    found = {}
    for tail in DESK:
        page.goto(f"{site}/e/{rows.edition.slug}/timetable/{tail}")
        found[tail] = faults_of(page)
    assert found == {tail: [] for tail in DESK}


def test_other_pages_are_without_fault(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    for address in ("/", f"/e/{rows.edition.slug}/"):
        page.goto(site + address)
        assert faults_of(page) == []
    sign_in(page, site, rows.delegate)
    page.goto(f"{site}/e/{rows.edition.slug}/my/")
    assert faults_of(page) == []


def test_a_meeting_is_opened_and_closed_by_keyboard(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    sign_in(page, site, rows.organiser)
    page.goto(f"{site}/e/{rows.edition.slug}/timetable/v1/")
    page.locator('.board a.m[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    opened = page.evaluate("document.activeElement.getAttribute('href')")
    assert page.locator(".board a.m.on").count() >= 1
    page.keyboard.press("Enter")
    page.locator(".panel h2").wait_for()
    assert "Sensors for border surveillance" in page.locator(".panel").inner_text()
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    assert page.locator(".panel").inner_text() == ""
    assert page.evaluate("document.activeElement.getAttribute('href')") == opened


def test_the_curve_is_drawn(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    sign_in(page, site, rows.organiser)
    page.goto(f"{site}/e/{rows.edition.slug}/timetable/v1/proof/")
    assert page.locator("svg.curve path.v").get_attribute("d")
    assert page.locator("svg.curve path.bd").get_attribute("d")


def test_a_first_visit_to_the_board_is_light(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    sign_in(page, site, rows.organiser)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{site}/e/{rows.edition.slug}/timetable/v1/", wait_until="networkidle")
    assert len(sizes) > 4
    assert sum(sizes) < WEIGHT_LIMIT
