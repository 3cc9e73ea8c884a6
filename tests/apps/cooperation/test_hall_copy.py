"""What is entered in the hall and at the site meanwhile comes together: nothing lost, nothing twice, conflicts shown."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from edition_rows import Rows, organiser_of
from hall_rows import (
    content_of,
    enter,
    everything,
    file_of,
    hall_edition,
    key_of,
    merge,
    signed,
)
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation import desk
from punte.apps.cooperation.follow_up import mark_meeting
from punte.apps.cooperation.hall_copy import merge_hall
from punte.apps.cooperation.hall_given import read_hall
from punte.apps.cooperation.marks import outcome_of
from punte.apps.cooperation.models import MeetingMark, MeetingNote, Scan
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.queries import subject_of_account, subject_of_person
from punte.formats.writing import as_json
from punte.kernel.errors import InvalidInputError, PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return hall_edition()


def test_two_places_come_together_as_if_everything_was_entered_at_one(rows: Rows) -> None:
    enter(rows, 0, "before the copy")
    copied = everything()
    enter(rows, 3, "hall")
    hall = file_of(rows, [row[0] for found in copied.values() for row in found])  # type: ignore[misc]
    only_hall = {kind: found - copied[kind] for kind, found in everything().items()}
    assert all(only_hall.values())
    with acting_as_system("tests"):
        for model, kind in ((Scan, "scans"), (MeetingMark, "marks"), (MeetingNote, "notes")):
            model.objects.filter(pk__in=[row[0] for row in only_hall[kind]]).delete()
    assert everything() == copied
    enter(rows, 6, "site")
    at_site = everything()
    done = merge(rows, hall)
    together = {kind: at_site[kind] | only_hall[kind] for kind in at_site}
    assert everything() == together
    assert (done.scans.new, done.marks.new, done.notes.new) == tuple(map(len, only_hall.values()))
    assert done.is_clean
    assert not done.disputed
    with acting(organiser_of(rows)):
        here = desk.who_is_here(rows.edition)
    again = merge(rows, hall)
    assert (again.scans.new, again.marks.new, again.notes.new) == (0, 0, 0)
    assert again.notes.known == len(only_hall["notes"]), (
        "what the site had before is not in the file"
    )
    assert everything() == together
    with acting(organiser_of(rows)):
        assert desk.who_is_here(rows.edition) == here


def test_what_contradicts_is_shown_and_the_later_counts(rows: Rows) -> None:
    with acting_as_system("tests"):
        request = MeetingRequest.objects.filter(edition=rows.edition).order_by("code")[0]
        sides = [subject_of_person(one.person_id) for one in (request.sender, request.receiver)]
    with acting(sides[0]) as by:
        in_hall = mark_meeting(by=by, request=request, mark="not")
    hall = file_of(rows)
    with acting_as_system("tests"):
        MeetingMark.objects.all().delete()
    for side, mark in zip(sides, ("held", "held"), strict=True):
        with acting(side) as by:
            mark_meeting(by=by, request=request, mark=mark)
    done = merge(rows, hall)
    assert done.contradictions == (request.code,)
    assert not done.is_clean
    with acting_as_system("tests"):
        assert MeetingMark.objects.count() == 3
        assert outcome_of(request) == "held", "the word at the site is later than that in the hall"
        MeetingMark.objects.all().delete()
    with acting(sides[1]) as by:
        mark_meeting(by=by, request=request, mark="held")
    done = merge(rows, hall)
    assert done.contradictions == (), "two sides may differ"
    assert done.disputed == (request.code,)
    with acting_as_system("tests"):
        assert MeetingMark.objects.filter(pk=in_hall.pk, side="sender").exists()


def test_two_contents_under_one_identifier_are_both_kept(rows: Rows) -> None:
    enter(rows, 0, "site")
    before = everything()
    content = content_of(rows)
    content["scans"][0]["at"] = (timezone.now() - dt.timedelta(hours=1)).isoformat()
    content["marks"][0]["mark"] = "moved"
    content["notes"][0]["text"] = "Forged."
    done = merge(rows, signed(rows, content))
    assert [one.id for one in done.scans.conflicts] == [uuid.UUID(content["scans"][0]["id"])]
    assert (len(done.marks.conflicts), len(done.notes.conflicts)) == (1, 1)
    assert not done.is_clean
    after = everything()
    for kind, found in before.items():
        assert found < after[kind], "what was there stays"
        assert len(after[kind]) == len(found) + 1
    merge(rows, signed(rows, content))
    assert everything() == after


def new(row: dict[str, Any], **changes: object) -> dict[str, Any]:
    return row | {"id": str(uuid.uuid4())} | changes


def test_what_does_not_belong_is_not_taken_and_named(rows: Rows) -> None:
    enter(rows, 0, "site")
    content = content_of(rows)
    before = everything()
    with acting_as_system("tests"):
        open_one = MeetingRequest.objects.filter(edition=rows.edition).order_by("code")[20]
        MeetingRequest.objects.filter(pk=open_one.pk).update(state="sent")
        noted = MeetingRequest.objects.get(pk=content["notes"][0]["request_id"])
        sides = [noted.sender.organisation_id, noted.receiver.organisation_id]
        stranger = Delegate.objects.exclude(organisation__in=sides)[0]
    scan, mark, note = (dict(content[kind][0]) for kind in ("scans", "marks", "notes"))

    nowhere = str(uuid.uuid4())
    content["scans"] = [new(scan, delegate_id=nowhere)]
    content["marks"] = [
        new(mark, request_id=nowhere),
        new(mark, request_id=str(open_one.pk)),
        new(mark, at=(timezone.now() - dt.timedelta(days=2)).isoformat()),
    ]
    content["notes"] = [
        new(note, org_id=str(stranger.organisation_id)),
        new(note, text="NATO RESTRICTED"),
        new(note, text=" \n "),
        new(note, text="a \u202ecixelbissalc"),
    ]
    done = merge(rows, signed(rows, content))
    assert everything() == before
    assert done.lost_scans == 1
    assert [len(part.refused) for part in (done.marks, done.notes)] == [3, 4]
    told = " ".join([*done.marks.refused, *done.notes.refused])
    for words in (
        "does not have the meeting",
        "not agreed",
        "on neither side",
        "RESTRICTED",
        "is empty",
        "nobody sees",
        "older",
    ):
        assert words in told
    assert not done.is_clean


def test_a_file_of_another_day_edition_or_person_is_refused_whole(rows: Rows) -> None:
    enter(rows, 0, "site")
    content = content_of(rows)
    with acting_as_system("tests"):
        Scan.objects.all().delete()
    ahead = json.loads(json.dumps(content))
    ahead["notes"][0]["at"] = (timezone.now() + dt.timedelta(hours=1)).isoformat()
    with acting_as_system("tests"):
        MeetingNote.objects.filter(pk=ahead["notes"][0]["id"]).delete()
    told = merge(rows, signed(rows, ahead))
    assert told.mistimed == (f"notes[0].at {ahead['notes'][0]['at']}",)
    assert not told.is_clean
    assert told.scans.new == len(content["scans"]), "one wrong clock holds nothing else up"
    with acting_as_system("tests"):
        assert not MeetingNote.objects.filter(pk=ahead["notes"][0]["id"]).exists()
        Scan.objects.all().delete()
    with pytest.raises(PunteError, match="another edition"):
        merge(rows, as_json(content | {"edition_id": str(uuid.uuid4())}))
    with pytest.raises(InvalidInputError):
        merge(rows, as_json(content | {"more": []}))
    delegate = subject_of_account(Account.objects.get(email=rows.delegate))
    with acting(delegate) as by, pytest.raises(NotPartOfItError):
        merge_hall(by=by, edition=rows.edition, content=as_json(content), source="x")
    with pytest.raises(PunteError, match="There is no edition"):
        read_hall("nowhere", key=key_of(rows))
    assert not everything()["scans"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("part", ["scans", "marks", "notes"])
def test_a_moment_that_no_page_could_show_is_refused_with_its_place(
    rows: Rows, part: str, moment: str
) -> None:
    enter(rows, 0, "site")
    before = everything()
    content = content_of(rows)
    content[part][1] |= {"id": str(uuid.uuid4()), "at": moment}
    with pytest.raises(InvalidInputError, match=rf"{part}\[1\]\.at.*1970 or after 2200"):
        merge(rows, as_json(content))
    assert everything() == before
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as_system("tests"):
        Scan.objects.update(at="0001-01-01T00:00:00+14:00")


@pytest.mark.parametrize("part", ["scans", "marks", "notes"])
def test_a_moment_long_before_the_edition_is_told_and_not_taken(rows: Rows, part: str) -> None:
    enter(rows, 0, "site")
    before = everything()
    content = content_of(rows)
    content[part][1] |= {"id": str(uuid.uuid4()), "at": "1970-01-02T00:00:00+00:00"}
    done = merge(rows, signed(rows, content))
    assert [one.split()[0] for one in done.mistimed] == [f"{part}[1].at"]
    assert everything() == before


def test_who_was_withdrawn_is_told_when_the_hall_comes_back(rows: Rows) -> None:
    enter(rows, 0, "hall")
    hall = file_of(rows)
    with acting_as_system("tests"):
        Scan.objects.all().delete()
        gone = Delegate.objects.filter(edition=rows.edition).order_by("code")[0]
        Delegate.objects.filter(pk=gone.pk).update(left_at=timezone.now(), label_releasable_to=[])
    done = merge(rows, hall)
    assert done.scans.turned_away == (gone.badge_name,)
    assert not done.is_clean
    assert merge(rows, hall).scans.turned_away == ()
