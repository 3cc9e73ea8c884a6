"""After a form was refused the keyboard stands at the faults: the next Tab and Enter lead to the field, with scripts and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from browser.conftest import LOOKS, Look, sign_in
from browser.faults import faults_of
from browser.test_gift_pages import stored
from edition_rows import Rows
from gift_rows import email_of

FOCUS = "() => document.activeElement.id || document.activeElement.textContent"


def fill(page: Page, site: str, rows: Rows) -> None:
    """Declare a gift of no readable worth, from the keyboard."""
    page.goto(f"{site}/e/{rows.edition.slug}/gifts/")
    page.locator("#declare > summary").press("Enter")
    page.locator("#g-what").fill("A book on bridges")
    page.locator("#g-on").fill("2025-11-05")
    page.locator("#g-other-name").fill("Firm elsewhere")
    page.locator("#g-worth").fill("lots")
    with page.expect_navigation():
        page.locator("#g-worth").press("Enter")


def require_led(page: Page, field: str) -> None:
    """Require that the focus is at the faults, and that Tab and Enter lead to a field."""
    assert page.evaluate(FOCUS) == "faults"
    assert page.title().startswith("Error: ")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.tagName") == "A"
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.activeElement.id === '{field}'")
    assert page.locator(f"#{field}").get_attribute("aria-invalid") in {"true", None}


def test_a_refused_declaration(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    sign_in(page, site, email_of(stored(rows).official))
    fill(page, site, rows)
    assert page.evaluate(FOCUS) == "faults"
    assert faults_of(page) == []
    if look.language.startswith("en"):
        require_led(page, "g-worth")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_with_scripts_and_without(
    site: str, rows: Rows, browser: Browser, *, has_scripts: bool
) -> None:
    del rows
    context = browser.new_context(java_script_enabled=has_scripts, locale=LOOKS[0].language)
    page = context.new_page()
    page.goto(f"{site}/accounts/login/")
    page.locator("input[name=login]").fill("nobody@example.org")
    page.locator("input[name=password]").fill("not the password")
    with page.expect_navigation():
        page.locator("input[name=password]").press("Enter")
    assert page.locator("#faults:focus").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("input[name=login]:focus").wait_for()
    context.close()
