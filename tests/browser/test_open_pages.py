"""The pages that anybody may see, in every look."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from browser.conftest import Look, keyboard_focus
from browser.faults import faults_of

PAGES = ("/ui/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")


@pytest.mark.parametrize("address", PAGES)
def test_page_is_without_fault(
    site: str, open_page: Callable[[Look], Page], look: Look, address: str
) -> None:
    page = open_page(look)
    page.goto(site + address)
    assert faults_of(page) == []


def test_first_tab_skips_to_the_content(
    site: str, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    page.goto(site + "/accounts/login/")
    with keyboard_focus(page) as step:
        assert step()
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_display_and_language_without_a_mouse(
    site: str, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    page.goto(site + "/ui/")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Română").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("lang") == "ro"
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.locator("button[value=dark]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_dialog_and_toast(site: str, open_page: Callable[[Look], Page], look: Look) -> None:
    page = open_page(look)
    page.goto(site + "/ui/")
    page.locator("[data-opens]").click()
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    page.locator("[data-says]").click()
    assert page.locator(".toast p").inner_text()
    page.locator(".toast button").click()
    assert page.locator(".toast").count() == 0


def test_board_is_walked_by_arrows(
    site: str, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    page.goto(site + "/ui/")
    board = page.locator(".board")
    assert board.locator('a.m[tabindex="0"]').count() == 1
    board.locator("a.m").first.focus()
    assert board.locator("a.m.on").count() > 1
    page.keyboard.press("ArrowRight")
    where = page.evaluate("document.activeElement.closest('td').cellIndex")
    assert where == 2
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") > 1
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.closest('td').cellIndex") == 1


def test_a_choice_by_keys_waits_for_the_button(
    site: str, open_page: Callable[[Look], Page], look: Look
) -> None:
    page = open_page(look)
    page.goto(site + "/commitments/")
    choice = page.locator("form[data-auto] select").first
    choice.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert page.url == f"{site}/commitments/"
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.locator("form[data-auto] button").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "?" in page.url
    with page.expect_navigation():
        page.locator("form[data-auto] select").first.select_option(index=2)
