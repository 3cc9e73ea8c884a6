"""Suspended, kept apart, withdrawn: at once, for everybody, by who organises every edition, and with a history."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cast import Cast
from punte.apps.access.models import AuditEntry, NeverMeet, Status
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.models import Listing
from punte.apps.people.models import Grant, Organisation
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.queries import subject_of_country
from punte.apps.people.standing import (
    give_back_status,
    keep_organisations_apart,
    restore,
    suspend,
    withdraw_status,
)
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(cast: Cast) -> Cast:
    """Let the organiser organise every edition."""
    with acting_as_system("sample"):
        Grant.objects.create(person=cast.organiser.person, right="organise", edition_id=None)
    return cast


def partnership() -> Status:
    return Status.objects.get(country="MDA", framework="EU_SDP")


def release(organisation: Organisation, *groups: str) -> Organisation:
    with acting_as_system("sample"):
        organisation.label_releasable_to = list(groups)
        organisation.save()
    return organisation


def sees(subject: object, organisation: Organisation) -> bool:
    with acting(subject):  # type: ignore[arg-type]
        return Organisation.objects.filter(pk=organisation.pk).exists()


def test_suspension_and_restoring_act_at_once(site: Cast) -> None:
    for name in (
        "FRA",
        f"org:{site.authority.organisation.pk}",
        f"person:{site.authority.person.pk}",
    ):
        release(site.authority.organisation, "PUBLIC")
        with acting_as_system("sample"):
            site.authority.person.label_releasable_to = ["PUBLIC"]
            site.authority.person.save()
        with acting(site.organiser.subject) as by:
            suspend(by=by, name=name, reason="test")
        assert site.authority.subject.is_denied
        with acting(site.organiser.subject) as by:
            restore(by=by, name=name)
        assert not site.authority.subject.is_denied


def test_who_organises_one_edition_decides_nothing_for_the_others(cast: Cast) -> None:
    for part in ("organiser", "company", "guest"):
        with acting(cast.everybody[part].subject) as by:
            with pytest.raises(NotAllowedError):
                suspend(by=by, name="FRA", reason="rival")
            with pytest.raises(NotAllowedError):
                restore(by=by, name="FRA")
            with pytest.raises(NotAllowedError):
                withdraw_status(by=by, status=partnership(), reason="r")
    assert not cast.authority.subject.is_denied
    assert partnership().withdrawn_at is None


def test_nobody_shuts_itself_out_nor_suspends_nobody_nor_without_a_reason(site: Cast) -> None:
    with acting(site.organiser.subject) as by:
        for name in by.names:
            with pytest.raises(NotAllowedError):
                suspend(by=by, name=name, reason="r")
        for name in ("XXX", "org:1", "person:00000000-0000-0000-0000-000000000000", ""):
            with pytest.raises(PunteError):
                suspend(by=by, name=name, reason="r")
        with pytest.raises(PunteError):
            suspend(by=by, name="FRA", reason=" ")
        with pytest.raises(PunteError):
            suspend(by=by, name="FRA", reason="r", until=timezone.now())


def test_organisations_kept_apart_see_nothing_of_each_other(site: Cast) -> None:
    company, guest = site.company.organisation, site.guest.organisation
    release(company, "PUBLIC")
    release(guest, "PUBLIC")
    with acting(site.organiser.subject) as by:
        keep_organisations_apart(by=by, one=guest, other=company, reason="dispute")
        with pytest.raises(PunteError):
            keep_organisations_apart(by=by, one=company, other=guest, reason="again")
        told = AuditEntry.objects.get(verb="apart.everywhere")
    assert told.detail["reason"] == "dispute"
    assert not sees(site.guest.subject, company)
    assert not sees(site.company.subject, guest)
    assert NeverMeet.objects.count() == 1


def test_a_withdrawal_acts_from_its_day_on_and_leaves_the_history(site: Cast) -> None:
    need = release(site.company.organisation, "EU_SDP")
    assert sees(site.guest.subject, need)
    with acting(site.organiser.subject) as by:
        withdraw_status(by=by, status=partnership(), reason="Decision 1")
        with pytest.raises(PunteError):
            withdraw_status(by=by, status=partnership(), reason="twice")
    assert not sees(site.guest.subject, need)
    today = timezone.localdate()
    assert not sees(subject_of_country("MDA", today), need)
    assert not sees(subject_of_country("MDA", dt.date(2024, 5, 1)), need)
    assert sees(subject_of_country("MDA", dt.date(2024, 5, 21)), need), "it held then"
    assert sees(subject_of_country("MDA", today - dt.timedelta(days=1)), need)
    with acting(site.organiser.subject) as by:
        give_back_status(by=by, status=partnership(), reason="Decision 2")
    assert sees(site.guest.subject, need)


def test_withdrawn_by_a_page_while_the_guest_is_signed_in(site: Cast) -> None:
    need = release(site.company.organisation, "EU_SDP")
    guest, organiser = Client(), Client()
    guest.force_login(site.guest.account)
    organiser.force_login(site.organiser.account)
    assert guest.get(f"/organisations/{need.pk}/").status_code == 200
    data = {"status": partnership().pk, "do": "withdraw", "reason": "Decision 3"}
    assert guest.post("/countries/MDA/status/", data).status_code == 302
    assert partnership().withdrawn_at is None, "a delegate withdraws nothing"
    assert organiser.post("/countries/MDA/status/", data).status_code == 302
    assert partnership().withdrawn_because == "Decision 3"
    assert guest.get(f"/organisations/{need.pk}/").status_code == 404
    page = organiser.get("/countries/MDA/").content.decode()
    assert "Decision 3" in page
    before = Client().get("/countries/MDA/?on=2024-05-21").content.decode()
    assert '<th scope="row">EU Security and Defence Partnership' in before


def test_the_page_of_suspensions_is_for_who_decides_and_who_audits(site: Cast) -> None:
    client = Client()
    client.force_login(site.company.account)
    assert client.get("/suspensions/").status_code == 404
    client.force_login(site.organiser.account)
    client.post("/suspensions/", {"do": "suspend", "name": "FRA", "reason": "Embargo of arms"})
    assert site.authority.subject.is_denied
    assert "Embargo of arms" in client.get("/suspensions/").content.decode()
    client.post("/suspensions/", {"do": "restore", "name": "FRA"})
    assert not site.authority.subject.is_denied
    one, other = site.company.organisation, site.guest.organisation
    release(one, "PUBLIC")
    release(other, "PUBLIC")
    client.post(
        "/suspensions/", {"do": "apart", "one": one.pk, "other": other.pk, "reason": "dispute"}
    )
    pair = NeverMeet.objects.get()
    client.post("/suspensions/", {"do": "meet", "pair": pair.pk})
    assert not NeverMeet.objects.exists()
    with acting_as_system("sample"):
        Grant.objects.create(person=site.guest.person, right="audit", edition_id=None)
    client.force_login(site.guest.account)
    page = client.get("/suspensions/").content.decode()
    assert "Embargo of arms" in page
    assert "<button" not in page.split("<main")[1].split("</main")[0]


def listing(owner: Organisation, title: str, *groups: str, since: dt.datetime) -> Listing:
    with acting_as_system("sample"):
        return Listing.objects.create(
            owner_org=owner,
            side="need",
            kind="equipment",
            language="en",
            title=title,
            text="x",
            state="published",
            published_at=since,
            labelled_at=since,
            label_releasable_to=list(groups),
        )


def test_what_moldova_could_see_on_a_day_has_a_page(site: Cast) -> None:
    owner, old = site.company.organisation, dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    listing(owner, "For partners", "EU_SDP", "ROU", since=old)
    listing(owner, "For candidates", "EU_CANDIDATE", "ROU", since=old)
    listing(owner, "For candidates alone", "EU_CANDIDATE", since=old)
    listing(owner, "Of later", "EU_CANDIDATE", "ROU", since=timezone.now())
    client = Client()
    client.force_login(site.organiser.account)

    def titles(day: str) -> set[str]:
        answer = client.get(f"/countries/MDA/sight/?on={day}")
        assert answer.status_code == 200
        text = answer.content.decode()
        every = ("For partners", "For candidates<", "For candidates alone", "Of later")
        return {one for one in every if one in text}

    assert titles("2024-05-01") == {"For candidates<"}
    assert titles("2024-05-21") == {"For candidates<", "For partners"}
    assert titles("2022-06-01") == set()
    client.force_login(site.authority.account)
    assert client.get("/countries/MDA/sight/").status_code == 404
    assert client.get("/countries/FRA/sight/").status_code == 200, "one's own country"


def test_what_follows_at_a_forum_is_said(cast: Cast) -> None:
    del cast
    page = Client().get("/countries/MDA/").content.decode().split('id="forum"')[1]
    lines = [part for part in page.split("<tr>") if "<th" in part and "badge" in part]
    said = {line.split('row">')[1].split("<")[0]: "badge bad" not in line for line in lines}
    assert said["Delegates from the European Union and its partners"]
    assert not said["Delegates from NATO allies"]
    assert not said["Delegates from the European Union"]
