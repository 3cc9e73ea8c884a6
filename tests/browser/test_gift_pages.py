"""The register of gifts in every look: no fault that a rule can find, and declared from the keyboard."""

from collections.abc import Callable

from playwright.sync_api import Page

from browser.conftest import Look, sign_in
from browser.faults import faults_of
from browser.test_edition_pages import stiff_tables
from cleared_rows import verify
from edition_rows import PASSWORD, Rows
from gift_rows import Sides, declare, email_of, sides_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Gift

LONG = "A model of the bridge over the Danube at Cernavodă, in brass, on a stand of walnut"
STORED: list[Sides] = []


def stored(rows: Rows) -> Sides:
    """Store an official who signs in by password, with a gift of each kind, once."""
    if not STORED:
        sides = sides_of(rows)
        with acting_as_system("tests"):
            account = Account.objects.get(email=email_of(sides.official))
            account.set_password(PASSWORD)
            account.save()
            verify(account)
        declare(rows, sides, "public", what=LONG, became="handed", worth="1250.50")
        declare(rows, sides, what="Dinner for two", kind="host", way="out", worth="")
        STORED.append(sides)
    return STORED[0]


def test_the_register_is_without_fault(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look
) -> None:
    sides = stored(rows)
    with acting_as_system("tests"):
        key = Gift.objects.filter(what=LONG).values_list("pk", flat=True)[0]
    base = f"{site}/e/{rows.edition.slug}/"
    page, faults = open_page(look), []
    sign_in(page, site, email_of(sides.official))
    page.goto(f"{base}gifts/")
    assert page.locator("#declare").count() == 1, "the official is signed in, and declares"
    for address in (f"{base}gifts/", f"{base}gifts/{key}/"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(e => { e.open = true })")
        found = [*faults_of(page), *stiff_tables(page, look)]
        faults += [f"{address}: {fault}" for fault in found]
    page = open_page(look)
    sign_in(page, site, rows.organiser)
    page.goto(f"{base}met-register/")
    faults += [*faults_of(page), *stiff_tables(page, look)]
    assert faults == []
