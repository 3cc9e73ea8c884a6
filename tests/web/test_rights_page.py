"""Granting a right: the person is told from others of the same name, and nothing is done without a second look."""

from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import PASSWORD, Rows
from people_desk import base, make_rows
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.forum.models import Delegate
from punte.apps.people.models import Grant, Organisation, Person
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    made = make_rows()
    stewards = right_groups("organise", edition_id=made.edition.pk)
    with acting_as_system("tests"):
        Person.objects.filter(delegates__edition=made.edition).update(label_stewards=stewards)
    return made


def namesakes(rows: Rows) -> tuple[Delegate, Delegate]:
    with acting_as_system("tests"):
        one, other = Delegate.objects.filter(
            edition=rows.edition, code__in=["P0001", "P0002"]
        ).select_related("organisation", "person")
        Delegate.objects.filter(pk__in=[one.pk, other.pk]).update(badge_name="Ana Pop")
        Person.objects.filter(pk__in=[one.person_id, other.person_id]).update(name="Ana Pop")
        Delegate.objects.filter(pk=other.pk).update(function="Deputy director")
    return one, other


def text(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def grants(person_id: object) -> list[str]:
    with acting_as_system("tests"):
        return list(
            Grant.objects.filter(person_id=person_id, revoked_at=None).values_list(
                "right", flat=True
            )
        )


def test_namesakes_are_told_apart_in_the_search_the_form_and_the_list(rows: Rows) -> None:
    one, other = namesakes(rows)
    client = signed_in(rows.organiser)
    page = text(client, base(rows, "rights/"))
    assert "Ana Pop" not in page, "nobody is offered before somebody is looked for"
    page = text(client, base(rows, "rights/?q=ana+pop"))
    for delegate in (one, other):
        line = page.split(f"person={delegate.person_id}", 1)[0].rsplit("<tr>", 1)[1]
        assert delegate.organisation.name in line
        assert delegate.code in line
    assert "Deputy director" in page
    found = text(client, base(rows, f"rights/?q={other.code.lower()}"))
    assert f"person={other.person_id}" in found
    assert f"person={one.person_id}" not in found
    form = text(client, base(rows, f"rights/?person={other.person_id}"))
    assert other.code in form
    assert f'value="{other.person_id}"' in form
    with acting_as_system("tests"):
        Grant.objects.create(person=other.person, right="vet", edition_id=rows.edition.pk)
    listed = text(client, base(rows, "rights/")).split("Ana Pop", 1)[1].split("</tr>", 1)[0]
    assert other.code in listed
    assert other.organisation.name in listed


def test_a_right_is_granted_after_a_second_look_and_once(rows: Rows) -> None:
    one, _other = namesakes(rows)
    client = signed_in(rows.organiser)
    sent = {"person": str(one.person_id), "right": "audit", "until": ""}
    asked = client.post(base(rows, "rights/"), sent)
    page = unescape(asked.content.decode())
    assert asked.status_code == 200
    assert "Grant the right?" in page
    assert one.code in page
    assert "does not answer to them" in page
    assert grants(one.person_id) == []
    done = client.post(base(rows, "rights/"), {**sent, "do": "grant", "sure": "yes"}, follow=True)
    assert "Granted." in done.content.decode()
    assert grants(one.person_id) == ["audit"]


def test_a_refused_day_leads_back_to_the_same_person_and_keeps_the_form(rows: Rows) -> None:
    one, _other = namesakes(rows)
    client = signed_in(rows.organiser)
    sent = {"person": str(one.person_id), "right": "vet", "until": "2020-01-01"}
    page = unescape(client.post(base(rows, "rights/"), sent, follow=True).content.decode())
    assert "between today and ten years" in page
    assert f'value="{one.person_id}"' in page
    assert '<option value="vet" selected>' in page
    assert grants(one.person_id) == []


def test_a_right_is_taken_back_after_a_second_look(rows: Rows) -> None:
    one, _other = namesakes(rows)
    with acting_as_system("tests"):
        grant = Grant.objects.create(person=one.person, right="audit", edition_id=rows.edition.pk)
    client = signed_in(rows.organiser)
    sent = {"do": "revoke", "grant": str(grant.pk)}
    page = unescape(client.post(base(rows, "rights/"), sent).content.decode())
    assert "Take the right back?" in page
    assert "An auditor watches those who organise" in page
    assert grants(one.person_id) == ["audit"]
    client.post(base(rows, "rights/"), {**sent, "sure": "yes"})
    assert grants(one.person_id) == []


def test_the_search_says_no_more_than_the_organiser_may_see(rows: Rows) -> None:
    one, other = namesakes(rows)
    with acting_as_system("tests"):
        Person.objects.filter(pk=one.person_id).update(label_stewards=[], label_releasable_to=[])
        Organisation.objects.filter(pk=other.organisation_id).update(
            name="Hidden Works", label_stewards=[], label_releasable_to=[]
        )
        Grant.objects.create(person=other.person, right="vet", edition_id=rows.edition.pk)
    client = signed_in(rows.organiser)
    found = text(client, base(rows, "rights/?q=ana"))
    assert f"person={one.person_id}" not in found
    assert one.code not in found
    assert 'name="right"' not in text(client, base(rows, f"rights/?person={one.person_id}"))
    for rest in ("rights/", "rights/?q=ana", f"rights/?person={other.person_id}"):
        assert "Hidden Works" not in text(client, base(rows, rest))


def test_who_is_no_delegate_is_found_as_far_as_the_organiser_sees_them(rows: Rows) -> None:
    with acting_as_system("tests"):
        person = Person.objects.create(
            name="Vera Vetter",
            account=Account.objects.create_user("vera@example.org", PASSWORD),
            owner_org_id=Delegate.objects.get(code="P0001").organisation_id,
            label_stewards=right_groups("organise", edition_id=rows.edition.pk),
        )
    client = signed_in(rows.organiser)
    for words in ("vera+vetter", "vera@example.org"):
        assert f"person={person.pk}" in text(client, base(rows, f"rights/?q={words}"))
    client.post(
        base(rows, "rights/"),
        {"do": "grant", "person": str(person.pk), "right": "vet", "until": "", "sure": "yes"},
    )
    assert grants(person.pk) == ["vet"]
    with acting_as_system("tests"):
        Person.objects.filter(pk=person.pk).update(label_stewards=[], label_releasable_to=[])
    found = text(client, base(rows, "rights/?q=vera@example.org"))
    assert f"person={person.pk}" not in found, "an address tells nothing of whom one does not see"


@pytest.mark.parametrize("rest", ["rights/", "rights/?q=person"])
def test_the_page_costs_as_many_queries_for_many_as_for_one(rows: Rows, rest: str) -> None:
    client = signed_in(rows.organiser)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(base(rows, rest))
        return len(caught)

    with acting_as_system("tests"):
        people = list(Person.objects.filter(delegates__edition=rows.edition))
        Grant.objects.create(person=people[0], right="vet", edition_id=rows.edition.pk)
        Delegate.objects.filter(edition=rows.edition).exclude(code="P0003").update(badge_name="X")
    cost()
    few = cost()
    with acting_as_system("tests"):
        Delegate.objects.filter(edition=rows.edition).update(badge_name="Person")
        for person in people[1:6]:
            Grant.objects.create(person=person, right="vet", edition_id=rows.edition.pk)
    assert cost() == few
