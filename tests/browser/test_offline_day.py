"""The network is pulled in mid-day: a desk scans on and loses nothing, a delegate reads their day, nobody else does."""

import contextlib
import io
import time
from collections.abc import Iterator

import pytest
import segno
from django.db.models import Q
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as BrowserError

from browser.conftest import sign_in
from browser.faults import faults_of
from edition_rows import Rows
from meeting_rows import cleared
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.access.uploads import checked_upload
from punte.apps.cooperation.models import Scan
from punte.apps.forum.models import Delegate, FloorPlan
from punte.apps.meetings import contact
from punte.apps.meetings.models import MeetingRequest

WAIT_MS = 120_000
KEPT_DAY = """() => caches.has('punte-day')
  .then(async (has) => has && (await (await caches.open('punte-day')).keys()).some((one) => one.url.endsWith('badge.svg')))"""
KEPT_BESIDE = """() => caches.has('punte-day')
  .then(async (has) => has && (await (await caches.open('punte-day')).keys()).length === 3 + %d)"""
NO_WORDS = """async () => {
  const cache = await caches.open("punte-day");
  const pages = await Promise.all((await cache.keys()).map(async (key) => (await cache.match(key)).text()));
  return pages.length > 1 && pages.every((page) => !page.includes("%s"));
}"""
NO_DAY = "() => caches.has('punte-day').then((has) => !has)"

STORED = """async () => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const base = await answer(indexedDB.open("punte-desk", 1));
  let text = "";
  for (const row of await answer(base.transaction("lists").objectStore("lists").getAll())) {
    for (const part of [row.iv, row.hidden, row.salt]) text += new TextDecoder("latin1").decode(part);
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) text += await (await cache.match(key)).text();
  }
  return text;
}"""

AHEAD = """async ([edition, code]) => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const base = await answer(indexedDB.open("punte-desk", 1));
  const at = new Date(Date.now() + 3 * 3600e3).toISOString();
  const scan = { id: crypto.randomUUID(), edition, code, kind: "in", at, desk: "North door" };
  await answer(base.transaction("scans", "readwrite").objectStore("scans").add(scan));
  base.close();
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


def _until(page: Page, promise: str) -> None:
    """Wait until what the browser promises is true: Playwright's own wait takes the promise itself for true."""
    limit = time.monotonic() + WAIT_MS / 1000
    while not page.evaluate(promise):
        assert time.monotonic() < limit, promise
        page.wait_for_timeout(200)


def _prepare(page: Page, site: str, rows: Rows) -> str:
    sign_in(page, site, rows.organiser)
    page.goto(f"{site}/e/{rows.edition.slug}/check-in/offline/")
    page.locator("[data-desk-name]").fill("North door")
    page.get_by_role("button", name="Prepare this desk").click()
    page.locator("[data-key-note]").wait_for(timeout=WAIT_MS)
    return page.locator("[data-key]").inner_text()


def _scan(page: Page, code: str) -> str:
    field, lines = page.locator("[data-code]"), page.locator("[data-log] li")
    before = lines.count()
    field.fill(code)
    field.press("Enter")
    lines.nth(before).wait_for()
    return page.locator("[data-told]").inner_text()


def _take_back(page: Page, code: str) -> None:
    page.locator("[data-search]").fill(code)
    page.get_by_role("button", name="Take back").click()


def _rows_of(rows: Rows) -> list[tuple[str, str]]:
    with acting_as_system("tests"):
        found = Scan.objects.filter(edition=rows.edition, desk="North door").order_by("at", "id")
        return list(found.values_list("delegate__code", "kind"))


