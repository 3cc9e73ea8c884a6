"""Nominees without an account: invited by mail, all at once or each, confirmed as their organisations' people; who decides is known."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from edition_rows import PASSWORD, Rows
from people_desk import base, enter, make_rows, sign_in
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system
from punte.apps.people.invitations import MAIL_KIND
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Clearance, ClearanceStage, Mail, Membership, Nomination, Person
from punte.apps.people.models.vetting import Invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_rows()


def _letters() -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(kind=MAIL_KIND).order_by("pk"))


def _invite_all(client: Client, rows: Rows) -> str:
    sent = client.post(base(rows, "vetting/bulk/"), {"do": "invite"}, follow=True)
    return sent.content.decode()


def test_all_without_an_account_are_invited_once_and_the_mails_address_opens_the_place(
    client: Client, rows: Rows
) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    sign_in(client, rows.organiser)
    assert "1 nominee has an address" in client.get(base(rows, "vetting/")).content.decode()
    assert "1 person is invited by mail" in _invite_all(client, rows)
    assert "nominee has an address" not in client.get(base(rows, "vetting/")).content.decode()
    assert "0 persons are invited" in _invite_all(client, rows), "twice is once"
    (letter,) = _letters()
    assert send_mail(letter.pk) == Mail.State.SENT
    sent = mail.outbox[-1]
    assert sent.to == ["nou@example.org"]
    found = re.search(r"/invitation/[0-9a-f]{64}/", str(sent.body))
    assert found is not None
    account = Account.objects.create_user("nou@example.org", PASSWORD)
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    sign_in(client, account.email)
    assert "Welcome, Nou Venit" in client.post(found[0], follow=True).content.decode()


def test_a_mail_of_a_used_invitation_is_not_sent(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    sign_in(client, rows.organiser)
    _invite_all(client, rows)
    with acting_as_system("tests"):
        invitation = Invitation.objects.get()
        invitation.used_at = invitation.expires_at
        invitation.save()
    (letter,) = _letters()
    assert send_mail(letter.pk) == Mail.State.NOT_SENT


def test_nobody_but_an_organiser_invites_all(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    assert client.post(base(rows, "vetting/bulk/"), {"do": "invite"}).status_code == 404
    with acting_as_system("tests"):
        ClearanceStage.objects.filter(edition_id=rows.edition.pk).update(right="organise")
    assert not _letters()


def test_the_rejected_are_not_invited(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    with acting_as_system("tests"):
        Nomination.objects.filter(person__name="Nou Venit").update(state="rejected")
    sign_in(client, rows.organiser)
    assert "0 persons are invited" in _invite_all(client, rows)


def test_whom_a_table_brought_is_confirmed_at_the_desk_many_at_once(
    client: Client, rows: Rows
) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__name="Nou Venit")
        Membership.objects.filter(person=nomination.person).update(confirmed_at=None)
    sign_in(client, rows.organiser)
    chosen = {"nomination": [str(nomination.pk)]}
    bulk = base(rows, "vetting/bulk/")
    clear = {**chosen, "decision": "cleared", "sure": "1"}
    assert "Nobody has confirmed" in client.post(bulk, clear, follow=True).content.decode()
    told = client.post(bulk, {**chosen, "do": "belongs"}, follow=True).content.decode()
    assert "Confirmed for 1 person" in told
    client.post(bulk, clear)
    with acting_as_system("tests"):
        nomination.refresh_from_db()
        assert nomination.state == "cleared"
        assert Clearance.objects.filter(nomination=nomination).count() == 1
        assert Membership.objects.get(person=nomination.person).confirmed_by_id is not None


def test_a_stage_at_which_nobody_may_decide_is_said(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    assert "nobody can decide" not in client.get(base(rows, "vetting/")).content.decode()
    with acting_as_system("tests"):
        ClearanceStage.objects.filter(edition_id=rows.edition.pk).update(right="vet")
    page = client.get(base(rows, "vetting/")).content.decode()
    assert "Nobody has the right “Vetter”" in page
    checklist = client.get(base(rows, "set-up/")).content.decode()
    assert "nobody has the right “Vetter”" in checklist
    sign_in(client, rows.delegate)
    enter(client, rows)
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__name="Nou Venit")
    sign_in(client, rows.organiser)
    told = client.post(
        base(rows, f"vetting/{nomination.pk}/"), {"decision": "cleared"}, follow=True
    ).content.decode()
    assert "is decided by who has the right “Vetter”" in told


def test_one_invited_by_the_organisation_gets_the_mail_too(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    with acting_as_system("tests"):
        person = Person.objects.get(name="Nou Venit")
    client.post(base(rows, "delegation/"), {"do": "invite", "person": str(person.pk)})
    (letter,) = _letters()
    assert letter.person_id == person.pk
    assert send_mail(letter.pk) == Mail.State.SENT
