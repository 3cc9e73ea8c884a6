"""A desk that was prepared opens and scans on where a proxy answers for a site that is down."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from browser.conftest import sign_in
from browser.faults import faults_of
from browser.proxies import Proxy, proxy_before
from edition_rows import Rows
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Scan
from punte.apps.forum.models import Delegate

WAIT_MS = 120_000
DESK = "Proxy door"
FIRST = 30
"""Other tests of this site scan the badges before it."""


@pytest.fixture
def proxy(site: str) -> Iterator[Proxy]:
    with proxy_before(site) as made:
        yield made


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


def _scanned() -> list[str]:
    with acting_as_system("tests"):
        return list(
            Scan.objects.filter(desk=DESK)
            .order_by("delegate__code")
            .values_list("delegate__code", flat=True)
        )


@pytest.mark.parametrize("status", [502, 503])
def test_a_desk_opens_and_scans_on_where_its_proxy_says_that_the_site_is_down(
    proxy: Proxy, rows: Rows, context: BrowserContext, status: int
) -> None:
    with acting_as_system("tests"):
        codes = Delegate.objects.filter(edition=rows.edition).order_by("code")
        code = codes.values_list("code", flat=True)[FIRST + status % 500]
    before = _scanned()
    page = context.new_page()
    sign_in(page, proxy.address, rows.organiser)
    page.goto(f"{proxy.address}/e/{rows.edition.slug}/check-in/offline/")
    page.locator("[data-desk-name]").fill(DESK)
    page.get_by_role("button", name="Prepare this desk").click()
    page.locator("[data-key-note]").wait_for()
    key = page.locator("[data-key]").inner_text()
    proxy.status = status
    page.reload()
    expect(page.get_by_role("heading", name="Open the list")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("[data-network]")).to_have_text("no answer", timeout=WAIT_MS)
    page.get_by_label("Key of this desk").fill(key)
    page.get_by_role("button", name="Open", exact=True).click()
    page.locator("[data-code]").fill(code)
    page.locator("[data-code]").press("Enter")
    expect(page.locator("[data-told]")).to_contain_text("is checked in")
    expect(page.locator("[data-unsent]")).to_have_text("Not sent yet: 1")
    expect(page.locator("[data-report]")).to_contain_text("The site does not answer")
    assert faults_of(page) == []
    assert _scanned() == before
    proxy.status = 0
    expect(page.locator("[data-unsent]")).to_have_text("Everything is sent.", timeout=WAIT_MS)
    expect(page.locator("[data-report]")).not_to_contain_text("The site does not answer")
    ends = time.monotonic() + WAIT_MS / 1000
    while _scanned() != sorted([*before, code]):
        assert time.monotonic() < ends, _scanned()
        page.wait_for_timeout(200)
