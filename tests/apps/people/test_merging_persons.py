"""Two records of one person: what moves, what stands against it, and the way back, to the last row."""

import random
import uuid

import pytest
from django.apps import apps
from django.core import serializers
from django.db import models
from django.test import Client
from django.utils import timezone

from cast import Cast
from edition_rows import Rows, make_edition
from punte.apps.access.models import Account, AuditEntry, AuditLink, NeverMeet
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.models import MeetingRequest, MeetingSeat
from punte.apps.people.invitations import invite
from punte.apps.people.merging_persons import (
    likely_twice,
    merge_persons,
    names_person,
    preview_merge,
    undo_merge_of_persons,
)
from punte.apps.people.models import (
    Consent,
    Grant,
    MailOptOut,
    Merge,
    Nomination,
    Person,
)
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.privacy import erase_person, export_of_person
from punte.apps.people.queries import subject_of_account, subject_of_person
from punte.apps.people.standing import suspend
from small_forum import load_small

pytestmark = pytest.mark.django_db
Table = dict[str, list[str]]


def every_row() -> Table:
    """Return the site's rows by table, as text; the sealed log and the records of merges apart."""
    with acting_as_system("tests"):
        return {
            model._meta.label: sorted(
                serializers.serialize("json", [row]) for row in model._default_manager.all()
            )
            for model in apps.get_models()
            if model.__module__.startswith("punte.") and model not in {AuditEntry, AuditLink, Merge}
        }


def differences(before: Table, after: Table) -> list[str]:
    return [label for label in before if before[label] != after[label]]


def organise_everywhere(person: Person) -> None:
    with acting_as_system("tests"):
        Grant.objects.create(person=person, right="organise", edition_id=None)


@pytest.fixture
def people(cast: Cast) -> Cast:
    organise_everywhere(cast.organiser.person)
    return cast


def second_record(cast: Cast, name: str = "Wilk, Tomasz", **more: object) -> Person:
    """Return another record of the company's delegate, without an account."""
    with acting_as_system("tests"):
        return Person.objects.create(
            name=name, email="t.wilk@example.org", owner_org=cast.company.organisation, **more
        )


def test_only_who_organises_every_edition_looks_or_merges(people: Cast) -> None:
    gone, kept = second_record(people), people.company.person
    for part in ("authority", "company", "guest"):
        with acting(people.everybody[part].subject) as by:
            assert likely_twice(by=by) == []
            with pytest.raises(NotAllowedError, match="Only an organiser of all editions"):
                preview_merge(by=by, kept=kept, gone=gone)
            with pytest.raises(NotAllowedError, match="Only an organiser of all editions"):
                merge_persons(by=by, kept=kept, gone=gone)
    with acting_as_system("tests"):
        assert Person.objects.get(pk=gone.pk).merged_into_id is None


def test_a_second_record_brings_its_rights_and_its_account(people: Cast) -> None:
    gone = second_record(people)
    account = Account.objects.create_user("t.wilk@example.org")
    with acting_as_system("tests"):
        Person.objects.filter(pk=people.company.person.pk).update(account=None)
        Person.objects.filter(pk=gone.pk).update(account=account)
        gone.refresh_from_db()
        kept = Person.objects.get(pk=people.company.person.pk)
        Grant.objects.create(person=gone, right="check-in", edition_id=None)
    with acting(people.organiser.subject) as by:
        merge_persons(by=by, kept=kept, gone=gone)
        (entry,) = AuditEntry.objects.filter(verb="person.merged")
    assert (entry.about_id, entry.detail["gone"]) == (str(kept.pk), str(gone.pk))
    subject = subject_of_account(account)
    assert subject.person_id == kept.pk
    assert subject.has_right("check-in")
    assert subject.org_id == people.company.organisation.pk
    assert subject_of_person(gone.pk).person_id is None, "the old record reads nothing"


def test_of_two_accounts_the_chosen_one_stays_and_the_other_is_closed(people: Cast) -> None:
    gone, kept = second_record(people), people.company.person
    other = Account.objects.create_user("t.wilk@example.org")
    with acting_as_system("tests"):
        Person.objects.filter(pk=gone.pk).update(account=other)
        gone.refresh_from_db()
    before = every_row()
    with acting(people.organiser.subject) as by:
        preview = preview_merge(by=by, kept=kept, gone=gone)
        assert [email for _key, email in preview.accounts] == [
            people.company.account.email,
            "t.wilk@example.org",
        ]
        for wrong in (None, people.guest.account.pk, 0):
            with pytest.raises(NotAllowedError, match="Choose which account stays"):
                merge_persons(by=by, kept=kept, gone=gone, account_id=wrong)
    assert every_row() == before, "neither looking nor a refusal leaves a trace"
    with acting(people.organiser.subject) as by:
        merge = merge_persons(by=by, kept=kept, gone=gone, account_id=other.pk)
    assert subject_of_account(other).person_id == kept.pk
    people.company.account.refresh_from_db()
    assert not people.company.account.is_active
    assert subject_of_account(people.company.account).person_id is None
    with acting(people.organiser.subject) as by:
        undo_merge_of_persons(by=by, merge=merge)
    assert every_row() == before
    with acting(people.organiser.subject) as by, pytest.raises(NotAllowedError, match="before"):
        undo_merge_of_persons(by=by, merge=Merge.objects.get(pk=merge.pk))


