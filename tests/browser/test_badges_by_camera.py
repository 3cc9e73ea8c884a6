"""A badge is read by the camera where the browser itself reads no codes: at the desk with a network, and without."""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.conftest import CHROMIUM, FLAGS, sign_in
from browser.faults import faults_of
from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Scan
from punte.apps.forum.models import Delegate

WAIT_MS = 120_000
WIDTH, HEIGHT = 640, 480
NO_DETECTOR = "delete globalThis.BarcodeDetector"
NO_CAMERA = "MediaDevices.prototype.enumerateDevices = async () => []"
NO_HTTPS = """delete Navigator.prototype.mediaDevices;
Object.defineProperty(globalThis, 'isSecureContext', { value: false })"""

FILMED = f"""async (address) => {{
  const badge = new Image();
  badge.src = address;
  await badge.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [{WIDTH}, {HEIGHT}];
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#999";
  brush.fillRect(0, 0, {WIDTH}, {HEIGHT});
  brush.translate(330, 250);
  brush.rotate(0.2);
  brush.filter = "blur(0.6px)";
  brush.drawImage(badge, -110, -110, 220, 220);
  const {{ data }} = brush.getImageData(0, 0, {WIDTH}, {HEIGHT});
  let luma = "";
  for (let n = 0; n < data.length; n += 4) luma += String.fromCharCode(data[n]);
  return btoa(luma);
}}"""
"""A picture of a badge held askew, as the camera gives it: brightness alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk of an edition of its own, and the badge that its camera sees."""

    page: Page
    rows: Rows
    badge: str
    site: str

    @property
    def address(self) -> str:
        return f"{self.site}/e/{self.rows.edition.slug}/check-in/"

    def scans(self) -> list[str]:
        with acting_as_system("tests"):
            found = Scan.objects.filter(edition=self.rows.edition, delegate__code=self.badge)
            return list(found.values_list("desk", flat=True))

    def awaits_scans(self, desks: list[str]) -> None:
        ends = time.monotonic() + WAIT_MS / 1000
        while self.scans() != desks:
            assert time.monotonic() < ends, self.scans()
            self.page.wait_for_timeout(200)


def _film(page: Page, site: str, rows: Rows, where: Path) -> None:
    """Write what a camera sees that looks at the badge which the site shows its delegate."""
    sign_in(page, site, rows.delegate)
    my_forum = f"{site}/e/{rows.edition.slug}/my/"
    page.goto(my_forum)
    luma = base64.b64decode(page.evaluate(FILMED, f"{my_forum}badge.svg"))
    assert len(luma) == WIDTH * HEIGHT
    frame = b"FRAME\n" + luma + b"\x80" * (WIDTH * HEIGHT // 2)
    where.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420\n".encode() + frame * 5)


@pytest.fixture(scope="module")
def edition_rows() -> list[Rows]:
    """Hold the one edition of this module once it is made."""
    return []


@pytest.fixture
def filming(
    browser: Browser,
    site: str,
    on_stage: None,
    edition_rows: list[Rows],
    tmp_path: Path,
) -> Iterator[tuple[BrowserContext, Rows]]:
    del on_stage
    if not edition_rows:
        edition_rows.append(make_edition(organisations=3, requests=6, places=2))
    rows = edition_rows[0]
    film = tmp_path / "badge.y4m"
    context = browser.new_context(locale="en-GB")
    _film(context.new_page(), site, rows, film)
    context.close()
    seeing = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=[
            *FLAGS,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    made = seeing.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    made.set_default_timeout(WAIT_MS)
    made.add_init_script(NO_DETECTOR)
    yield made, rows
    seeing.close()


@pytest.fixture
def desk(filming: tuple[BrowserContext, Rows], site: str) -> Desk:
    context, rows = filming
    with acting_as_system("tests"):
        badge = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
    page = context.new_page()
    sign_in(page, site, rows.organiser)
    return Desk(page=page, rows=rows, badge=badge.code, site=site)


def test_the_desk_with_a_network_reads_a_badge_by_the_camera(desk: Desk) -> None:
    page = desk.page
    page.goto(desk.address)
    assert page.evaluate("() => typeof BarcodeDetector") == "undefined"
    before = len(desk.scans())
    page.get_by_label("This desk").fill("Lens")
    page.get_by_label("Or search by name").fill("typed meanwhile")
    camera = page.get_by_role("button", name="Camera")
    camera.press("Enter")
    expect(camera).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    expect(page.get_by_text("Escape closes it")).to_be_visible()
    expect(page.locator("[data-told]")).to_contain_text("is checked in.", timeout=WAIT_MS)
    desk.awaits_scans(["Lens"] * (before + 1))
    expect(page.locator("[data-renewed=log]")).to_contain_text("Lens")
    expect(page.get_by_label("Or search by name")).to_have_value("typed meanwhile")
    page.get_by_label("Scan or type the code").fill("nobody")
    page.get_by_label("Scan or type the code").press("Enter")
    expect(page.locator("[data-told]")).to_contain_text("carries “nobody”")
    expect(camera).to_have_attribute("aria-pressed", "true")
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(camera).to_have_attribute("aria-pressed", "false")
    expect(page.locator("video")).to_be_hidden()
    page.wait_for_timeout(1000)
    assert len(desk.scans()) == before + 1, "a badge that stays in the picture counts once"


def test_a_camera_opened_without_the_network_reads_the_badge(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.address}offline/")
    page.locator("[data-desk-name]").fill("Far lens")
    page.get_by_role("button", name="Prepare this desk").click()
    page.locator("[data-key-note]").wait_for(timeout=WAIT_MS)
    page.context.set_offline(True)
    camera = page.get_by_role("button", name="Camera")
    camera.press(" ")
    expect(page.locator("[data-log] li")).to_have_count(1, timeout=WAIT_MS)
    page.get_by_role("button", name="Close the list").click()
    assert page.evaluate("() => document.querySelector('video').srcObject") is None
    page.context.set_offline(False)


@pytest.mark.parametrize(
    ("without", "told"),
    [
        (NO_CAMERA, "This browser offers no camera on this device."),
        (
            NO_HTTPS,
            "The camera takes https",
        ),
    ],
    ids=["no camera", "no https"],
)
def test_a_page_without_a_camera_says_why(desk: Desk, without: str, told: str) -> None:
    desk.page.context.add_init_script(without)
    desk.page.goto(desk.address)
    expect(desk.page.get_by_text(told)).to_be_visible()
    expect(desk.page.get_by_role("button", name="Camera")).to_be_hidden()
    assert faults_of(desk.page) == []
