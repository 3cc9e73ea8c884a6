"""Four eyes in every look: the note of the authority, the switch, the list and the warning above the button that publishes."""

from collections.abc import Callable

from playwright.sync_api import Page

from browser.conftest import Look, sign_in
from browser.faults import faults_of
from browser.test_edition_pages import stiff_tables
from browser.test_gift_pages import stored
from edition_rows import Rows
from gift_rows import email_of
from punte.apps.access.permissions import acting_as_system
from punte.apps.meetings.models import MeetingRequest, TimetableRules


def test_four_eyes_are_without_fault(
    site: str, rows: Rows, open_page: Callable[[Look], Page], look: Look
) -> None:
    sides, base = stored(rows), f"{site}/e/{rows.edition.slug}/"
    with acting_as_system("tests"):
        TimetableRules.objects.update_or_create(
            edition=rows.edition, defaults={"asks_four_eyes": True}
        )
        own = MeetingRequest.objects.filter(
            receiver__organisation=sides.official.org_id, sender__organisation__kind="company"
        )[0]
        own.label_stewards = [f"org:{sides.official.org_id}", *own.label_stewards]
        own.save()
    try:
        page = open_page(look)
        sign_in(page, site, email_of(sides.official))
        page.goto(f"{base}requests/{own.pk}/")
        assert page.locator("#second-pair").count() == 1
        faults = faults_of(page)
        page = open_page(look)
        sign_in(page, site, rows.organiser)
        for tail in ("four-eyes/", "timetable/v2/publish/", "equal-access/", "set-up/rules/"):
            page.goto(base + tail)
            faults += [
                f"{tail}: {fault}" for fault in (*faults_of(page), *stiff_tables(page, look))
            ]
    finally:
        with acting_as_system("tests"):
            TimetableRules.objects.filter(edition=rows.edition).update(asks_four_eyes=False)
    assert faults == []
