"""What is entered in the hall and at the site meanwhile comes together: nothing lost, nothing twice, conflicts shown."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cleared_rows import clear_everybody
from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system, right_groups
from punte.apps.cooperation import desk
from punte.apps.cooperation.follow_up import mark_meeting, outcome_of, write_note
from punte.apps.cooperation.hall_copy import HallMerged, merge_hall
from punte.apps.cooperation.hall_given import leave_out_private, read_hall
from punte.apps.cooperation.hall_keys import issue_key, key_for, open_file, revoke_copy
from punte.apps.cooperation.models import HallCopy, MeetingMark, MeetingNote, Scan
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.queries import subject_of_account, subject_of_person
from punte.formats.hall_copy import HallKey, parse_hall, seal_notes, sign_hall
from punte.formats.writing import as_json
from punte.kernel.errors import InvalidInputError, PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    made = make_edition(organisations=12, each=3, requests=40)
    clear_everybody(made.edition)
    return made


def organiser_of(rows: Rows) -> Subject:
    return subject_of_account(Account.objects.get(email=rows.organiser))


def copy_of(rows: Rows) -> HallCopy:
    with acting_as_system("tests"):
        made, _new = HallCopy.objects.get_or_create(
            pk=uuid.UUID(int=5),
            defaults={
                "edition": rows.edition,
                "holder_org_id": rows.edition.owner_org_id,
                "made_at": timezone.now() - dt.timedelta(hours=2),
                "until": timezone.now() + dt.timedelta(days=1),
                "owner_org_id": rows.edition.owner_org_id,
                "label_stewards": right_groups("organise", edition_id=rows.edition.pk),
            },
        )
    return made


def key_of(rows: Rows) -> HallKey:
    return key_for(copy_of(rows))


def file_of(rows: Rows, brought: Iterable[uuid.UUID] = ()) -> bytes:
    """Return the file that a copy gives back now."""
    made = read_hall(rows.edition.slug, key=key_of(rows), brought=frozenset(brought))
    return as_json(made.model_dump(mode="json"))


def content_of(rows: Rows) -> dict[str, Any]:
    """Return what the copy's file holds, with its notes as they were written."""
    with acting(organiser_of(rows)):
        found = open_file(parse_hall(file_of(rows), source="hall.json"))
    content: dict[str, Any] = json.loads(as_json(found.model_dump(mode="json")))
    return content


def signed(rows: Rows, content: dict[str, Any]) -> bytes:
    """Return a changed file as the copy would have sealed and signed it."""
    found = parse_hall(as_json(content), source="hall.json")
    sealed = seal_notes(found, key_of(rows))
    return as_json(sign_hall(sealed, key_of(rows)).model_dump(mode="json"))


def merge(rows: Rows, content: bytes) -> HallMerged:
    with acting(organiser_of(rows)) as by:
        return merge_hall(by=by, edition=rows.edition, content=content, source="hall.json")


def everything() -> dict[str, set[tuple[object, ...]]]:
    """Return all that the two places hold, as anybody would count it."""
    with acting_as_system("tests"):
        return {
            "scans": set(
                Scan.objects.values_list("pk", "delegate_id", "kind", "at", "desk", "by_name")
            ),
            "marks": set(
                MeetingMark.objects.values_list("pk", "request_id", "side", "mark", "at", "by_name")
            ),
            "notes": {
                (*row[:-1], tuple(row[-1]))
                for row in MeetingNote.objects.values_list(
                    "pk", "request_id", "owner_org_id", "text", "at", "label_releasable_to"
                )
            },
        }


def enter(rows: Rows, first: int, place: str) -> None:
    """Work for a while: check people in and out, mark meetings, note something of them."""
    organiser = organiser_of(rows)
    with acting_as_system("tests"):
        people = list(Delegate.objects.filter(edition=rows.edition).order_by("code"))
        requests = list(MeetingRequest.objects.filter(edition=rows.edition).order_by("code"))
        speakers = [subject_of_person(one.sender.person_id) for one in requests[first : first + 5]]
    with acting(organiser) as by:
        for number, one in enumerate(people[first : first + 12]):
            kind = "undo" if number % 5 == 4 else "in"
            desk.scan(by=by, edition=rows.edition, delegate=one, kind=kind, desk=place)
        for one in requests[first : first + 5]:
            mark_meeting(by=by, request=one, mark="held")
    for number, (one, speaker) in enumerate(
        zip(requests[first : first + 5], speakers, strict=True)
    ):
        with acting(speaker) as by:
            mark_meeting(by=by, request=one, mark="held")
            write_note(by=by, request=one, text=f"Noted at {place}.", is_shared=number % 2 == 0)


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
