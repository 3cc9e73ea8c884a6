"""Delegates whom nobody can ask yet: told so, with the button there, and asked by mail once a week at most."""

import datetime as dt

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from edition_rows import Rows, make_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.models import Delegate
from punte.apps.forum.unlisted import ASKED_KIND, ask_unlisted
from punte.apps.people.mail import queue_mail
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Consent, Mail, Nomination, Person
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.queries import subject_of_account
from signed_in import let_in

pytestmark = pytest.mark.django_db
NOBODY = "Nobody can ask you for a meeting yet"


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def me(rows: Rows) -> Delegate:
    """The delegate, as an import leaves it: cleared, with a place and an account, and in no directory."""
    with acting_as_system("tests"):
        found = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        Consent.objects.filter(person=found.person).delete()
        found.label_releasable_to = right_groups("check-in", edition_id=rows.edition.pk)
        found.save()
        found.person.label_releasable_to = []
        found.person.save()
    return found


def place(rows: Rows, rest: str) -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def is_found(me: Delegate) -> bool:
    with acting_as_system("tests"):
        me.refresh_from_db()
    return f"edition:{me.edition_id}" in me.label_releasable_to


def asked() -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(kind=ASKED_KIND).order_by("queued_at"))


def test_a_delegate_is_asked_on_my_forum_and_is_found_after_one_press(
    client: Client, rows: Rows, me: Delegate
) -> None:
    let_in(client, rows.delegate)
    for page in ("my/", "people/"):
        assert NOBODY in client.get(place(rows, page)).content.decode()
    told = client.post(place(rows, "my/listing/"), {"listed": "yes"}, follow=True).content.decode()
    assert "Other delegates find you now" in told
    assert NOBODY not in told
    assert is_found(me)
    mine = client.get("/me/").content.decode()
    assert rows.edition.name in mine, "also who was imported takes it back there"
    client.post("/me/", {"do": "listing", "edition": str(rows.edition.pk), "listed": "no"})
    assert not is_found(me)


def test_nobody_is_listed_by_another_nor_without_saying_so(
    client: Client, rows: Rows, me: Delegate
) -> None:
    let_in(client, rows.delegate)
    client.get(place(rows, "my/listing/"))
    client.post(place(rows, "my/listing/"), {})
    assert not is_found(me)
    let_in(client, rows.organiser)
    assert client.post(place(rows, "my/listing/"), {"listed": "yes"}).status_code == 404
    assert not is_found(me)


@pytest.mark.usefixtures("me")
def test_who_cannot_be_asked_anyway_is_not_asked(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        rows.edition.categories.update(may_be_asked=False)
    let_in(client, rows.delegate)
    page = client.get(place(rows, "my/"))
    assert page.status_code == 200
    assert NOBODY not in page.content.decode()


def test_the_organiser_sees_how_many_and_asks_them_once_a_week(
    client: Client, rows: Rows, me: Delegate
) -> None:
    let_in(client, rows.organiser)
    checklist = client.get(place(rows, "set-up/")).content.decode()
    assert "not in the directory: 1." in checklist
    page = client.get(place(rows, "vetting/")).content.decode()
    assert "1 delegate is not in the directory" in page
    assert "Ask 1 by mail" in page
    bulk = place(rows, "vetting/bulk/")
    assert "1 delegate is asked" in client.post(bulk, {"do": "ask"}, follow=True).content.decode()
    assert "0 delegates are asked" in client.post(bulk, {"do": "ask"}, follow=True).content.decode()
    assert "Nobody is left to ask" in client.get(place(rows, "vetting/")).content.decode()
    with acting_as_system("tests"):
        Mail.objects.update(queued_at=timezone.now() - dt.timedelta(days=7, minutes=1))
    client.post(bulk, {"do": "ask"})
    first, second = asked()
    assert first.person_id == second.person_id == me.person_id
    assert send_mail(second.pk) == Mail.State.SENT
    let_in(client, rows.delegate)
    assert client.post(bulk, {"do": "ask"}).status_code == 404


def test_who_took_it_back_or_has_no_account_is_left_in_peace(rows: Rows, me: Delegate) -> None:
    with acting_as_system("tests"):
        by = subject_of_account(Account.objects.get(email=rows.organiser))
        refusal = Consent.objects.create(
            person=me.person, edition_id=rows.edition.pk, withdrawn_at=timezone.now()
        )
    with acting(by):
        assert ask_unlisted(by=by, edition_id=rows.edition.pk) == 0
    with acting_as_system("tests"):
        refusal.delete()
        Person.objects.filter(pk=me.person_id).update(account=None)
    with acting(by):
        assert ask_unlisted(by=by, edition_id=rows.edition.pk) == 0
    own = subject_of_account(Account.objects.get(email=rows.delegate))
    with acting(own), pytest.raises(NotAllowedError):
        ask_unlisted(by=own, edition_id=rows.edition.pk)


@pytest.mark.usefixtures("me")
def test_the_mail_is_not_sent_to_who_is_found_by_then(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    client.post(place(rows, "vetting/bulk/"), {"do": "ask"})
    let_in(client, rows.delegate)
    client.post(place(rows, "my/listing/"), {"listed": "yes"})
    (only,) = asked()
    assert send_mail(only.pk) == Mail.State.NOT_SENT


def test_the_mail_of_the_clearance_says_that_nobody_can_ask_yet(rows: Rows, me: Delegate) -> None:
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person=me.person, edition_id=rows.edition.pk)
        Person.objects.filter(pk=me.person_id).update(languages="en")
    for is_found in (False, True):
        if is_found:
            with acting_as_system("tests"):
                Consent.objects.create(person=me.person, edition_id=rows.edition.pk)
        queue_mail(
            kind="nomination.decided",
            to=me.person,
            key=f"{nomination.pk} {is_found}",
            edition_id=rows.edition.pk,
            about_id=nomination.pk,
        )
        with acting_as_system("tests"):
            letter = Mail.objects.get(kind="nomination.decided", key__endswith=str(is_found))
        assert send_mail(letter.pk) == Mail.State.SENT
        body = str(django_mail.outbox[-1].body)
        assert "Cleared" in body
        assert (NOBODY in body) is not is_found


@pytest.mark.usefixtures("me")
def test_two_organisers_who_ask_at_once_come_one_after_the_other(rows: Rows) -> None:
    with acting_as_system("tests"):
        by = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(by), CaptureQueriesContext(connection) as sent:
        assert ask_unlisted(by=by, edition_id=rows.edition.pk) == len(asked())
    said = [one["sql"] for one in sent]
    lock = next(n for n, one in enumerate(said) if "forum_edition" in one and "FOR NO KEY" in one)
    assert lock < next(
        n for n, one in enumerate(said) if 'FROM "people_person"' in one and "forum_delegate" in one
    )
