"""The kept day opens where the site is down behind its proxy, and never after its time, whatever a clock says."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from browser.conftest import sign_in
from browser.proxies import Proxy, proxy_before
from edition_rows import Rows

WAIT_MS = 120_000
KEPT = """() => caches.has('punte-day')
  .then(async (has) => has && (await (await caches.open('punte-day')).keys()).some((one) => one.url.endsWith('badge.svg')))"""
GONE = "() => caches.has('punte-day').then((has) => !has)"
LINE = """async () => (await (await (await caches.open('punte-day')).match('/punte-reader')).text()).split(' ')"""
WRITE = """async (words) => (await caches.open('punte-day')).put('/punte-reader', new Response(words.join(' ')))"""


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


def _until(page: Page, promise: str) -> None:
    limit = time.monotonic() + WAIT_MS / 1000
    while not page.evaluate(promise):
        assert time.monotonic() < limit, promise
        page.wait_for_timeout(200)


def test_a_dead_site_behind_a_proxy_leaves_the_kept_day_open(
    proxy: Proxy, rows: Rows, context: BrowserContext
) -> None:
    page = context.new_page()
    sign_in(page, proxy.address, rows.delegate)
    day = f"{proxy.address}/e/{rows.edition.slug}/my/"
    page.goto(day)
    _until(page, KEPT)
    meeting = page.locator(".day h3").last.inner_text()
    for status in (502, 503):
        proxy.status = status
        page.goto(day)
        assert page.get_by_text("No network. This is your day").is_visible()
        assert page.locator(".day h3").last.inner_text() == meeting
    # What is not kept is answered as the proxy answers it.
    assert page.goto(f"{proxy.address}/e/{rows.edition.slug}/people/").status == 503  # type: ignore[union-attr]
    proxy.status = 0
    page.goto(day)
    assert not page.get_by_text("No network. This is your day").is_visible()


@pytest.mark.parametrize("case", ["set back", "over"])
def test_a_clock_that_was_set_back_opens_no_day_that_is_over(
    site: str, rows: Rows, context: BrowserContext, case: str
) -> None:
    page = context.new_page()
    sign_in(page, site, rows.delegate)
    day = f"{site}/e/{rows.edition.slug}/my/"
    page.goto(day)
    _until(page, KEPT)
    before = int(page.evaluate(LINE)[2])
    context.set_offline(True)
    page.goto(day)
    assert page.get_by_text("No network. This is your day").is_visible()
    reader, until, seen = page.evaluate(LINE)
    assert int(seen) > before, "each look at the day is a look at the clock"
    # As it stands where the clock was looked at an hour later than it says now, or the time is over.
    now = int(page.evaluate("() => Date.now()"))
    hour = 3_600_000
    words = [reader, until, str(now + hour)] if case == "set back" else [reader, str(now - 1), seen]
    page.evaluate(WRITE, words)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(day)
    context.set_offline(False)
    page.goto(f"{site}/privacy/")
    _until(page, GONE)
