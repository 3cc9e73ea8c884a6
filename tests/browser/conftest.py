"""A real server and a real Chromium; without a Chromium these tests are skipped, and say so."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cast import Cast, make_cast
from edition_rows import PASSWORD, Rows, make_edition

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_LIMIT_S = 240
FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lives here, and skip it with a message where there is no Chromium."""
    absent = pytest.mark.skip(
        reason="No Chromium was found: install chromium to run the browser tests."
    )
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(absent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way to look at a page: its width, its scheme, its language."""

    name: str
    width: int
    scheme: str
    language: str = "en-GB"


LOOKS = (
    Look(name="light", width=1280, scheme="light"),
    Look(name="dark", width=1280, scheme="dark", language="ro-RO"),
    Look(name="phone", width=390, scheme="light"),
)


@pytest.fixture(params=LOOKS, ids=lambda look: look.name)
def look(request: pytest.FixtureRequest) -> Look:
    """Return each look in turn."""
    found: Look = request.param
    return found


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_port(port: int, server: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            raise RuntimeError(f"The server ended with code {server.returncode}.")
        time.sleep(0.1)
    raise RuntimeError(f"The server did not answer within {START_LIMIT_S} s.")


@pytest.fixture(scope="session")
def stage(make_database: Callable[[str], Any]) -> str:
    """Return the address of a database of the browser's own: what a browser should find must be committed."""
    app_url: str = make_database("punte_browser").app_url
    return app_url


@pytest.fixture
def on_stage(stage: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """
    Let a test write rows that the site shows. They stay: make what you look for, and look for nothing else.

    The loop of Chromium's driver runs in this thread; Django would refuse its database for that.
    """
    del django_db_setup
    from django.db import connection

    from punte.config import env

    before = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = stage
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    kept = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(env.database("DATABASE_URL"))
    try:
        with django_db_blocker.unblock():
            yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)
        os.environ["DATABASE_URL"] = before
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def cast_on_stage(on_stage: None) -> Cast:
    """Everybody of the fixed cast, committed where the site sees them."""
    del on_stage
    return make_cast()


STORED: list[Rows] = []


@pytest.fixture
def rows(on_stage: None) -> Rows:
    """Store an edition where the site sees it, once."""
    del on_stage
    if not STORED:
        STORED.append(make_edition(organisations=24, requests=240, places=6))
    return STORED[0]


def sign_in(page: Page, site: str, email: str) -> None:
    """Sign in by address and password, as a person does."""
    page.goto(f"{site}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("input[name=password]").press("Enter")


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the site and its worker leave the mails that they send."""
    return tmp_path_factory.mktemp("mailbox")


def _environment(stage: str, mailbox: Path) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "punte.config.settings",
        "DATABASE_URL": stage,
        "PUNTE_EMAIL_BACKEND": "punte.apps.people.mailbox.MailboxBackend",
        "PUNTE_MAILBOX": str(mailbox),
    }


@pytest.fixture(scope="module")
def worker(stage: str, mailbox: Path) -> Iterator[None]:
    """Run a worker beside the site: timetables are solved and mails are sent as on a site."""
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "run_worker"], env=_environment(stage, mailbox)
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def site(stage: str, mailbox: Path) -> Iterator[str]:
    """Serve the pages from a process of its own, as a site does; the site's address."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--log-level", "warning", "punte.config.wsgi:application"],
        env=_environment(stage, mailbox),
    )
    try:
        _await_port(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for a module."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Complaints(list[str]):
    """What the browser said that no page may make it say: script errors and breaches of the CSP."""

    def watch(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on(
            "console",
            lambda message: self.append(message.text) if message.type == "error" else None,
        )


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[[Look], Page]]:
    """Return a function that opens an empty page in a look; at the end no page may have complained."""
    complaints = Complaints()
    contexts = []

    def open_in(look: Look) -> Page:
        context = browser.new_context(
            viewport={"width": look.width, "height": 900},
            color_scheme=look.scheme,  # type: ignore[arg-type]
            locale=look.language,
            timezone_id="Europe/Brussels",
        )
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield open_in
    for context in contexts:
        context.close()
    assert complaints == []


FOCUSED = """() => {
  const e = document.activeElement;
  return e.getAttribute('aria-label') || e.textContent.trim().slice(0, 60) || e.name || e.tagName;
}"""


@contextmanager
def keyboard_focus(page: Page) -> Iterator[Callable[[], str]]:
    """Yield a function that presses Tab and says what has the focus now."""

    def step() -> str:
        page.keyboard.press("Tab")
        said: str = page.evaluate(FOCUSED)
        return said

    yield step
