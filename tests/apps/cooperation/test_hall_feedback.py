"""What came of meetings, said in the hall and at the site: the newest word of each side counts, and none is lost unseen."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from edition_rows import Rows
from hall_rows import content_of, enter, everything, file_of, hall_edition, key_of, merge, signed
from meeting_rows import meeting_of
from punte.apps.access.permissions import Subject, acting, acting_as_system, right_groups
from punte.apps.cooperation.feedback import give_feedback
from punte.apps.cooperation.hall_given import entries_of
from punte.apps.cooperation.models import Feedback, Scan
from punte.apps.meetings.models import MeetingRequest
from punte.formats.hall_copy import parse_hall, sign_hall
from punte.formats.writing import as_json
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return hall_edition()


def say(by: Subject, request: MeetingRequest, outcome: str, text: str) -> Feedback:
    with acting(by):
        return give_feedback(by=by, request=request, outcome=outcome, worth=4, text=text)


def said() -> set[tuple[object, ...]]:
    with acting_as_system("tests"):
        return set(Feedback.objects.values_list("owner_org_id", "outcome", "text"))


def test_what_was_said_in_the_hall_comes_back_for_the_same_readers(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    say(sender, request, "talks", "Before the copy")
    brought = entries_of(rows.edition.pk)
    say(sender, request, "work", "In the hall, ținut minte")
    say(receiver, request, "nothing", "")
    file = file_of(rows, brought)
    assert b"In the hall" not in file, "what it says is sealed"
    assert len(json.loads(file)["feedback"]) == 2
    with acting_as_system("tests"):
        Feedback.objects.filter(owner_org_id=receiver.org_id).delete()
        earlier = timezone.now() - dt.timedelta(hours=3)
        Feedback.objects.update(outcome="talks", text="Before the copy", at=earlier)
    done = merge(rows, file)
    assert (done.feedback.new, done.is_clean) == (2, True)
    assert said() == {
        (sender.org_id, "work", "In the hall, ținut minte"),
        (receiver.org_id, "nothing", ""),
    }
    again = merge(rows, file)
    assert (again.feedback.new, again.feedback.known) == (0, 2)
    with acting(third):
        assert not Feedback.objects.exists()
    with acting(receiver):
        assert [one.outcome for one in Feedback.objects.all()] == ["nothing"]
    with acting_as_system("tests"):
        labels = {tuple(one.label_releasable_to) for one in Feedback.objects.all()}
    assert labels == {tuple(right_groups("organise", "audit", edition_id=rows.edition.pk))}


def test_a_later_word_at_the_site_stays_and_is_told(rows: Rows) -> None:
    request, sender, _receiver, _third = meeting_of(rows)
    say(sender, request, "talks", "In the hall")
    file = file_of(rows)
    say(sender, request, "contract", "At the site, later")
    done = merge(rows, file)
    assert done.contradictions == (request.code,)
    assert not done.is_clean
    assert said() == {(sender.org_id, "contract", "At the site, later")}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"request_id": str(uuid.UUID(int=9))}, "does not have the meeting"),
        ({"org_id": str(uuid.UUID(int=9))}, "on neither side"),
        ({"text": "NATO SECRET"}, "SECRET"),
        ({"text": "x" * 2001}, "2000 characters"),
    ],
)
def test_feedback_that_does_not_belong_is_named_and_holds_nothing_else_up(
    rows: Rows, changes: dict[str, str], words: str
) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    say(sender, request, "work", "Fine")
    say(receiver, request, "talks", "Also")
    content = content_of(rows)
    with acting_as_system("tests"):
        Feedback.objects.all().delete()
    content["feedback"][0] |= changes
    done = merge(rows, signed(rows, content))
    assert words in done.feedback.refused[0]
    assert (done.feedback.new, len(done.feedback.refused)) == (1, 1)


def test_the_page_of_a_copy_takes_it(rows: Rows) -> None:
    with acting_as_system("tests"):
        meeting = MeetingRequest.objects.filter(
            sender__person__account__email=rows.delegate, meetings__version=rows.version
        )[0]
    page = f"/e/{rows.edition.slug}/follow-up/{meeting.pk}/"
    with override_settings(PUNTE_HALL_COPY=True):
        given = {"do": "feedback", "outcome": "work", "worth": "5", "text": "Said here"}
        assert signed_in(rows.delegate).post(page, given).status_code == 302
    assert [text for _org, _outcome, text in said()] == ["Said here"]


def test_a_file_of_a_copy_of_before_is_still_taken(rows: Rows) -> None:
    enter(rows, 0, "hall")
    content: dict[str, Any] = json.loads(file_of(rows))
    del content["feedback"]
    content["format"] = "punte.hall/3"
    before = sign_hall(parse_hall(as_json(content), source="hall.json"), key_of(rows))
    with acting_as_system("tests"):
        Scan.objects.all().delete()
    file = as_json(before.model_dump(mode="json", exclude={"feedback"}))
    assert merge(rows, file).scans.new == 12


def test_a_desk_named_with_a_marking_is_refused_with_its_place_and_nothing_else_is_lost(
    rows: Rows,
) -> None:
    enter(rows, 0, "hall")
    content = content_of(rows)
    with acting_as_system("tests"):
        Scan.objects.all().delete()
    content["scans"][3]["desk"] = "NATO SECRET desk"
    done = merge(rows, signed(rows, content))
    assert [one.split()[0] for one in done.marked] == ["scans[3].desk"]
    assert (done.scans.new, done.is_clean) == (11, False)
    assert len(everything()["scans"]) == 11
    assert merge(rows, signed(rows, content)).marked == done.marked
