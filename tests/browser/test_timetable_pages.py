"""The timetable in the browser: without fault in every look, walked and opened by keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Page

from browser.conftest import Look, sign_in
from browser.faults import faults_of
from edition_rows import Rows

DESK = (
    "v1/",
    "v1/?who=Someș Optics&only=1",
    "v1/m/R0001/",
    "v1/unmet/",
    "v2/proof/",
    "versions/",
    "compare/?a=1&b=2",
)
WEIGHT_LIMIT = 100_000
"""All that a first visit loads, compressed [bytes]."""


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
