"""A no-show of the sample edition is repaired and published with three keys, and mails go to exactly those touched."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.test import override_settings
from playwright.sync_api import Page

from browser.conftest import LOOKS, Look, sign_in
from browser.faults import faults_of
from edition_rows import PASSWORD
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.publication import publish_version
from punte.apps.people.mail import address_of
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from small_forum import Forum, load_small, solve

# Counted in the browser, across its pages: whatever a hand does there.
COUNT = """
for (const kind of ["keydown", "pointerdown"]) {
  addEventListener(kind, () => sessionStorage.setItem(kind, 1 + Number(sessionStorage.getItem(kind))), true);
}"""
COUNTED = "['keydown', 'pointerdown'].map((kind) => Number(sessionStorage.getItem(kind)))"
ORGANISER = "organiser@bucharest.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and when a meeting is held, and between which delegates."""

    where: tuple[object, object]
    people: frozenset[object]


@pytest.fixture
def forum(on_stage: None) -> Forum:
    """Publish the sample edition where the site sees it; its mails have left, and everybody has an address."""
    del on_stage
    forum = load_small()
    with acting_as_system("tests"):
        for number, person in enumerate(Person.objects.filter(account=None, email="")):
            Person.objects.filter(pk=person.pk).update(email=f"p{number}@sample.example")
        account = Account.objects.get(email=ORGANISER)
        account.set_password(PASSWORD)
        account.save()
        EmailAddress.objects.update_or_create(
            user=account, email=ORGANISER, defaults={"verified": True, "primary": True}
        )
    version = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=version.id)
    assert send_waiting(forum), "the first publication tells many"
    return forum


def send_waiting(forum: Forum) -> list[str]:
    """Send what waits, as a worker does; return whom it went to."""
    with acting_as_system("tests"):
        waiting = Mail.objects.filter(edition_id=forum.edition.pk, state="waiting")
        keys = list(waiting.values_list("pk", flat=True))
    backend = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend):
        outbox.outbox = []
        assert {send_mail(key) for key in keys} == {"sent"}
        return sorted(to for message in outbox.outbox for to in message.to)


def held(forum: Forum, number: int) -> dict[str, Place]:
    """Return the meetings of a version by their request."""
    rows = Meeting.objects.filter(
        version__edition=forum.edition, version__number=number
    ).select_related("request")
    return {
        row.request.code: Place(
            where=(row.slot_id, row.place_id),
            people=frozenset({row.request.sender_id, row.request.receiver_id}),
        )
        for row in rows
    }


def test_a_repair_takes_three_keys_and_tells_only_those_touched(
    site: str, forum: Forum, open_page: Callable[[Look], Page]
) -> None:
    page = open_page(LOOKS[0])
    sign_in(page, site, ORGANISER)
    page.goto(f"{site}/e/{forum.edition.slug}/timetable/repair/")
    assert faults_of(page) == []
    page.context.add_init_script(COUNT)
    page.goto(f"{site}/e/{forum.edition.slug}/timetable/repair/")
    assert page.evaluate(COUNTED) == [0, 0]
    missing = page.evaluate("document.activeElement.closest('label').innerText.trim()")
    assert missing, "the first who is missing has the focus"
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("heading", name="Proposed repair").is_visible()
    assert missing.split("\n")[0][:6] in page.locator("main").inner_text()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Version 2 is published" in page.locator("body").inner_text()
    assert page.evaluate(COUNTED) == [3, 0], "three keys, and no pointer"

    with acting(forum.organiser):
        before, after = held(forum, 1), held(forum, 2)
        changed = {
            code for code in {*before, *after} if whereof(before, code) != whereof(after, code)
        }
        requests = MeetingRequest.objects.filter(edition=forum.edition, code__in=changed)
        touched = {key for pair in requests.values_list("sender_id", "receiver_id") for key in pair}
        everybody = {key for place in before.values() for key in place.people}
        absent = Delegate.objects.get(edition=forum.edition, code=missing.split()[-1])
        states = TimetableVersion.objects.filter(edition=forum.edition).order_by("number")
        assert list(states.values_list("state", flat=True)) == ["superseded", "published"]
    assert not [place for place in after.values() if absent.pk in place.people]
    assert absent.pk in touched < everybody, "some are touched, and some are not"
    with acting_as_system("tests"):
        expected = sorted(
            address_of(one.person)
            for one in Delegate.objects.filter(pk__in=touched).select_related("person__account")
        )
    assert all(expected)
    assert send_waiting(forum) == expected


def whereof(meetings: dict[str, Place], code: str) -> object:
    return meetings[code].where if code in meetings else None
