"""What becomes of an application: the applicant is told each time, the waiting list has an order, a rejection ends it."""

import pytest
from django.core import mail
from django.test import Client

from cast import EDITION, Cast, make_open_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.application_state import take_first
from punte.apps.forum.models import Application, Edition
from punte.apps.forum.registration import accept, answer
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.waiting_list import place_of
from punte.apps.people.mail import set_rule, set_wording
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import ClearanceStage, Delegation, Mail, Nomination
from punte.apps.people.vetting import decide

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(cast: Cast) -> Edition:
    made = make_open_edition(cast, "company")
    with acting_as_system("tests"):
        ClearanceStage.objects.create(edition_id=EDITION, position=1, name="Host", right="organise")
    return made


def applied(cast: Cast, edition: Edition, name: str, organisation: str = "") -> Application:
    with acting_as_system("tests"):
        return Application.objects.create(
            edition=edition,
            account=Account.objects.create_user(f"{name.lower()}@example.org", language="en"),
            name=name,
            email=f"{name.lower()}@example.org",
            organisation_name=organisation or f"{name} Works",
            organisation_kind="company",
            country_id="ROU",
            category="company",
            owner_org=cast.organiser.organisation,
            label_stewards=right_groups("organise", edition_id=EDITION),
        )


def queued() -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(kind__startswith="application.").order_by("queued_at"))


def send_last() -> str:
    """Send the mail that was queued last and return its text."""
    assert send_mail(queued()[-1].pk) == Mail.State.SENT
    return str(mail.outbox[-1].body)


def test_each_state_is_told_by_mail(cast: Cast, edition: Edition) -> None:
    client = Client()
    account = Account.objects.create_user("ana@example.org", language="en")
    client.force_login(account)
    form = {
        "name": "Ana",
        "function": "",
        "organisation": "Ana Works",
        "kind": "company",
        "country": "ROU",
        "category": "company",
    }
    client.post(f"/e/{edition.slug}/apply/", form)
    with acting_as_system("tests"):
        one = Application.objects.get(account=account)
    assert "was received" in send_last()
    with acting(cast.organiser.subject) as by:
        answer(by=by, application=one, state="listed")
    assert "at place 1" in send_last()
    assert "Place 1 on the waiting list" in client.get(f"/e/{edition.slug}/apply/").content.decode()
    with acting(cast.organiser.subject) as by:
        answer(by=by, application=one, state="refused", reason="Full house")
    text = send_last()
    assert "Full house" in text
    assert text.startswith("Dear Ana,")
    assert mail.outbox[-1].to == [account.email]
    assert [(one.kind, one.account_id, one.person_id) for one in queued()] == [
        ("application.received", account.pk, None),
        ("application.listed", account.pk, None),
        ("application.refused", account.pk, None),
    ]


def test_what_is_over_is_not_told(cast: Cast, edition: Edition) -> None:
    one = applied(cast, edition, "Ana")
    with acting(cast.organiser.subject) as by:
        answer(by=by, application=one, state="listed")
        answer(by=by, application=one, state="refused", reason="Full house")
    first, last = queued()
    assert send_mail(first.pk) == Mail.State.NOT_SENT
    assert send_mail(last.pk) == Mail.State.SENT


def test_who_is_accepted_is_told_as_the_person_that_was_entered(
    cast: Cast, edition: Edition
) -> None:
    one = applied(cast, edition, "Ana")
    with acting(cast.organiser.subject) as by:
        nomination = accept(by=by, application=one, organisation=None)
    (letter,) = queued()
    assert (letter.kind, letter.person_id) == ("application.accepted", nomination.person_id)
    assert "was accepted" in send_last()
    assert mail.outbox[-1].to == ["ana@example.org"]


