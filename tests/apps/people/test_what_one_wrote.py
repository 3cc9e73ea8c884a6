"""What somebody wrote is in the copy of their data, is erased by who wrote it, and follows when two records are joined."""

import datetime as dt
import importlib
import json

import pytest
from django.apps import apps
from django.db import connection, models

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import agreed, documents, feedback, follow_up
from punte.apps.cooperation.models import (
    CooperationFile,
    Feedback,
    MeetingMark,
    MeetingNote,
    MeetingTask,
    NextMeeting,
    StageChange,
)
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.merging_persons import (
    merge_persons,
    names_person,
    undo_merge_of_persons,
)
from punte.apps.people.models import Grant, Person
from punte.apps.people.personal_data import ERASED_NAME
from punte.apps.people.privacy import erase_person, export_of_person
from punte.apps.people.queries import subject_of_account

pytestmark = pytest.mark.django_db
DUE = dt.date(2027, 3, 15)
NAMESAKE = "Agnieszka Borkiewicz"
WRITTEN: tuple[type[models.Model], ...] = (
    CooperationFile,
    Feedback,
    MeetingMark,
    MeetingNote,
    MeetingTask,
    NextMeeting,
    StageChange,
)


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def writes_everything(by: Subject, request: MeetingRequest, word: str) -> None:
    """Let one side write each kind of text that hangs from a meeting."""
    with acting(by):
        follow_up.mark_meeting(by=by, request=request, mark="held")
        follow_up.write_note(by=by, request=request, text=f"{word} note", is_shared=False)
        feedback.give_feedback(by=by, request=request, outcome="talks", worth=4, text=word)
        agreed.agree_at(by=by, request=request, text=f"{word} task", side="both", due_on=DUE)
        agreed.meet_again(by=by, request=request, day=DUE, place=word)
        made = follow_up.begin_cooperation(by=by, request=request, name=f"{word} masts")
        documents.add_document(
            by=by, cooperation=made, name="a.txt", content=b"abcdef", is_shared=True
        )
        promise = agreed.Promise(who="x", what=f"{word} promise")
        agreed.promise_at(by=by, request=request, is_shared=False, promise=promise)


def named(*keys: object) -> None:
    with acting_as_system("tests"):
        Person.objects.filter(pk__in=keys).update(name=NAMESAKE)


def writers(model: type[models.Model]) -> set[tuple[object, str]]:
    with acting_as_system("tests"):
        return {(row.by_id, getattr(row, "by_name", "")) for row in model._default_manager.all()}


def test_the_copy_holds_each_kind_one_wrote_and_nothing_of_the_other_side(rows: Rows) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    named(sender.person_id, receiver.person_id)
    writes_everything(sender, request, "Mine")
    with acting(receiver):
        follow_up.write_note(by=receiver, request=request, text="Theirs", is_shared=True)
    with acting(sender):
        data = export_of_person(by=sender)
    kinds = {row["model"] for row in data["records"]}
    assert {model._meta.label_lower for model in WRITTEN} <= kinds
    text = json.dumps(data)
    assert all(word in text for word in ("Mine note", "Mine task", "a.txt", '"worth": 4'))
    assert "Theirs" not in text
    (file,) = [row for row in data["records"] if row["model"] == "cooperation.cooperationfile"]
    assert "content" not in file["fields"]
    assert (file["fields"]["size"], len(file["fields"]["sha256"])) == (6, 64)
    with acting(receiver):
        other = json.dumps(export_of_person(by=receiver))
    assert "Theirs" in other
    assert "Mine note" not in other


def test_of_two_of_one_name_only_what_the_erased_one_wrote_is_unsigned(rows: Rows) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    named(sender.person_id, receiver.person_id)
    writes_everything(sender, request, "Mine")
    with acting(receiver):
        follow_up.write_note(by=receiver, request=request, text="Theirs", is_shared=True)
        follow_up.mark_meeting(by=receiver, request=request, mark="held")
    with acting_as_system("tests"):
        MeetingNote.objects.create(
            request_id=request.pk, text="Old", by_name=NAMESAKE, owner_org_id=sender.org_id
        )
        person = Person.objects.get(pk=sender.person_id)
    with acting(sender):
        erase_person(by=sender, person=person)
    mine, theirs = (sender.person_id, ERASED_NAME), (receiver.person_id, NAMESAKE)
    assert writers(MeetingNote) == {mine, theirs, (None, NAMESAKE)}, "whose the old one is, is open"
    assert writers(MeetingMark) == {mine, theirs}
    for model in (Feedback, NextMeeting, StageChange, CooperationFile):
        assert writers(model) == {mine}, model


