"""What becomes of an application: the applicant is told each time, the waiting list has an order, a rejection ends it."""

import pytest
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from cast import EDITION, Cast
from edition_rows import make_open_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.applicant_news import TASK, send_news
from punte.apps.forum.application_state import take_first
from punte.apps.forum.models import Application, Edition
from punte.apps.forum.registration import accept, answer
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.waiting_list import place_of
from punte.apps.people.models import ClearanceStage, Delegation, Nomination
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


def queued() -> list[tuple[str, str]]:
    jobs = ProcrastinateJob.objects.filter(task_name=TASK).order_by("id")
    return [(str(one.args["application_id"]), str(one.args["state"])) for one in jobs]


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
    assert queued() == [(str(one.pk), "waiting")]
    assert send_news(one.pk, "waiting")
    assert "was received" in str(mail.outbox[-1].body)
    with acting(cast.organiser.subject) as by:
        answer(by=by, application=one, state="listed")
    assert send_news(one.pk, "listed")
    assert "at place 1" in str(mail.outbox[-1].body)
    assert "Place 1 on the waiting list" in client.get(f"/e/{edition.slug}/apply/").content.decode()
    with acting(cast.organiser.subject) as by:
        answer(by=by, application=one, state="refused", reason="Full house")
    assert send_news(one.pk, "refused")
    assert ("Full house" in str(mail.outbox[-1].body), mail.outbox[-1].to) == (
        True,
        [account.email],
    )
    assert not send_news(one.pk, "listed"), "what is over is not told"
    assert [state for _key, state in queued()] == ["waiting", "listed", "refused"]


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
    assert queued()[-1] == (str(early.pk), "accepted")
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