def test_an_edition_words_reviews_and_leaves_out_these_mails_as_others(
    cast: Cast, edition: Edition
) -> None:
    with acting(cast.organiser.subject) as by:
        host = edition.owner_org_id
        for kind, is_on in (("application.listed", True), ("application.refused", False)):
            set_rule(
                by=by,
                edition_id=edition.pk,
                host_org_id=host,
                kind=kind,
                is_on=is_on,
                is_reviewed=True,
            )
        set_wording(
            by=by,
            edition_id=edition.pk,
            host_org_id=host,
            kind="application.listed",
            language="en",
            subject="Patience, {name}",
            text="Place {place} at {edition}: {link}",
        )
        one = applied(cast, edition, "Ana")
        answer(by=by, application=one, state="listed")
    (letter,) = queued()
    assert letter.state == Mail.State.TO_REVIEW
    desk = Client()
    desk.force_login(cast.organiser.account)
    page = desk.get("/e/here/mail/").content.decode()
    assert "ana@example.org" in page
    assert "An application is on the waiting list" in page
    desk.post("/e/here/mail/", {"mail": str(letter.pk), "do": "send"})
    assert "Place 1 at Here" in send_last()
    assert mail.outbox[-1].subject == "Patience, Ana"
    with acting(cast.organiser.subject) as by:
        answer(by=by, application=one, state="refused", reason="Full house")
    assert [one.kind for one in queued()] == ["application.listed"]
    preview = desk.get("/e/here/mail/kinds/application.refused/?language=ro")
    assert preview.status_code == 200


def test_the_waiting_list_keeps_its_order_and_the_first_moves_up_in_one_press(
    cast: Cast, edition: Edition
) -> None:
    late, early = applied(cast, edition, "Late"), applied(cast, edition, "Early")
    with acting(cast.organiser.subject) as by:
        for one in (early, late):
            answer(by=by, application=one, state="listed")
    with acting_as_system("tests"):
        assert (place_of(early), place_of(late)) == (1, 2)
    desk = Client()
    desk.force_login(cast.organiser.account)
    address = "/e/here/applications/"
    page = desk.get(f"{address}?state=listed").content.decode()
    assert "Accept Early" in page
    assert page.index("Early Works") < page.index("Late Works")
    desk.post(address, {"do": "first"})
    with acting_as_system("tests"):
        early.refresh_from_db()
        assert (early.state, place_of(late)) == ("accepted", 1)
        assert Nomination.objects.filter(person__account=early.account).exists()
    told = queued()[-1]
    assert (told.kind, told.about_id) == ("application.accepted", early.pk)
    with acting(cast.organiser.subject) as by:
        take_first(by=by, edition=edition)
        with pytest.raises(RegistrationError, match="Nobody"):
            take_first(by=by, edition=edition)


def test_after_a_rejection_the_page_says_so_and_takes_another(cast: Cast, edition: Edition) -> None:
    one = applied(cast, edition, "Ion")
    with acting(cast.organiser.subject) as by:
        nomination = accept(by=by, application=one, organisation=None)
    client = Client()
    client.force_login(one.account)
    assert "Waiting for clearance" in client.get("/e/here/apply/").content.decode()
    with acting(cast.organiser.subject) as by:
        decide(by=by, nomination=nomination, decision="rejected", reason="Not known here")
    page = client.get("/e/here/apply/").content.decode()
    assert "Refused" in page
    assert "Not known here" in page
    assert 'name="organisation"' in page, "another can be made"


def test_beyond_the_places_the_organiser_reads_substitute(cast: Cast, edition: Edition) -> None:
    one = applied(cast, edition, "Ion", cast.company.organisation.name)
    with acting_as_system("tests"):
        Delegation.objects.filter(organisation=cast.company.organisation).update(quota=0)
        cast.company.organisation.label_stewards = right_groups("organise", edition_id=EDITION)
        cast.company.organisation.save()
    desk = Client()
    desk.force_login(cast.organiser.account)
    page = desk.post(
        f"/e/{edition.slug}/applications/{one.pk}/",
        {"do": "accept", "organisation": str(cast.company.organisation.pk)},
        follow=True,
    ).content.decode()
    assert "Accepted as a substitute" in page
    assert "now goes through clearance" not in page
