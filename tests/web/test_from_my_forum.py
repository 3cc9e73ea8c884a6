"""My forum leads on: from each line of the day to its page, its notes, and the steps that can be taken with it."""

import re

import pytest
from django.core import mail
from django.test import Client

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import MeetingNote
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import CalendarEntry, Meeting
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail
from signed_in import signed_in

pytestmark = pytest.mark.django_db
NOTE = "Ask for the price of ten bridges."


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def mine(rows: Rows) -> list[Meeting]:
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        held = Meeting.objects.filter(version=rows.version).select_related("request")
        return [one for one in held.order_by("slot__starts_at") if me.pk in one.request.parties]


def read(client: Client, rows: Rows, rest: str) -> str:
    answer = client.get(f"/e/{rows.edition.slug}/{rest}")
    assert answer.status_code == 200, rest
    return answer.text


def test_each_line_of_the_day_leads_to_its_page(rows: Rows) -> None:
    client = signed_in(rows.delegate)
    day = read(client, rows, "my/").split('<ol class="day">', 1)[1]
    led = re.findall(r'<h3><a href="/e/[^/]+/requests/([0-9a-f-]{36})/">', day)
    assert led == [str(one.request_id) for one in mine(rows)]
    assert re.search(r'<h3><a href="/e/[^/]+/agenda/[0-9a-f-]{36}/">Lunch', day)
    page = read(client, rows, f"requests/{led[0]}/")
    for anchor in ("notes", "call-off"):
        assert f'href="#{anchor}"' in page
        assert f'id="{anchor}"' in page


def test_a_note_before_the_meeting_is_the_one_after_it(rows: Rows) -> None:
    client, key = signed_in(rows.delegate), mine(rows)[0].request_id
    assert "No notes yet" in read(client, rows, "my/notes/")
    kept = client.post(
        f"/e/{rows.edition.slug}/follow-up/{key}/", {"do": "note", "text": NOTE, "back": "request"}
    )
    assert kept.headers["Location"] == f"/e/{rows.edition.slug}/requests/{key}/#notes"
    for rest in (f"requests/{key}/", f"follow-up/{key}/", "my/notes/"):
        assert NOTE in read(client, rows, rest), rest
    assert f"/requests/{key}/#notes" in read(client, rows, "my/notes/")
    assert 'my/notes/"' in read(client, rows, "my/")
    refused = client.post(
        f"/e/{rows.edition.slug}/follow-up/{key}/",
        {"do": "note", "text": "NATO SECRET", "back": "request"},
    )
    assert f"/requests/{key}/" in refused.headers["Location"]
    with acting_as_system("tests"):
        assert MeetingNote.objects.count() == 1


def test_notes_of_others_are_read_by_nobody_else(rows: Rows) -> None:
    key = mine(rows)[0].request_id
    signed_in(rows.delegate).post(
        f"/e/{rows.edition.slug}/follow-up/{key}/", {"do": "note", "text": NOTE}
    )
    with acting_as_system("tests"):
        other = Delegate.objects.filter(edition=rows.edition, person__account=None)[0]
        MeetingNote.objects.create(
            request_id=key, text="Theirs alone", owner_org_id=other.organisation_id
        )
    assert "Theirs alone" not in read(signed_in(rows.delegate), rows, "my/notes/")
    organiser = signed_in(rows.organiser)
    assert organiser.get(f"/e/{rows.edition.slug}/my/notes/").status_code == 404
    page = read(organiser, rows, f"requests/{key}/")
    assert NOTE not in page
    assert 'id="notes"' not in page


@pytest.mark.parametrize("who", ["delegate", "organiser"])
def test_a_mail_says_who_called_a_meeting_off_and_why(rows: Rows, who: str) -> None:
    meeting = mine(rows)[0]
    with acting_as_system("tests"):
        CalendarEntry.objects.create(
            edition=rows.edition,
            request=meeting.request,
            status="CONFIRMED",
            slot_id=meeting.slot_id,
            place_id=meeting.place_id,
        )
    page = f"/e/{rows.edition.slug}/requests/{meeting.request_id}/"
    client = signed_in(getattr(rows, who))
    told = client.post(page + "withdraw/", {"revision": "1", "answer": "Ill"}, follow=True).text
    assert "Called off." in told
    with acting_as_system("tests"):
        letter = Mail.objects.get(kind="timetable.published", person__account__email=rows.delegate)
    assert send_mail(letter.pk) == Mail.State.SENT
    body = mail.outbox[-1].body
    by = "the organisers" if who == "organiser" else "Carpat Optics SRL"
    assert f"(called off by {by}: Ill)" in body
    assert "takes it out of your calendar" in body
    assert "does not take place" not in body