def test_a_desk_scans_on_without_the_network(
    site: str, rows: Rows, context: BrowserContext
) -> None:
    page = context.new_page()
    key = _prepare(page, site, rows)
    assert faults_of(page) == []
    with acting_as_system("tests"):
        people = list(Delegate.objects.filter(edition=rows.edition).order_by("code")[:5])
    assert "is checked in" in _scan(page, people[0].code)
    page.get_by_text("Everything is sent.").wait_for(timeout=WAIT_MS)
    assert _rows_of(rows) == [(people[0].code, "in")]

    context.set_offline(True)
    page.get_by_text("no network").wait_for(timeout=WAIT_MS)
    assert "is checked in" in _scan(page, people[1].code.lower())
    assert "before" in _scan(page, people[1].code)
    assert "not in this desk's list" in _scan(page, "STRANGER1")
    page.locator("[data-search]").fill(f"{people[2].code} person")
    page.locator("[data-found] button").click()
    page.locator("[data-found] li", has_text="here").first.wait_for()
    assert _rows_of(rows) == [(people[0].code, "in")]

    page.reload()
    page.get_by_text("no network").wait_for(timeout=WAIT_MS)
    page.get_by_label("Key of this desk").fill("0000-0000-0000")
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_text("does not open the list").wait_for(timeout=WAIT_MS)
    page.get_by_label("Key of this desk").fill(key.lower().replace("-", " "))
    page.get_by_role("button", name="Open", exact=True).click()
    page.locator("[data-code]").wait_for(timeout=WAIT_MS)
    assert "before" in _scan(page, people[2].code)
    _take_back(page, people[2].code)
    page.get_by_text("Not sent yet: 6").wait_for()

    context.set_offline(False)
    page.get_by_text("Everything is sent.").wait_for(timeout=WAIT_MS)
    assert "STRANGER1" in page.locator("[data-doubtful]").inner_text(), "kept, for people to decide"
    expected = [(people[0].code, "in"), (people[1].code, "in"), (people[1].code, "in")]
    expected += [(people[2].code, kind) for kind in ("in", "in", "undo")]
    assert _rows_of(rows) == expected
    page.reload()
    page.get_by_text("Everything is sent.").wait_for(timeout=WAIT_MS)
    assert _rows_of(rows) == expected


def test_a_scan_of_a_wrong_clock_waits_for_people_and_holds_no_other_up(
    site: str, rows: Rows, context: BrowserContext
) -> None:
    page = context.new_page()
    _prepare(page, site, rows)
    with acting_as_system("tests"):
        people = list(Delegate.objects.filter(edition=rows.edition).order_by("code")[6:9])
        before = _rows_of(rows)
    context.set_offline(True)
    page.get_by_text("no network").wait_for(timeout=WAIT_MS)
    _scan(page, people[0].code)
    _scan(page, "STRANGER2")
    # What the device wrote while its clock was three hours ahead.
    page.evaluate(AHEAD, [rows.edition.slug, people[1].code])
    context.set_offline(False)
    page.get_by_text("Everything is sent.").wait_for(timeout=WAIT_MS)
    waiting = page.locator("[data-doubtful] li")
    assert waiting.count() == 2
    assert _rows_of(rows) == [*before, (people[0].code, "in")]
    assert faults_of(page) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save what is not sent to a file").click()
    assert people[1].code in saved.value.path().read_text()
    stranger = waiting.filter(has_text="STRANGER2")
    stranger.get_by_role("button", name="Drop").click()
    stranger.get_by_role("button", name="Drop for good").click()
    stranger.wait_for(state="detached")
    waiting.get_by_role("button", name="Correct the time").click()
    waiting.wait_for(state="detached")
    page.get_by_text("Everything is sent.").wait_for(timeout=WAIT_MS)
    assert sorted(_rows_of(rows)) == sorted([*before, *((one.code, "in") for one in people[:2])])
    with acting_as_system("tests"):
        assert "STRANGER2" in AuditEntry.objects.get(verb="check_in.dropped").detail["scans"]


def test_nothing_of_a_list_is_readable_on_the_device(
    site: str, rows: Rows, context: BrowserContext
) -> None:
    page = context.new_page()
    _prepare(page, site, rows)
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=rows.edition).order_by("code")[3]
    stored = page.evaluate(STORED)
    assert len(stored) > 2000
    assert one.badge_name not in stored
    assert one.code not in stored


def _bring_a_plan(rows: Rows) -> None:
    picture = io.BytesIO()
    segno.make("a floor").save(picture, kind="png")
    with acting_as_system("tests"):
        plan = FloorPlan(
            edition=rows.edition,
            floor="Ground floor",
            owner_org_id=rows.edition.owner_org_id,
            label_releasable_to=[f"edition:{rows.edition.pk}"],
        )
        plan.take(checked_upload("floor.png", picture.getvalue(), kinds=["png"]))
        plan.save(force_insert=True)


def _everything_else_leads_back(page: Page, site: str, rows: Rows) -> None:
    """See that what was never kept is not there, and neither is anything else of the site: the way back to the day is."""
    for path in (f"/e/{rows.edition.slug}/people/", "/", "/programmes/"):
        answer = page.goto(site + path)
        assert answer is not None
        assert answer.status == 503
        assert page.get_by_role("heading", name="No network").is_visible()
    page.get_by_role("link", name="My forum").click()


