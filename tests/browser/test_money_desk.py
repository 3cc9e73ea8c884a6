"""A treasury enters a loan plan, bonds beside it, how rates move and a second loan, with the keyboard alone, and sees what follows."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page

from browser.conftest import LOOKS, Look, sign_in
from browser.faults import faults_of
from cast import Cast
from edition_rows import PASSWORD
from money_desk import BEGUN
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import LoanPlan

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def treasurer(cast_on_stage: Cast) -> str:
    """Return the address with which one of the authority's people signs in."""
    account = cast_on_stage.authority.account
    with acting_as_system("tests"):
        account.set_password(PASSWORD)
        account.save()
        EmailAddress.objects.update_or_create(
            user=account, email=account.email, defaults={"verified": True, "primary": True}
        )
    return account.email


def type_row(page: Page, first: str, *texts: str) -> None:
    """Type a row of a table from its cell ``first`` on, going from one to the next with Tab; an empty text passes a cell by."""
    page.locator(f"[name='{first}']").focus()
    for number, text in enumerate(texts):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(text)


def keep(page: Page) -> None:
    """Press Enter in the field that has the focus: the plan is kept, and shown."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("[role=alert]").count() == 0, page.locator("main").inner_text()[:600]
    assert "Kept" in page.locator("main, .note").first.inner_text() or "Begun" in page.content()


def follow(page: Page, name: str) -> None:
    """Go to another page of the plan with the keyboard; in every width it is without fault."""
    page.get_by_role("link", name=name).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert faults_of(page) == []


def enter_bonds(page: Page) -> None:
    """Enter bonds that are rolled over, and see the plan weighed against them."""
    follow(page, "Change the alternatives")
    type_row(page, "new-kind-0", "bonds, r", "10", "6.123", "0.2", "", "", "Ministry of Finance")
    page.locator("[name='new-rate-0']").focus()
    keep(page)
    told = page.locator("main").inner_text()
    assert "10-year bonds, rolled over to year 45" in told
    assert "All are weighed on the curve “flat 6.123 %”" in told


def enter_rates(page: Page) -> None:
    """Enter a scenario and a random rate, and see the fan and what a point more costs."""
    follow(page, "Change scenarios and random rates")
    type_row(page, "scenario-id-0", "up", "One point more", "1")
    type_row(page, "model-index-0", "bond-10y", "", "", "", "1.2")
    keep(page)
    told = page.locator("main").inner_text()
    assert "Debt service under random rates" in told
    assert "One point more: more than now" in told


def enter_second_loan(page: Page) -> None:
    """Name a second loan, give it its terms, and draw on it."""
    follow(page, "Change the terms")
    type_row(page, "new-loan", "short")
    keep(page)
    follow(page, "Change the terms")
    for field, text in (
        ("maturity_years", "10"),
        ("first_principal_year", "1"),
        ("principal_payments", "10"),
    ):
        cell = page.locator(f"[name='loan-short-{field}']")
        cell.focus()
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    keep(page)

    follow(page, "Change the draws")
    page.locator("[name='draw-date-1']").fill("2028-05-15")
    type_row(page, "draw-id-1", "second")
    type_row(page, "draw-loan-1", "short")
    type_row(page, "draw-amount-1", "50000000")
    keep(page)


def test_a_plan_is_entered_and_weighed_with_the_keyboard_alone(
    site: str, treasurer: str, open_page: Callable[[Look], Page]
) -> None:
    page = open_page(LOOKS[0])
    sign_in(page, site, treasurer)
    page.goto(f"{site}/finance/plans/new/")
    for name, text in BEGUN.items():
        page.locator(f"[name='{name}']").fill(text)
    page.locator("[name='draw-amount']").focus()
    keep(page)
    assert "nothing says what this loan saves" in page.locator("main").inner_text()
    enter_bonds(page)
    enter_rates(page)
    enter_second_loan(page)
    rows = page.get_by_role("row").filter(has_text="50,000,000.00")
    assert "2038-05-15" in rows.first.inner_text(), "ten years after its draw"
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(name=BEGUN["name"])
    assert [draw["loan"] for draw in plan.content["draws"]] == ["loan", "short"]
    assert plan.content["alternatives"][0]["source"] == "Ministry of Finance"
    assert plan.content["models"][0]["volatility"] == 0.012
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert faults_of(page) == []
