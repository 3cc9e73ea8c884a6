"""Two people, or two tabs, keep the same commitment or activity: who read it before is told, and loses nothing typed."""

import html

import pytest
from django.test import Client

from edition_rows import Rows, make_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.cooperation.actions import enter_commitment
from punte.apps.cooperation.assistance import enter_assistance
from punte.apps.cooperation.models import Assistance, Commitment
from punte.apps.people.queries import subject_of_account
from security.form_fields import forms_of
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def commitment(rows: Rows) -> Commitment:
    """Return one that a delegate entered, and asked the organisers to publish: both may change it."""
    with acting(subject_of_account(Account.objects.get(email=rows.delegate))):
        return enter_commitment(
            by=subject_of_account(Account.objects.get(email=rows.delegate)),
            who="The Ministry",
            what="Ten radars",
            sources=["https://example.org/1"],
            is_public=True,
        )


@pytest.fixture
def course(rows: Rows) -> Assistance:
    with acting_as_system("tests"):
        by = subject_of_account(Account.objects.get(email=rows.delegate))
        row = enter_assistance(
            by=by,
            kind="training",
            side="offer",
            title="Course",
            about="Long",
            beneficiaries="Moldova",
            releasable_to=[f"edition:{rows.edition.pk}"],
            open_to=[f"edition:{rows.edition.pk}"],
            seats=9,
        )
        row.label_stewards = right_groups("organise", edition_id=rows.edition.pk)
        row.save()
    return row


def form_of(page: str, field: str) -> dict[str, str]:
    """Return what the page's form with a field sends as it stands."""
    return next(form.fields for form in forms_of(page) if field in form.fields)


def opened(client: Client, address: str, field: str) -> dict[str, str]:
    return form_of(client.get(address).content.decode(), field)


def test_a_correction_is_told_to_whoever_opened_the_page_before(
    rows: Rows, commitment: Commitment
) -> None:
    one, other = signed_in(rows.delegate), signed_in(rows.organiser)
    address = f"/commitments/{commitment.pk}/"
    mine, theirs = (opened(client, address, "quotation") for client in (one, other))
    one.post(address, mine | {"what": "Twelve radars"})
    late = other.post(address, theirs | {"what": "Eight radars", "quotation": "Eight"}, follow=True)
    page = html.unescape(late.content.decode())
    assert "since you read it" in page
    assert "Before: The Ministry: Ten radars" in page
    again = form_of(page, "quotation")
    assert (again["what"], again["quotation"]) == ("Eight radars", "Eight")
    with acting_as_system("tests"):
        commitment.refresh_from_db()
        assert commitment.what == "Twelve radars"
    other.post(address, again)
    with acting_as_system("tests"):
        commitment.refresh_from_db()
        assert commitment.what == "Eight radars"


@pytest.mark.parametrize("do", ["publish", "verify"])
def test_nobody_answers_for_words_they_did_not_read(
    rows: Rows, commitment: Commitment, do: str
) -> None:
    one, other = signed_in(rows.delegate), signed_in(rows.organiser)
    address = f"/commitments/{commitment.pk}/"
    theirs = next(
        form.fields
        for form in forms_of(other.get(address).content.decode())
        if form.fields.get("do") == "publish"
    )
    one.post(address, opened(one, address, "quotation") | {"what": "Never read"})
    late = other.post(address, theirs | {"do": do}, follow=True).content.decode()
    assert "since you read it" in late
    with acting_as_system("tests"):
        commitment.refresh_from_db()
        assert "PUBLIC" not in commitment.label_releasable_to
        assert not commitment.is_verified
    again = next(form.fields for form in forms_of(late) if form.fields.get("do") == "publish")
    other.post(address, again | {"do": do})
    with acting_as_system("tests"):
        commitment.refresh_from_db()
        assert ("PUBLIC" in commitment.label_releasable_to) == (do == "publish")
        assert commitment.is_verified == (do == "verify")


def test_a_report_does_not_undo_another_unseen(rows: Rows, commitment: Commitment) -> None:
    one, other = signed_in(rows.delegate), signed_in(rows.organiser)
    address = f"/commitments/{commitment.pk}/"
    mine, theirs = (opened(client, address, "evidence") for client in (one, other))
    one.post(address, mine | {"state": "kept", "evidence": "Letter 7"})
    late = other.post(address, theirs | {"state": "broken", "evidence": "Letter 8"}, follow=True)
    page = html.unescape(late.content.decode())
    assert "Letter 7" in page
    again = form_of(page, "evidence")
    assert (again["state"], again["evidence"]) == ("broken", "Letter 8")
    with acting_as_system("tests"):
        commitment.refresh_from_db()
        assert commitment.state == "kept"


def test_an_activity_is_not_changed_back_by_an_old_page(rows: Rows, course: Assistance) -> None:
    one, other = signed_in(rows.delegate), signed_in(rows.organiser)
    address = f"/assistance/{course.pk}/"
    mine, theirs = (opened(client, address, "outcome") for client in (one, other))
    one.post(address, mine | {"place": "Bălți", "seats": "12"})
    late = other.post(address, theirs | {"title": "Course of radio"}, follow=True)
    page = html.unescape(late.content.decode())
    assert "Ana Ionescu: place, seats" in page
    again = form_of(page, "outcome")
    assert again["title"] == "Course of radio"
    with acting_as_system("tests"):
        course.refresh_from_db()
        assert (course.title, course.place, course.seats) == ("Course", "Bălți", 12)
    other.post(address, again | {"place": "Bălți", "seats": "12"})
    with acting_as_system("tests"):
        course.refresh_from_db()
        assert (course.title, course.place, course.seats) == ("Course of radio", "Bălți", 12)


def test_a_colleagues_seats_are_not_given_back_unseen(rows: Rows, course: Assistance) -> None:
    one, other = signed_in(rows.delegate), signed_in(rows.delegate)
    address = f"/assistance/{course.pk}/"
    mine, theirs = (opened(client, address, "count") for client in (one, other))
    one.post(address, mine | {"count": "4"})
    late = other.post(address, theirs | {"count": "2"}, follow=True)
    page = html.unescape(late.content.decode())
    assert "your organisation has 4 seats now" in page
    again = form_of(page, "count")
    assert again["count"] == "2"
    assert opened(other, address, "outcome")["title"] == "Course", "the other form is as it was"
    with acting_as_system("tests"):
        assert course.taken.get().count == 4
    other.post(address, again)
    with acting_as_system("tests"):
        assert course.taken.get().count == 2
