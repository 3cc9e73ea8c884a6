"""A file of the hall: who signed it, who reads it, what is left out of a copy, and which copies are taken."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.utils import timezone

from edition_rows import Rows, organiser_of
from hall_rows import (
    content_of,
    copy_of,
    enter,
    everything,
    file_of,
    hall_edition,
    key_of,
    merge,
    signed,
)
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation.follow_up import write_note
from punte.apps.cooperation.hall_given import leave_out_private
from punte.apps.cooperation.hall_keys import issue_key, revoke_copy
from punte.apps.cooperation.models import HallCopy, MeetingNote, Scan
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.people.queries import subject_of_account
from punte.formats.hall_copy import parse_hall, sign_hall
from punte.formats.writing import as_json
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return hall_edition()


def test_only_what_a_copy_of_this_site_signed_is_taken(rows: Rows, settings: Any) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    with acting(sender) as by:
        write_note(by=by, request=request, text="Ours", is_shared=True)
    content = content_of(rows)
    with acting_as_system("tests"):
        MeetingNote.objects.all().delete()
    forged = json.loads(json.dumps(content))
    forged["notes"][0] |= {"org_id": str(receiver.org_id), "text": "We agree to pay 5 million."}
    later = content | {"copied_at": "2030-01-01T00:00:00Z"}
    for wrong in (forged, content | {"signature": ""}, content | {"signature": "#"}, later):
        with pytest.raises(PunteError, match="not signed by a copy"):
            merge(rows, as_json(wrong))
    file = signed(rows, content)
    secret, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 60
    with pytest.raises(PunteError, match="not signed by a copy"):
        merge(rows, file)
    settings.SECRET_KEY = secret
    assert not everything()["notes"]
    assert merge(rows, file).notes.new == 1


def test_nobody_but_the_site_reads_a_note_in_the_file(rows: Rows) -> None:
    request, sender, _receiver, _third = meeting_of(rows)
    words = ("Only ours, și a lor", "ї" * 4000)
    for number, text in enumerate(words):
        with acting(sender) as by:
            write_note(by=by, request=request, text=text, is_shared=number == 0)
    file = file_of(rows)
    assert b"Only ours" not in file
    assert file != file_of(rows), "each time sealed anew"
    assert {note["text"] for note in content_of(rows)["notes"]} == set(words)
    swapped = json.loads(file)
    notes = swapped["notes"]
    notes[0]["text"], notes[1]["text"] = notes[1]["text"], notes[0]["text"]
    found = parse_hall(as_json(swapped), source="hall.json")
    with pytest.raises(PunteError, match="changed afterwards"):
        merge(rows, as_json(sign_hall(found, key_of(rows)).model_dump(mode="json")))
    content = content_of(rows)
    content["notes"] = [content["notes"][0] | {"id": str(uuid.uuid4()), "text": "a" * 4001}]
    assert "4000 characters" in merge(rows, signed(rows, content)).notes.refused[0]


def test_what_others_noted_for_themselves_is_left_out_of_a_copy(rows: Rows) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    for side, who in ((sender, "the asker"), (receiver, "the asked")):
        for shared in (True, False):
            with acting(side) as by:
                write_note(by=by, request=request, text=f"{who} {shared}", is_shared=shared)
    assert sender.org_id is not None
    assert leave_out_private(holder_org_id=sender.org_id) == 1
    with acting_as_system("tests"):
        left = set(MeetingNote.objects.values_list("text", flat=True))
    assert left == {"the asker True", "the asker False", "the asked True"}


def test_a_revoked_or_ended_copy_brings_nothing_in_and_the_others_go_on(rows: Rows) -> None:
    enter(rows, 0, "hall")
    file, copy = file_of(rows), copy_of(rows)
    with acting_as_system("tests"):
        Scan.objects.all().delete()
        HallCopy.objects.update(until=timezone.now() - dt.timedelta(minutes=1))
    with pytest.raises(PunteError, match="taken until"):
        merge(rows, file)
    with acting_as_system("tests"):
        HallCopy.objects.update(until=timezone.now() + dt.timedelta(days=1))
    delegate = subject_of_account(Account.objects.get(email=rows.delegate))
    with acting(delegate) as by:
        assert not HallCopy.objects.exists()
        with pytest.raises(NotPartOfItError):
            revoke_copy(by=by, copy=copy)
    with acting(organiser_of(rows)) as by:
        issue_key(by=by, edition=rows.edition)
        (other,) = HallCopy.objects.exclude(pk=copy.pk)
        revoke_copy(by=by, copy=other)
        assert merge(rows, file).scans.new == 12, "another copy's end is not this one's"
        revoke_copy(by=by, copy=copy)
    with acting_as_system("tests"):
        Scan.objects.all().delete()
    with pytest.raises(PunteError, match="was revoked"):
        merge(rows, file)
    assert not everything()["scans"]


def test_only_an_organiser_gives_a_copy_its_key(rows: Rows) -> None:
    with acting(organiser_of(rows)) as by:
        first, second = (issue_key(by=by, edition=rows.edition) for _ in range(2))
    assert first.private_key != second.private_key, "each copy has its own"
    delegate = subject_of_account(Account.objects.get(email=rows.delegate))
    with acting(delegate) as by, pytest.raises(NotPartOfItError):
        issue_key(by=by, edition=rows.edition)
