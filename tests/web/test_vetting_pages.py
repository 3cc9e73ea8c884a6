"""Pages of delegations and vetting: nominate, invite, look before deciding many, stages, places, what begins anew."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import PASSWORD, Rows
from people_desk import base, enter, make_rows, sign_in
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.people.models import (
    Clearance,
    ClearanceStage,
    Delegation,
    Nomination,
    Person,
    WatchEntry,
)
from punte.apps.people.queries import subject_of_person
from punte.apps.people.register import change_person
from punte.apps.people.vetting import next_stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_rows()


def test_a_person_is_nominated_vetted_and_becomes_a_delegate(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    assert "waits for clearance" in enter(client, rows)
    assert "with this address already" in enter(client, rows)
    assert client.get(base(rows, "vetting/")).status_code == 404
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__name="Nou Venit")
        WatchEntry.objects.create(
            edition_id=rows.edition.pk,
            name="venit, NOU",
            reason="Known",
            owner_org_id=rows.edition.owner_org_id,
            label_stewards=[f"organise@{rows.edition.pk}"],
        )
    sign_in(client, rows.organiser)
    assert "Nou Venit" in client.get(base(rows, "vetting/")).content.decode()
    page = base(rows, f"vetting/{nomination.pk}/")
    assert "On the watch list" in client.get(page).content.decode()
    told = client.post(page, {"decision": "rejected", "reason": ""}, follow=True).content.decode()
    assert "Give the reason" in told
    client.post(page, {"decision": "cleared"})
    with acting_as_system("tests"):
        nomination.refresh_from_db()
        delegate = Delegate.objects.get(person=nomination.person)
    assert nomination.state == "cleared"
    assert delegate.function == "Sales"


def test_a_refused_person_keeps_what_was_typed_and_leaves_no_half_step(
    client: Client, rows: Rows
) -> None:
    sign_in(client, rows.delegate)
    bad = client.post(
        base(rows, "delegation/"),
        {"do": "enter", "name": "Ioana Scris", "email": "nowhere", "category": "industry"},
        follow=True,
    ).content.decode()
    assert "is no e-mail address" in bad
    assert 'value="Ioana Scris"' in bad, "nobody types twice"
    assert 'value="Ioana Scris"' not in client.get(base(rows, "delegation/")).content.decode()
    wrong = client.post(
        base(rows, "delegation/"),
        {"do": "enter", "name": "y", "email": "y@example.org", "category": "vip"},
        follow=True,
    ).content.decode()
    assert "Choose a category" in wrong
    with acting_as_system("tests"):
        assert not Person.objects.filter(email="y@example.org").exists(), "whole or not at all"


def test_an_invitation_works_once_for_its_address(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    with acting_as_system("tests"):
        person = Person.objects.get(name="Nou Venit")
    shown = client.post(
        base(rows, "delegation/"), {"do": "invite", "person": str(person.pk)}, follow=True
    ).content.decode()
    address = shown.split("<code>")[1].split("</code>")[0].split("testserver")[1]
    assert address not in client.get(base(rows, "delegation/")).content.decode()
    assert "was refused" in client.post(address, follow=True).content.decode()
    from allauth.account.models import EmailAddress

    account = Account.objects.create_user("nou@example.org", PASSWORD)
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    sign_in(client, "nou@example.org")
    assert "Nobody is linked" in client.get("/me/").content.decode()
    assert "Welcome, Nou Venit" in client.post(address, follow=True).content.decode()
    assert "was refused" in client.post(address, follow=True).content.decode()


def test_many_are_shown_before_they_are_decided(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__name="Nou Venit")
    sign_in(client, rows.organiser)
    bulk = base(rows, "vetting/bulk/")
    data = {"nomination": [str(nomination.pk), "wrong"], "decision": "held", "reason": "Papers"}
    look = client.post(bulk, data).content.decode()
    assert "Look before you decide" in look
    with acting_as_system("tests"):
        nomination.refresh_from_db()
    assert nomination.state == "waiting"
    done = client.post(bulk, data | {"sure": "1"}, follow=True).content.decode()
    assert "1 nomination decided" in done
    assert (
        "Nobody was chosen" in client.post(bulk, {"decision": "held"}, follow=True).content.decode()
    )


def test_the_queue_keeps_its_number_of_queries(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    counts = []
    with acting_as_system("tests"):
        ids = list(Nomination.objects.values_list("pk", flat=True))
    for number in (1, 2):
        with acting_as_system("tests"):
            Nomination.objects.filter(pk__in=ids).update(state="withdrawn")
            Nomination.objects.filter(pk__in=ids[:number]).update(state="held")
        client.get(base(rows, "vetting/?state=held"))
        with CaptureQueriesContext(connection) as queries:
            client.get(base(rows, "vetting/?state=held"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_changed_name_opens_the_clearance_again(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
    told = client.post("/me/", {"name": "Other Name", "email": person.email}, follow=True)
    assert "Your clearance begins again" in told.content.decode()
    with acting_as_system("tests"):
        assert not Nomination.objects.filter(person=person, state="cleared").exists()


def test_a_name_changed_between_two_stages_begins_at_the_first_again(rows: Rows) -> None:
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
        ClearanceStage.objects.create(
            edition_id=rows.edition.pk, position=2, name="Protocol", right="organise"
        )
        nomination = Nomination.objects.filter(person=person, state="cleared").get()
        Nomination.objects.filter(pk=nomination.pk).update(state="waiting", cleared_at=None)
        first = ClearanceStage.objects.get(edition_id=rows.edition.pk, position=1)
        Clearance.objects.create(nomination=nomination, stage=first, decision="cleared")
        nomination.refresh_from_db()
        before = next_stage(nomination)
    assert before is not None
    assert before.name == "Protocol"
    with acting_as_system("tests"):
        subject = subject_of_person(person.pk)
    with acting(subject) as by:
        assert change_person(
            by=by, person=person, edition_id=rows.edition.pk, name="Altul", email=person.email
        )
    with acting_as_system("tests"):
        after = next_stage(Nomination.objects.get(pk=nomination.pk))
    assert after is not None
    assert after.name == "Security"


def test_a_classified_reason_is_refused_with_a_sentence(client: Client, rows: Rows) -> None:
    enter(client=sign_in(client, rows.delegate), rows=rows)
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__email="nou@example.org")
    sign_in(client, rows.organiser)
    page = client.post(
        base(rows, f"vetting/{nomination.pk}/"),
        {"decision": "held", "reason": "See NATO SECRET file"},
        follow=True,
    )
    assert page.status_code == 200
    assert "NATO SECRET" in page.content.decode()
    with acting_as_system("tests"):
        nomination.refresh_from_db()
        assert nomination.state == "waiting"


def test_places_are_set_and_a_wrong_number_changes_nothing(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    page = base(rows, "vetting/places/")
    with acting_as_system("tests"):
        first, second = Delegation.objects.filter(edition_id=rows.edition.pk).select_related(
            "organisation"
        )[:2]
    assert first.organisation.name in client.get(page).content.decode()
    keys = {"delegation": [str(first.pk), str(second.pk)]}
    wrong = client.post(page, {**keys, "quota": ["7", "many"]}, follow=True).content.decode()
    assert "between 0 and 500" in wrong
    with acting_as_system("tests"):
        first.refresh_from_db()
    assert first.quota != 7
    client.post(page, {**keys, "quota": ["7", "9"]})
    with acting_as_system("tests"):
        assert set(
            Delegation.objects.filter(pk__in=[first.pk, second.pk]).values_list("quota", flat=True)
        ) == {7, 9}
    other = Client()
    sign_in(other, rows.delegate)
    assert other.get(page).status_code == 404


def test_markings_are_refused_in_reasons_stages_and_watch_list(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    watch = {"name": "Somebody", "reason": "NATO SECRET file"}
    client.post(base(rows, "vetting/watch/"), watch)
    client.post(base(rows, "vetting/stages/"), {"name": ["NATO SECRET"], "right": ["vet"]})
    with acting_as_system("tests"):
        assert not WatchEntry.objects.exists()
        assert not ClearanceStage.objects.filter(name__contains="SECRET").exists()


def test_a_category_that_is_not_there_admits_nobody_until_one_is_chosen(
    client: Client, rows: Rows
) -> None:
    enter(sign_in(client, rows.delegate), rows)
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__email="nou@example.org")
        Nomination.objects.filter(pk=nomination.pk).update(category="authority")
    sign_in(client, rows.organiser)
    page = base(rows, f"vetting/{nomination.pk}/")
    assert "none of this edition" in client.get(page).content.decode()
    told = client.post(page, {"decision": "cleared"}, follow=True).content.decode()
    assert "names no category of this edition" in told
    with acting_as_system("tests"):
        nomination.refresh_from_db()
        assert nomination.state == "waiting", "cleared and not admitted would be half a step"
        assert not Delegate.objects.filter(person=nomination.person).exists()
    assert "from the list" in (
        client.post(page, {"do": "category", "category": "vip"}, follow=True).content.decode()
    )
    client.post(page, {"do": "category", "category": "industry"})
    client.post(page, {"decision": "cleared"})
    with acting_as_system("tests"):
        assert Delegate.objects.get(person=nomination.person).category.code == "industry"
