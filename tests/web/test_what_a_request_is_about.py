"""The need or offer that a request is about stands where the request is read, and never where its reader does not see it."""

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation.follow_up import begin_cooperation
from punte.apps.forum.models import Delegate
from punte.apps.market.models import Listing
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.people.mail import queue_mail
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail
from punte.apps.people.queries import subject_of_person
from signed_in import let_in

pytestmark = pytest.mark.django_db
TITLE = "Bridges in ten minutes"


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def _asked(rows: Rows, *, side: str = "need", is_seen: bool = True) -> MeetingRequest:
    """Return the request of a published meeting of the delegate, about a listing of the delegate's own or nobody's."""
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        version = TimetableVersion.objects.get(edition=rows.edition, state="published")
        meeting = (
            Meeting.objects.filter(version=version, request__sender=me).first()
            or Meeting.objects.filter(version=version, request__receiver=me)[0]
        )
        listing = Listing.objects.create(
            side=side,
            kind="equipment",
            language="en",
            title=TITLE,
            text="A bridge.",
            state="published",
            published_at=timezone.now(),
            owner_org_id=rows.edition.owner_org_id,
            label_releasable_to=["PUBLIC"] if is_seen else [],
        )
        MeetingRequest.objects.filter(pk=meeting.request_id).update(
            about_listing_id=listing.pk, state="accepted"
        )
        return MeetingRequest.objects.select_related(
            "sender__organisation", "receiver__organisation", "edition"
        ).get(pk=meeting.request_id)


def _pages(rows: Rows, request: MeetingRequest) -> list[str]:
    base = f"/e/{rows.edition.slug}/"
    return [
        f"{base}my/",
        f"{base}requests/?whose=all",
        f"{base}requests/{request.pk}/",
        f"{base}follow-up/{request.pk}/",
    ]


def test_each_page_of_a_request_leads_to_what_it_is_about(client: Client, rows: Rows) -> None:
    request = _asked(rows)
    let_in(client, rows.delegate)
    for page in _pages(rows, request):
        shown = client.get(page).content.decode()
        assert TITLE in shown, page
        assert f"/needs/{request.about_listing_id}/" in shown, page


def test_what_its_reader_may_not_see_is_as_if_it_were_about_nothing(
    client: Client, rows: Rows
) -> None:
    request = _asked(rows, is_seen=False)
    let_in(client, rows.delegate)
    for page in _pages(rows, request):
        shown = client.get(page).content.decode()
        assert TITLE not in shown, page
        assert str(request.about_listing_id) not in shown, page
        with acting_as_system("tests"):
            MeetingRequest.objects.filter(pk=request.pk).update(about_listing_id=None)
        without = client.get(page).content.decode()
        with acting_as_system("tests"):
            MeetingRequest.objects.filter(pk=request.pk).update(
                about_listing_id=request.about_listing_id
            )
        assert shown.count("About") == without.count("About"), page


@pytest.mark.parametrize("is_seen", [True, False])
def test_the_mail_names_it_to_who_sees_it(rows: Rows, *, is_seen: bool) -> None:
    request = _asked(rows, is_seen=is_seen)
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        queue_mail(
            kind="request.received",
            to=me.person,
            key="about",
            edition_id=rows.edition.pk,
            about_id=request.pk,
        )
        letter = Mail.objects.get(kind="request.received", key="about")
    assert send_mail(letter.pk) == Mail.State.SENT
    assert (f"Need: {TITLE}" in str(mail.outbox[-1].body)) is is_seen


def test_many_requests_cost_no_more_questions_than_one(client: Client, rows: Rows) -> None:
    request = _asked(rows)
    let_in(client, rows.delegate)
    page = f"/e/{rows.edition.slug}/requests/?whose=all"

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(page)
        return len(caught)

    cost()
    few = cost()
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(edition=rows.edition).update(
            about_listing_id=request.about_listing_id
        )
    assert cost() == few


@pytest.mark.parametrize(("side", "filled"), [("need", "need_id"), ("offer", "offer_id")])
def test_a_cooperation_begins_with_the_need_as_need_and_the_offer_as_offer(
    rows: Rows, side: str, filled: str
) -> None:
    request = _asked(rows, side=side)
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
    by = subject_of_person(me.person_id)
    with acting(by):
        begun = begin_cooperation(by=by, request=request, name="Together", about="", kind="")
    assert {name for name in ("need_id", "offer_id") if getattr(begun, name)} == {filled}