def test_ones_day_is_read_without_the_network_and_gone_after_signing_out(
    site: str, rows: Rows, context: BrowserContext
) -> None:
    page = context.new_page()
    _bring_a_plan(rows)
    sign_in(page, site, rows.delegate)
    day = f"{site}/e/{rows.edition.slug}/my/"
    page.goto(day)
    _until(page, KEPT_BESIDE % (page.locator("body [data-keep]").count() + 1))
    meeting = page.locator(".day h3").last.inner_text()
    contacts = page.locator(".contacts li").all_inner_texts()
    assert contacts

    context.set_offline(True)
    page.goto(day)
    assert page.locator(".contacts li").all_inner_texts() == contacts
    assert page.get_by_text("No network. This is your day").is_visible()
    assert page.locator(".day h3").last.inner_text() == meeting
    person, name = page.locator(".contacts a").first, page.locator(".contacts b").first.inner_text()
    # A browser says "online" of a network that leads nowhere, too: what one opens then opens all the same.
    page.evaluate("dispatchEvent(new Event('online'))")
    person.click()
    page.get_by_role("heading", name=name).wait_for()
    assert page.get_by_text("No network. This page stood so at").is_visible()
    assert not page.get_by_role("button", name="Send the request").is_visible()
    assert faults_of(page) == []
    page.goto(f"{site}/e/{rows.edition.slug}/agenda/")
    assert page.get_by_text("No network. This page stood so at").is_visible()
    page.goto(day)
    assert page.locator(".floor img").evaluate("image => image.naturalWidth") > 0
    assert page.locator("img[src$='badge.svg']").evaluate("image => image.naturalWidth") > 0
    _everything_else_leads_back(page, site, rows)
    assert page.locator(".day h3").last.inner_text() == meeting

    context.set_offline(False)
    page.goto(day)
    page.locator("details.menu summary", has_text="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.wait_for()
    _until(page, NO_DAY)
    context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(day)


def _release_a_line(rows: Rows, mail: str) -> tuple[Subject, Delegate]:
    """Let somebody whom the delegate meets release their contact line to everybody they meet."""
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        sides = MeetingRequest.objects.filter(
            meetings__version=rows.version, state=MeetingRequest.State.ACCEPTED
        ).filter(Q(sender=me) | Q(receiver=me))
        request = sides.select_related("sender__person", "receiver__person").earliest("code")
        other = request.receiver if request.sender_id == me.pk else request.sender
    subject = cleared(other.person, rows)
    line = contact.Typed(name=other.badge_name, email=mail, phone="+40 21 555 0100")
    with acting(subject):
        contact.keep_contact(by=subject, delegate=other, line=line, to_all=True)
    return subject, other


def _open_with_network(page: Page, day: str) -> None:
    """Open the day as the site answers it: on a busy machine that takes longer than what is kept waits for, and the page opens itself."""
    for _ in range(5):
        with contextlib.suppress(BrowserError):  # it was faster
            page.goto(day)
        page.wait_for_load_state()
        if not page.get_by_text("No network. This is your day").is_visible():
            return
    raise AssertionError("the site answers in none of five times")


def test_the_kept_day_holds_released_contact_lines_until_they_are_taken_back(
    site: str, rows: Rows, context: BrowserContext
) -> None:
    mail = "ana@carpat.example"
    subject, other = _release_a_line(rows, mail)
    page = context.new_page()
    sign_in(page, site, rows.delegate)
    day = f"{site}/e/{rows.edition.slug}/my/"
    page.goto(day)
    _until(page, KEPT_BESIDE % page.locator("body [data-keep]").count())
    context.set_offline(True)
    page.goto(day)
    assert page.get_by_text("No network. This is your day").is_visible()
    people = page.locator(".contacts li")
    line, count = people.filter(has=page.get_by_role("link", name=mail)), people.count()
    assert other.badge_name in line.inner_text()
    assert line.get_by_role("link", name=mail).get_attribute("href") == f"mailto:{mail}"
    assert line.locator("a[href='tel:+40215550100']").is_visible()

    # It is taken back while the device has no network: there it stays until the next visit, and not after.
    with acting(subject):
        contact.delete_contact(by=subject, delegate=other)
    page.goto(day)
    assert page.get_by_role("link", name=mail).is_visible()
    context.set_offline(False)
    _open_with_network(page, day)
    assert people.count() == count, "whom they meet they go on to see"
    assert page.get_by_role("link", name=mail).count() == 0
    _until(page, NO_WORDS % mail)
    context.set_offline(True)
    page.goto(day)
    assert page.get_by_text("No network. This is your day").is_visible()
    assert page.get_by_role("link", name=mail).count() == 0


def test_another_reader_on_the_same_device_finds_nothing(
    site: str, rows: Rows, context: BrowserContext
) -> None:
    page = context.new_page()
    sign_in(page, site, rows.delegate)
    day = f"{site}/e/{rows.edition.slug}/my/"
    page.goto(day)
    _until(page, KEPT_DAY)
    # The session ends without signing out: a cookie is lost, the next person signs in.
    context.clear_cookies()
    sign_in(page, site, rows.organiser)
    _until(page, NO_DAY)
    context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(day)
