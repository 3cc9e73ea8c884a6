"""Who no longer comes, and who is erased: gone from every sight of others, in every table."""

import json

import pytest
from django.test import Client

from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation import desk
from punte.apps.forum.admission import admit
from punte.apps.forum.models import AttendeeCategory, Delegate, Slot
from punte.apps.forum.queries import delegate_of, faces
from punte.apps.meetings.absence import away_by_delegate
from punte.apps.meetings.bridge import ask_question
from punte.apps.meetings.may_ask import reason_against
from punte.apps.people.models import ClearanceStage, Mail, Nomination, Person
from punte.apps.people.privacy import erase_person, export_of_person
from punte.apps.people.vetting import withdraw_nomination
from punte.kernel.errors import PunteError
from small_forum import Forum, load_small

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum() -> Forum:
    return load_small()


def leaver(forum: Forum) -> Delegate:
    """Return the company's delegate of the sample, whose account others do not have."""
    with acting_as_system("tests"):
        person_id = forum.subject("company").person_id
        return Delegate.objects.select_related("person").get(
            edition=forum.edition, person_id=person_id
        )


def other_than(forum: Forum, delegate: Delegate) -> Delegate:
    with acting_as_system("tests"):
        found = (
            Delegate.objects.filter(edition=forum.edition, person__account__isnull=False)
            .exclude(organisation_id=delegate.organisation_id)
            .exclude(pk=delegate.pk)
            .first()
        )
    assert found is not None
    return found


def withdraw(forum: Forum, delegate: Delegate) -> None:
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(
            edition_id=forum.edition.pk, person_id=delegate.person_id, state="cleared"
        )
    with acting(forum.organiser) as by:
        withdraw_nomination(by=by, nomination=nomination, reason="Cannot travel")


def test_a_withdrawn_delegate_is_seen_asked_and_checked_in_by_nobody(forum: Forum) -> None:
    gone = leaver(forum)
    other = other_than(forum, gone)
    with acting_as_system("tests"):
        email = Account.objects.get(person=other.person_id).email
    part = email.split("@")[0]
    with acting(forum.subject(part)):
        assert gone.pk in faces(forum.edition.pk), "seen before"
    company = forum.subject("company")
    withdraw(forum, gone)
    with acting(forum.subject(part)):
        assert gone.pk not in faces(forum.edition.pk)
        assert not Delegate.objects.filter(pk=gone.pk).exists()
    with acting(company):
        assert delegate_of(company, forum.edition.pk) is None
    with acting(forum.organiser) as by:
        row = Delegate.objects.get(pk=gone.pk)
        assert row.left_at is not None
        assert "no longer comes" in reason_against(other, row)
        with pytest.raises(PunteError, match="no longer comes"):
            desk.scan(by=by, edition=forum.edition, delegate=row)


def test_a_withdrawn_delegate_is_free_in_no_slot(forum: Forum) -> None:
    with acting(forum.organiser):
        before = ask_question(forum.edition)
        code = next(request.sender.code for request in before.requests.values())
        slots = {slot.id for slot in before.instance.slots}
        gone = Delegate.objects.get(edition=forum.edition, code=code)
        free = next(one for one in before.instance.participants if one.id == code)
        assert set(free.unavailable) != slots
    with acting_as_system("tests"):
        there = Nomination.objects.filter(
            edition_id=forum.edition.pk, person_id=gone.person_id, state="cleared"
        ).exists()
    if there:
        withdraw(forum, gone)
    else:
        pytest.fail("the sample's delegates come by nomination")
    with acting(forum.organiser):
        after = ask_question(forum.edition)
        assert code not in {one.id for one in after.instance.participants}, (
            "asks and is asked no more"
        )
        rows = list(Slot.objects.filter(edition=forum.edition))
        away = away_by_delegate(forum.edition, rows)[gone.pk]
        assert {row.code for row in rows if row.pk in away} == slots


def test_who_is_cleared_again_comes_again_under_the_cleared_name(forum: Forum) -> None:
    gone = leaver(forum)
    withdraw(forum, gone)
    with acting_as_system("tests"):
        category = AttendeeCategory.objects.filter(edition=forum.edition).first()
        assert category is not None
        Person.objects.filter(pk=gone.person_id).update(name="Cleared Anew")
        row = Nomination.objects.get(edition_id=forum.edition.pk, person_id=gone.person_id)
        Nomination.objects.create(
            edition_id=forum.edition.pk,
            person_id=gone.person_id,
            delegation=row.delegation,
            owner_org_id=row.owner_org_id,
            category=category.code,
            state="cleared",
        )
        fresh = Nomination.objects.get(
            edition_id=forum.edition.pk, person_id=gone.person_id, state="cleared"
        )
    with acting(forum.organiser):
        back = admit(forum.edition, fresh.pk)
    assert back is not None
    assert (back.pk, back.left_at, back.badge_name) == (gone.pk, None, "Cleared Anew")
    assert back.label_releasable_to == [f"edition:{forum.edition.pk}"]


def test_erasure_leaves_the_name_in_no_table_but_the_sealed_log(forum: Forum) -> None:
    gone = leaver(forum)
    name, company = gone.person.name, forum.subject("company")
    with acting_as_system("tests"):
        Mail.objects.create(
            person=gone.person, kind="test", key="1", owner_org_id=gone.organisation_id
        )
        count = Delegate.objects.filter(edition=forum.edition).count()
    with acting(company) as by:
        erase_person(by=by, person=Person.objects.get(pk=gone.person_id))
    with acting_as_system("tests"):
        assert Delegate.objects.filter(edition=forum.edition).count() == count, "counted still"
        found = tables_with(name)
    assert not found, found


def tables_with(text: str) -> list[str]:
    """Return the tables of the site in which a text stands anywhere; the sealed audit log is left out."""
    from django.apps import apps
    from django.db import connection

    found = []
    for model in apps.get_models():
        table = model._meta.db_table
        if table == "access_auditentry" or not model._meta.managed:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE to_jsonb(t)::text LIKE %s',
                [f"%{text}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_the_copy_of_ones_data_holds_every_table_that_is_about_one(
    forum: Forum, client: Client
) -> None:
    company = forum.subject("company")
    with acting(company) as by:
        data = export_of_person(by=by)
    models = {row["model"] for row in data["records"]}
    assert {
        "people.person",
        "people.membership",
        "people.nomination",
        "forum.delegate",
        "meetings.meetingrequest",
    } <= models
    text = json.dumps(data)
    assert "secret_sha256" not in text
    assert "token_hash" not in text
    client.force_login(Account.objects.get(email="company@bucharest.example"))
    assert client.get("/me/data.json").json()["records"]
    with acting_as_system("tests"):
        strangers = Person.objects.exclude(pk=company.person_id).values_list("name", flat=True)
        assert ClearanceStage.objects is not None
    assert not [name for name in strangers if name in text]
