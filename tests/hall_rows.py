"""A copy for the hall and what people do at it: check in, mark meetings, note something; its file, as it would sign it."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from cleared_rows import clear_everybody
from edition_rows import Rows, make_edition, organiser_of
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.cooperation import desk
from punte.apps.cooperation.follow_up import mark_meeting, write_note
from punte.apps.cooperation.hall_copy import HallMerged, merge_hall
from punte.apps.cooperation.hall_given import read_hall
from punte.apps.cooperation.hall_keys import key_for, open_file
from punte.apps.cooperation.models import HallCopy, MeetingMark, MeetingNote, Scan
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.queries import subject_of_person
from punte.formats.hall_copy import HallKey, parse_hall, seal_notes, sign_hall
from punte.formats.writing import as_json


def hall_edition() -> Rows:
    """Make an edition of whose delegates each may speak for their organisation."""
    made = make_edition(organisations=12, each=3, requests=40)
    clear_everybody(made.edition)
    return made


def copy_of(rows: Rows) -> HallCopy:
    """Return the one copy of the edition, two hours old."""
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
    """Return what that copy signs with."""
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
    """Bring a file in, as the organiser."""
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