def test_what_stands_against_it_is_said_and_nothing_moves(people: Cast) -> None:
    kept, gone = people.company.person, people.guest.person
    with acting_as_system("tests"):
        Person.objects.filter(pk=kept.pk).update(nationality="POL")
        Person.objects.filter(pk=gone.pk).update(nationality="MDA")
        kept.refresh_from_db()
        gone.refresh_from_db()
        NeverMeet.objects.create(
            one_org_id=people.guest.organisation.pk, other_org_id=people.company.organisation.pk
        )
    with acting(people.organiser.subject) as by:
        suspend(by=by, name=f"person:{gone.pk}", reason="Sanctions")
    before = every_row()
    with acting(people.organiser.subject) as by:
        told = " ".join(preview_merge(by=by, kept=kept, gone=gone).against)
        for reason in ("is suspended", "different nationalities", "never meet", "Both come to"):
            assert reason in told
        with pytest.raises(NotAllowedError, match="is suspended"):
            merge_persons(by=by, kept=kept, gone=gone)
        own = preview_merge(by=by, kept=kept, gone=Person.objects.get(pk=by.person_id))
        assert "One of them is you" in own.against[0]
        with pytest.raises(NotAllowedError, match="two different records"):
            merge_persons(by=by, kept=kept, gone=kept)
    assert every_row() == before


def test_a_record_that_was_joined_is_nominated_invited_and_merged_no_more(people: Cast) -> None:
    gone, kept = second_record(people), people.company.person
    with acting(people.organiser.subject) as by:
        merge_persons(by=by, kept=kept, gone=gone)
    with acting_as_system("tests"):
        gone.refresh_from_db()
    with acting(people.organiser.subject) as by:
        with pytest.raises(NotAllowedError, match="still in use"):
            merge_persons(by=by, kept=people.guest.person, gone=gone)
        with pytest.raises(NotAllowedError):
            invite(by=by, person=gone, edition_id=uuid.uuid4())


def test_an_undone_chain_begins_with_the_last(people: Cast) -> None:
    first, second = second_record(people), second_record(people, "T. Wilk")
    before = every_row()
    with acting(people.organiser.subject) as by:
        one = merge_persons(by=by, kept=second, gone=first)
        with acting_as_system("tests"):
            second.refresh_from_db()
        two = merge_persons(by=by, kept=people.company.person, gone=second)
        with pytest.raises(NotAllowedError, match="merged into another since"):
            undo_merge_of_persons(by=by, merge=one)
        undo_merge_of_persons(by=by, merge=two)
        undo_merge_of_persons(by=by, merge=one)
    assert every_row() == before


def test_the_copy_and_the_erasure_reach_the_joined_record(people: Cast) -> None:
    gone, kept = second_record(people, "Tomasz Zweitname"), people.company.person
    with acting(people.organiser.subject) as by:
        merge_persons(by=by, kept=kept, gone=gone)
    with acting(people.company.subject) as by:
        assert "Tomasz Zweitname" in str(export_of_person(by=by))
        erase_person(by=by, person=Person.objects.get(pk=kept.pk))
    with acting_as_system("tests"):
        gone.refresh_from_db()
    assert (gone.name, gone.email) == ("—", "")


def test_what_was_said_of_the_directory_holds(people: Cast) -> None:
    gone, kept = second_record(people), people.company.person
    here, there = uuid.uuid4(), uuid.uuid4()
    with acting_as_system("tests"):
        Consent.objects.create(person=kept, edition_id=here, withdrawn_at=timezone.now())
        Consent.objects.create(person=gone, edition_id=here)
        Consent.objects.create(person=gone, edition_id=there)
    with acting(people.organiser.subject) as by:
        merge_persons(by=by, kept=kept, gone=gone)
    with acting_as_system("tests"):
        standing = Consent.objects.filter(person=kept, withdrawn_at__isnull=True)
        assert list(standing.values_list("edition_id", flat=True)) == [there]


def twin_of(edition: Edition, delegate: Delegate, draw: random.Random) -> Person:
    """Return another record of a delegate's person, with rows of its own that may stand twice."""
    with acting_as_system("tests"):
        person = Person.objects.create(
            name=delegate.badge_name, owner_org_id=delegate.organisation_id, is_synthetic=True
        )
        person.label_stewards = [f"person:{person.pk}"]
        person.save()
        for right in draw.sample(["vet", "finance", "check-in", "audit"], 2):
            Grant.objects.create(person=person, right=right, edition_id=edition.pk)
        for one in (person, delegate.person):
            if draw.random() < 0.7:
                MailOptOut.objects.create(person=one, kind=draw.choice(["a.b", "c.d"]))
            for where in draw.sample([edition.pk, uuid.uuid4()], draw.randint(0, 2)):
                Consent.objects.get_or_create(person=one, edition_id=where)
    return person


