"""What is refused of a desk's scans waits for people, and holds no other up; a site that does not answer is told as that."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from browser.conftest import sign_in
from edition_rows import Rows
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Scan
from punte.apps.forum.models import Delegate

WAIT_MS = 120_000
DESK = "Side door"
"""Other tests of this site scan the same badges at doors of their own."""


@pytest.fixture
def page(browser: Browser, site: str, rows: Rows) -> Iterator[Page]:
    """Return the page of a desk that is prepared, on a phone."""
    context: BrowserContext = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    context.set_default_timeout(WAIT_MS)
    made = context.new_page()
    sign_in(made, site, rows.organiser)
    made.goto(f"{site}/e/{rows.edition.slug}/check-in/offline/")
    made.locator("[data-desk-name]").fill(DESK)
    made.get_by_role("button", name="Prepare this desk").click()
    made.locator("[data-key-note]").wait_for(timeout=WAIT_MS)
    yield made
    context.close()


def _codes(rows: Rows, first: int) -> list[str]:
    with acting_as_system("tests"):
        found = Delegate.objects.filter(edition=rows.edition).order_by("code")
        return list(found.values_list("code", flat=True)[first : first + 3])


def _scan(page: Page, code: str) -> None:
    lines = page.locator("[data-log] li")
    before = lines.count()
    page.locator("[data-code]").fill(code)
    page.locator("[data-code]").press("Enter")
    lines.nth(before).wait_for()


def _desks(code: str) -> list[str]:
    with acting_as_system("tests"):
        found = Scan.objects.filter(delegate__code=code, desk=DESK)
        return list(found.values_list("desk", flat=True))


def _arrives(page: Page, code: str) -> None:
    """Wait until the site holds a scan of the desk; what the page says of it may be of the moment before."""
    ends = time.monotonic() + WAIT_MS / 1000
    while _desks(code) != [DESK]:
        assert time.monotonic() < ends, f"{code} is at {_desks(code)}"
        page.wait_for_timeout(100)


def test_a_marked_name_of_a_desk_waits_and_goes_out_under_another(page: Page, rows: Rows) -> None:
    marked, good, _third = _codes(rows, 0)
    page.locator("[data-desk-name]").fill("Secret de serviciu")
    _scan(page, marked)
    waiting = page.locator("[data-doubtful] li", has_text="carries a marking")
    waiting.wait_for()
    page.locator("[data-desk-name]").fill(DESK)
    _scan(page, good)
    _arrives(page, good)
    assert _desks(marked) == []
    waiting.get_by_role("button", name="Send again").click()
    waiting.wait_for(state="detached")
    _arrives(page, marked)


def test_one_refused_scan_holds_no_other_up(page: Page, rows: Rows) -> None:
    first, refused, last = _codes(rows, 3)

    def refuse(route: Route) -> None:
        if refused.encode() in (route.request.post_data_buffer or b""):
            route.fulfill(status=400, content_type="text/html", body="<h1>Bad request</h1>")
        else:
            route.continue_()

    page.context.set_offline(True)
    page.get_by_text("no network").wait_for()
    for code in (first, refused, last):
        _scan(page, code)
    page.context.route("**/check-in/merge/", refuse)
    page.context.set_offline(False)
    page.locator("[data-doubtful] li", has_text=refused).wait_for()
    _arrives(page, first)
    _arrives(page, last)
    assert _desks(refused) == []
    expect(page.locator("[data-network]")).to_have_text("network", timeout=WAIT_MS)
    expect(page.locator("[data-doubtful]")).to_contain_text("(400)", timeout=WAIT_MS)


def test_a_site_that_is_down_is_no_signing_out_and_no_lost_network(page: Page, rows: Rows) -> None:
    code = _codes(rows, 6)[0]
    page.get_by_text("Everything is sent.").wait_for()
    page.context.route(
        "**/check-in/**", lambda route: route.fulfill(status=502, body="Bad Gateway")
    )
    _scan(page, code)
    page.get_by_text("no answer", exact=True).wait_for()
    report = page.locator("[data-report]")
    expect(report).to_contain_text("The site does not answer", timeout=WAIT_MS)
    expect(report).not_to_contain_text("Sign in")
    page.context.unroute("**/check-in/**")
    _arrives(page, code)
    report.wait_for(state="hidden")
