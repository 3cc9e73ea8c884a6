"""The pages of an edition and of what hangs from it, in every look: no fault that a rule can find."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from browser.conftest import Look, sign_in
from browser.faults import faults_of
from edition_rows import Rows

OPEN = (
    "/programmes/",
    "/programmes/coverage/",
    "/commitments/",
    "/assistance/",
    "/search/?q=bridge",
)
ORGANISERS = (
    "agenda/",
    "agenda/edit/",
    "agenda/edit/new/",
    "agenda/changes/",
    "all-requests/",
    "equal-access/",
    "figures/",
    "timetable/versions/",
    "timetable/v1/unmet/",
    "timetable/repair/",
    "mail/kinds/",
    "vetting/",
    "vetting/places/",
    "vetting/stages/",
    "vetting/watch/",
    "rights/",
    "check-in/",
    "check-in/board/",
    "check-in/offline/",
    "check-in/walk-in/",
    "hall/",
    "mail/",
    "set-up/",
    "set-up/facts/",
    "set-up/phases/",
    "set-up/hosts/",
    "set-up/categories/",
    "set-up/apart/",
    "set-up/rules/",
    "applications/",
    "applications/form/",
    "apply/",
    "set-up/venue/?close=T01",
)
DELEGATES = ("my/", "requests/", "people/", "availability/", "delegation/", "agenda/now/")


STIFF = """
() => [...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth + 1)
  .map((e) => `${e.getAttribute('aria-label')} is ${e.scrollWidth - e.clientWidth} px too wide`)
"""


def stiff_tables(page: Page, look: Look) -> list[str]:
    """Return which tables have to be pushed sideways on a telephone, so that their last cells are out of sight."""
    return page.evaluate(STIFF) if look.width == 390 else []


@pytest.mark.parametrize("part", ["visitor", "organiser", "delegate"])
def test_the_pages_of_an_edition_are_without_fault(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look, part: str
) -> None:
    base = f"/e/{rows.edition.slug}/"
    addresses = {
        "visitor": [*OPEN, base, f"{base}agenda/"],
        "organiser": [base + tail for tail in ORGANISERS],
        "delegate": [*(base + tail for tail in DELEGATES), "/me/", "/organisations/"],
    }[part]
    page = open_page(look)
    if part != "visitor":
        sign_in(page, site, rows.organiser if part == "organiser" else rows.delegate)
    found = {}
    for address in addresses:
        answer = page.goto(site + address)
        assert answer is not None
        faults = [*faults_of(page), *stiff_tables(page, look)]
        found[address] = [f"status {answer.status}", *faults] if answer.status != 200 else faults
    assert {address: faults for address, faults in found.items() if faults} == {}