def test_a_signature_of_another_record_stays_though_the_name_is_borne_no_more(rows: Rows) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    named(sender.person_id, receiver.person_id)
    for by in (sender, receiver):
        with acting(by):
            follow_up.write_note(by=by, request=request, text="x", is_shared=True)
    with acting_as_system("tests"):
        Person.objects.filter(pk=receiver.person_id).update(name="A. Borkiewicz-Nowak")
        MeetingNote.objects.create(
            request_id=request.pk, text="Old", by_name=NAMESAKE, owner_org_id=sender.org_id
        )
        person = Person.objects.get(pk=sender.person_id)
    with acting(sender):
        erase_person(by=sender, person=person)
    assert writers(MeetingNote) == {
        (sender.person_id, ERASED_NAME),
        (receiver.person_id, NAMESAKE),
        (None, ERASED_NAME),
    }


def test_what_a_joined_record_wrote_follows_and_goes_back(rows: Rows) -> None:
    request, sender, _receiver, _third = meeting_of(rows)
    writes_everything(sender, request, "Mine")
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting_as_system("tests"):
        Grant.objects.create(person_id=organiser.person_id, right="organise", edition_id=None)
        gone = Person.objects.get(pk=sender.person_id)
        kept = Person.objects.create(name=gone.name, owner_org_id=gone.owner_org_id)
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(organiser):
        merge = merge_persons(by=organiser, kept=kept, gone=gone)
    for model in WRITTEN:
        assert {key for key, _name in writers(model)} == {kept.pk}, model
    with acting(organiser):
        undo_merge_of_persons(by=organiser, merge=merge)
    for model in WRITTEN:
        assert {key for key, _name in writers(model)} == {gone.pk}, model


def fill_again() -> None:
    """Take away who wrote each row, as before the column stood, and run the migration's step."""
    with acting_as_system("tests"):
        for model in WRITTEN:
            model._default_manager.update(by_id=None)
    step = importlib.import_module("punte.apps.cooperation.migrations.0018_writers")
    with connection.cursor() as cursor:
        cursor.execute(step.FILL)


def test_rows_that_stand_get_their_writer_where_only_one_bears_the_name(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    named(sender.person_id, third.person_id)
    writes_everything(sender, request, "Mine")
    fill_again()
    signed = [model for model in WRITTEN if model is not MeetingTask]
    for model in signed:
        assert writers(model) == {(sender.person_id, NAMESAKE)}, model
    assert writers(MeetingTask) == {(None, "")}, "it never kept a name"
    with acting_as_system("tests"):
        Person.objects.create(name=NAMESAKE, owner_org_id=sender.org_id)
    fill_again()
    for model in signed:
        assert writers(model) == {(None, NAMESAKE)}, model
    assert receiver.person_id != sender.person_id


def test_a_namesake_with_a_right_leaves_it_open(rows: Rows) -> None:
    request, sender, _receiver, third = meeting_of(rows)
    named(sender.person_id, third.person_id)
    writes_everything(sender, request, "Mine")
    with acting_as_system("tests"):
        Grant.objects.create(
            person_id=third.person_id, right="check-in", edition_id=rows.edition.pk
        )
    fill_again()
    assert writers(MeetingMark) == {(None, NAMESAKE)}


def test_every_table_that_keeps_a_name_and_who_bears_it_is_in_the_copy() -> None:
    silent = {
        model._meta.label
        for model in apps.get_models()
        if {"by_id", "by_name"} <= {field.name for field in model._meta.concrete_fields}
        and getattr(model, "written_by", "") != "by_id"
    }
    # A version is the whole plan, of many writers; a scan and a code are about somebody else.
    assert silent == {"programmes.PlanVersion", "cooperation.Scan", "cooperation.HallCode"}


@pytest.mark.parametrize(
    "label",
    ["programmes.PromiseChange", "funding.Decision", "cooperation.Scan", "cooperation.HallCode"],
)
def test_who_decided_scanned_or_printed_follows_a_joined_record(label: str) -> None:
    assert names_person(apps.get_model(label)._meta.get_field("by_id"))