@pytest.mark.parametrize("seed", range(6))
def test_merge_and_undo_give_the_same_rows(seed: int) -> None:
    forum, draw = load_small(), random.Random(seed)
    organiser = forum.organiser
    organise_everywhere(person_of(organiser.person_id))
    with acting_as_system("tests"):
        meets = MeetingRequest.objects.values_list("sender_id", flat=True)
        delegate = draw.choice(
            list(
                Delegate.objects.filter(pk__in=meets, person__account__isnull=True).order_by("code")
            )
        )
        whole = Person.objects.get(pk=delegate.person_id)
    twin = twin_of(forum.edition, delegate, draw)
    before = every_row()
    kept, gone = draw.choice([(whole, twin), (twin, whole)])
    with acting(forum.organiser) as by:
        preview = preview_merge(by=by, kept=kept, gone=gone)
        assert every_row() == before
        merge = merge_persons(by=by, kept=kept, gone=gone)
    merged = every_row()
    assert differences(before, merged), "something moved"
    with acting_as_system("tests"):
        place = Delegate.objects.get(pk=delegate.pk)
        assert place.person_id == kept.pk
        assert Nomination.objects.get(edition_id=forum.edition.pk, person=kept).state == "cleared"
        assert MeetingRequest.objects.filter(sender__person=kept).exists()
        assert not MeetingSeat.objects.filter(delegate__person=gone).exists()
    if gone == whole:
        assert dict(preview.moves)["Delegates"] == 1
    with acting(forum.organiser) as by:
        undo_merge_of_persons(by=by, merge=merge)
    assert differences(before, every_row()) == []


def person_of(person_id: uuid.UUID | None) -> Person:
    with acting_as_system("tests"):
        return Person.objects.get(pk=person_id)


NO_PERSONS = {
    "edition_id", "programme_id", "about_id", "about", "milestone_id", "listing_id", "meeting_id",
    "cooperation_id", "request_id", "need_id", "offer_id", "case_id", "loan_plan_id", "partner_id",
    "topic_id", "post_id", "session_key", "thread_org_id", "about_listing_id", "one_org_id",
    "other_org_id", "kept_id", "gone_id", "behalf_of_id", "family_id",
    "membership_id", "holder_org_id",
}  # fmt: skip
"""Identifiers of other things, and those of the sealed log and of merges."""


def test_every_bare_identifier_is_known_to_name_a_person_or_something_else() -> None:
    unknown = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("punte.")
        for field in model._meta.concrete_fields
        if isinstance(field, models.UUIDField)
        and not field.primary_key
        and not names_person(field)
        and field.name not in NO_PERSONS
    }
    assert not unknown, "say whether a merge of persons moves it: names_person, or the list here"


@pytest.fixture
def rows() -> Rows:
    made = make_edition()
    with acting_as_system("tests"):
        organise_everywhere(Person.objects.get(account__email=made.organiser))
    return made


def test_the_page_finds_looks_merges_and_takes_back(client: Client, rows: Rows) -> None:
    stewards = right_groups("organise", edition_id=rows.edition.pk)
    with acting_as_system("tests"):
        kept = Person.objects.get(account__email=rows.delegate)
        Person.objects.filter(pk=kept.pk).update(label_stewards=[*kept.label_stewards, *stewards])
        gone = Person.objects.create(
            name=kept.name.upper(),
            email="second@example.org",
            owner_org_id=kept.owner_org_id,
            label_stewards=stewards,
        )
    client.force_login(Account.objects.get(email=rows.delegate))
    assert client.get("/persons/merge/").status_code == 404
    assert client.post("/persons/merge/", {"kept": kept.pk, "gone": gone.pk}).status_code == 404
    client.force_login(Account.objects.get(email=rows.organiser))
    assert "/persons/merge/" in client.get("/organisations/").content.decode()
    page = client.get("/persons/merge/").content.decode()
    assert "second@example.org" in page
    assert "second@example.org" in client.get("/persons/merge/?q=second").content.decode()
    look = f"/persons/merge/?kept={gone.pk}&gone={kept.pk}"
    shown = client.get(look).content.decode()
    assert "What differs" in shown
    assert "Nominations: 1" in shown
    client.post(look, {"do": "merge", "kept": gone.pk, "gone": kept.pk})
    with acting_as_system("tests"):
        assert Person.objects.get(pk=kept.pk).merged_into_id == gone.pk
        assert Person.objects.get(pk=gone.pk).account is not None
        merge = Merge.objects.get(kind="person")
    assert str(merge.pk) in client.get("/persons/merge/").content.decode()
    told = client.post("/persons/merge/", {"do": "undo", "merge": merge.pk}, follow=True)
    assert "both records are as they were" in told.content.decode()
    with acting_as_system("tests"):
        assert Person.objects.get(pk=kept.pk).merged_into_id is None
        assert Person.objects.get(pk=kept.pk).account is not None
