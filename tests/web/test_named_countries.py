"""Naming a country for which an assistance is shows it to nobody: the pages say so, and offer to release it in one step."""

import pytest
from django.test import Client

from cast import make_member
from edition_rows import Rows, make_edition
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation.models import Assistance
from punte.apps.people.queries import subject_of_account
from signed_in import signed_in

pytestmark = pytest.mark.django_db
NOBODY = "nobody there can read it: Moldova."


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def writer(rows: Rows) -> Client:
    return signed_in(rows.delegate)


def enter(client: Client, **more: str) -> tuple[Assistance, str]:
    typed = {"title": "Course", "beneficiaries": "Moldova", "audience": "own", **more}
    page = client.post("/assistance/", typed, follow=True).content.decode()
    with acting_as_system("tests"):
        return Assistance.objects.get(title="Course"), page


def again(row: Assistance) -> None:
    with acting_as_system("tests"):
        row.refresh_from_db()


def test_it_is_said_and_released_in_one_step(rows: Rows, writer: Client) -> None:
    moldovan = make_member("Ion Rusu", "Institutul", country="MDA", edition_id=rows.edition.pk)
    row, page = enter(writer)
    assert row.label_releasable_to == []
    assert "Only your organisation and the organisers can read it so far." in page
    assert NOBODY in page
    assert "Let these countries read it: Moldova" in page
    with acting(subject_of_account(moldovan.account)):
        assert not Assistance.objects.filter(pk=row.pk).exists(), "never by itself"
    page = writer.post(f"/assistance/{row.pk}/", {"do": "release"}, follow=True).content.decode()
    assert NOBODY not in page
    again(row)
    assert row.label_releasable_to == ["MDA"]
    with acting(subject_of_account(moldovan.account)):
        assert Assistance.objects.filter(pk=row.pk).exists()
    with acting_as_system("tests"):
        told = AuditEntry.objects.get(verb="label.changed")
    assert told.detail["after"]["label_releasable_to"] == ["MDA"]
    # A second click, or another's at the same time, changes nothing more.
    writer.post(f"/assistance/{row.pk}/", {"do": "release"})
    with acting_as_system("tests"):
        assert AuditEntry.objects.filter(verb="label.changed").count() == 1


def test_who_reads_it_already_goes_on_to(writer: Client) -> None:
    row, page = enter(writer, audience="NATO", beneficiaries="Moldova, Poland")
    assert NOBODY in page, "Poland is an Ally and reads it"
    writer.post(f"/assistance/{row.pk}/", {"do": "release"})
    again(row)
    assert row.label_releasable_to == ["NATO", "MDA"]


def test_it_can_be_chosen_when_it_is_entered(writer: Client) -> None:
    form = writer.get("/assistance/").content.decode()
    assert "Naming a country does not let it read this" in form
    assert "my organisation and the countries it is for" in form
    row, page = enter(writer, audience="named")
    assert row.label_releasable_to == ["MDA"]
    assert NOBODY not in page


def test_only_its_owner_is_asked_or_may(rows: Rows, writer: Client) -> None:
    row, _page = enter(writer, audience="NATO")
    organiser = signed_in(rows.organiser)
    page = organiser.get(f"/assistance/{row.pk}/").content.decode()
    assert "Course" in page
    assert NOBODY not in page
    organiser.post(f"/assistance/{row.pk}/", {"do": "release"})
    visitor = Client()
    visitor.post(f"/assistance/{row.pk}/", {"do": "release"})
    again(row)
    assert row.label_releasable_to == ["NATO"]


def test_where_all_can_read_it_nothing_is_asked(writer: Client) -> None:
    _row, page = enter(writer, audience="partners")
    assert "nobody there can read it" not in page
