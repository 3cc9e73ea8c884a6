"""Pages of commitments, assistance, cooperations, the desk and the papers."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows, make_edition
from page_forms import form_with
from page_lines import in_one_line
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import (
    Assistance,
    Commitment,
    Cooperation,
    MeetingMark,
    MeetingNote,
    MeetingTask,
    Scan,
)
from punte.apps.cooperation.sample import load_cooperation
from punte.apps.meetings.models import Meeting, MeetingRequest
from punte.apps.people.models import Organisation
from punte.formats.check_in import BUNDLE_FORMAT
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    made = make_edition()
    load_cooperation(made.edition.owner_org_id, with_synthetic=True)
    return made


def test_a_visitor_reads_commitments_and_assistance(client: Client, rows: Rows) -> None:
    del rows
    page = client.get("/commitments/").content.decode()
    assert "16,680,055,394" in page
    assert "not verified" in page
    assert client.get("/commitments/?state=overdue&q=europe").status_code == 200
    assert client.get("/commitments/?as=xlsx").status_code == 200
    assert "European Peace Facility" in client.get("/assistance/?country=MDA").content.decode()
    assert client.get("/assistance/calendar.ics").content.startswith(b"BEGIN:VCALENDAR")
    with acting_as_system("tests"):
        commitment, activity = Commitment.objects.all()[0], Assistance.objects.all()[0]
    assert client.get(f"/commitments/{commitment.pk}/").status_code == 200
    assert client.get(f"/assistance/{activity.pk}/").status_code == 200
    assert client.post("/commitments/", {"who": "x", "what": "y"}).status_code in {302, 404}
    with acting_as_system("tests"):
        assert not Commitment.objects.filter(who="x").exists()
    for address in ("/cooperations/", "/discussions/"):
        assert client.get(address).status_code == 302


def test_the_list_keeps_its_number_of_queries(client: Client, rows: Rows) -> None:
    del rows
    counts = []
    with acting_as_system("tests"):
        ids = list(Commitment.objects.values_list("pk", flat=True))
    for number in (1, 3):
        with acting_as_system("tests"):
            Commitment.objects.update(label_releasable_to=[])
            Commitment.objects.filter(pk__in=ids[:number]).update(label_releasable_to=["PUBLIC"])
        client.get("/commitments/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/commitments/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_delegate_follows_up_and_begins_a_cooperation(client: Client, rows: Rows) -> None:
    let_in(client, rows.delegate)
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(
            version=rows.version, request__sender__person__account__email=rows.delegate
        ).select_related("request")[0]
        MeetingRequest.objects.filter(pk=meeting.request_id).update(
            label_stewards=[f"org:{meeting.request.receiver.organisation_id}"]
        )
    page = f"/e/{rows.edition.slug}/follow-up/{meeting.request_id}/"
    assert "Did it take place?" in client.get(page).content.decode()
    client.post(page, {"mark": "held"})
    client.post(page, {"do": "note", "text": "<i>Good</i>", "is_shared": "on"})
    shown = client.get(page).content.decode()
    assert "It took place" in shown
    assert "&lt;i&gt;Good" in shown
    client.cookies["django_language"] = "ro"
    told = client.post(page, {"do": "note", "text": "NATO SECRET"}, follow=True).content.decode()
    assert "was refused" not in told
    # In the summary at the top, and at the field that it leads to.
    assert told.count("Punte nu primește informații clasificate") == 2
    assert told.index('id="faults"') < told.index("Punte nu primește") < told.index("<textarea")
    client.cookies["django_language"] = "en"
    # As a browser counts 4,000 characters; it sends each line's end as two.
    client.post(page, {"do": "note", "text": "a\r\n" * 1999 + "of"})
    with acting_as_system("tests"):
        assert MeetingNote.objects.get(text__endswith="of").text.count("a") == 1999
    long = client.post(page, {"do": "note", "text": "b" * 4001}, follow=True).content.decode()
    assert "4000 are the most" in long
    assert "b" * 4001 in long, "what was typed stands in the form again"
    begun = client.post(page, {"do": "begin", "name": "Together", "kind": "training"}, follow=True)
    assert "The chain" in begun.content.decode()
    with acting_as_system("tests"):
        row = Cooperation.objects.get()
    base = f"/cooperations/{row.pk}/"
    told = client.post(base + "stage/", {"stage": "stopped", "reason": ""}, follow=True)
    assert "Say why it stops" in told.content.decode()
    client.post(base + "task/", {"text": "Send", "who": "Us", "due_on": "2020-01-01"})
    assert "overdue" in client.get(base).content.decode()
    assert "Together" in client.get("/cooperations/").content.decode()
    assert client.post(base + "explode/").status_code == 404


def test_the_desk_is_for_those_with_the_right(client: Client, rows: Rows) -> None:
    base = f"/e/{rows.edition.slug}/check-in/"
    let_in(client, rows.delegate)
    assert client.get(base).status_code == 404
    assert client.get(f"/e/{rows.edition.slug}/papers/badges.pdf").status_code == 404
    let_in(client, rows.organiser)
    assert "is checked in" in client.post(base, {"code": "P0001"}, follow=True).content.decode()
    assert "before" in client.post(base, {"code": "p0001"}, follow=True).content.decode()
    assert "No badge" in client.post(base, {"code": "zzz"}, follow=True).content.decode()
    assert "Person 1" in client.get(base + "?q=Person").content.decode()
    bad = SimpleUploadedFile("bundle.json", b"{}")
    assert "refused" in client.post(base + "merge/", {"bundle": bad}, follow=True).content.decode()
    with acting_as_system("tests"):
        assert Scan.objects.count() == 2


@pytest.mark.parametrize("kind", ["badges", "table-cards", "schedules", "desk-list", "room-signs"])
def test_papers_are_made_from_what_is_published(client: Client, rows: Rows, kind: str) -> None:
    let_in(client, rows.organiser)
    answer = client.get(f"/e/{rows.edition.slug}/papers/{kind}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert io.BytesIO(answer.content).read(5) == b"%PDF-"
    assert client.get(f"/e/{rows.edition.slug}/papers/nothing.pdf").status_code == 404


def become_authority(rows: Rows) -> None:
    """Make the delegate's organisation one that shows something to everyone."""
    with acting_as_system("tests"):
        Organisation.objects.filter(delegates__person__account__email=rows.delegate).update(
            kind=Organisation.Kind.AUTHORITY
        )


def test_the_register_is_kept_on_its_page_and_hides_who_comes(client: Client, rows: Rows) -> None:
    become_authority(rows)
    let_in(client, rows.delegate)
    typed = {
        "title": "Course",
        "beneficiaries": "Moldova, XYZ",
        "about": "Long",
        "audience": "public",
        "joins_PUBLIC": "on",
    }
    page = client.post("/assistance/", typed, follow=True).content.decode()
    assert "is no country" in page
    assert 'value="Moldova, XYZ"' in page, "what was typed stands in the form again"
    assert ">Long</textarea>" in page
    client.post("/assistance/", typed | {"beneficiaries": "Moldova"})
    with acting_as_system("tests"):
        row = Assistance.objects.get(title="Course")
    assert row.beneficiaries == ["MDA"]
    address = f"/assistance/{row.pk}/"
    client.post(address, {"count": "3"})
    assert "Who takes part" in client.get(address).content.decode()
    with acting_as_system("tests"):
        name = row.taken.get().organisation_name
    seen = Client().get(address).content.decode()
    assert "Seats taken: 3" in seen
    part = seen[seen.index("Who takes part") :]
    assert name not in part
    page = client.post(address, {"do": "change", "state": "done", "outcome": ""}, follow=True)
    assert "Say what came of it" in page.content.decode()
    client.post(address, {"do": "change", "state": "off", "outcome": "No funds"})
    page = client.get(address).content.decode()
    assert "Give them back" in page
    client.post(address, {"count": "0"})
    with acting_as_system("tests"):
        row.refresh_from_db()
        assert (row.state, row.outcome, row.taken.count()) == ("off", "No funds", 0)


def test_a_mark_by_a_triple_click_is_said_once(client: Client, rows: Rows) -> None:
    let_in(client, rows.delegate)
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(
            version=rows.version, request__sender__person__account__email=rows.delegate
        ).select_related("request")[0]
    address = f"/e/{rows.edition.slug}/follow-up/{meeting.request_id}/"

    def click(mark: str, times: int) -> str:
        form = form_with(client.get(address).content.decode(), "mark").fields
        for _ in range(times):
            client.post(address, form | {"mark": mark})
        return client.get(address).content.decode()

    page = click("held", 3)
    assert page.count("It took place <span") == 1
    page = click("not", 1)
    page = click("held", 2)
    assert page.count("It took place <span") == 2, "who thinks better of it is heard each time"
    with acting_as_system("tests"):
        assert MeetingMark.objects.filter(request=meeting.request).count() == 3


def test_what_was_agreed_and_promised_is_entered_where_it_was_said(
    client: Client, rows: Rows
) -> None:
    let_in(client, rows.delegate)
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(
            version=rows.version, request__sender__person__account__email=rows.delegate
        ).select_related("request")[0]
    page = f"/e/{rows.edition.slug}/follow-up/{meeting.request_id}/"
    client.post(
        page, {"do": "agree", "text": "Send <b>", "side": "receiver", "due_on": "2025-12-01"}
    )
    client.post(page, {"do": "next", "next_on": "2027-05-15", "place": "Chișinău"})
    shown = client.get(page).content.decode()
    assert "Send &lt;b&gt;" in shown
    assert "overdue" in shown
    assert "Chișinău" in shown
    typed = {"do": "agree", "text": "Call", "side": "both", "due_on": "never"}
    told = client.post(page, typed, follow=True).content.decode()
    assert "is no day" in told
    assert 'value="Call"' in told, "what was typed stands in the form again"
    typed = {"do": "promise", "who": "", "what": "A mast", "sources": "Minutes", "is_shared": "on"}
    told = client.post(page, typed, follow=True).content.decode()
    assert "Say who promised" in told
    assert 'value="A mast"' in told
    assert told.count(' name="is_shared" checked') == 1, "only in the form that was refused"
    client.post(page, typed | {"who": "Example Works", "promised_on": "2027-05-15"})
    with acting_as_system("tests"):
        row = Commitment.objects.get(what="A mast")
        task = MeetingTask.objects.get()
    assert row.request_id == meeting.request_id
    assert f'href="{page}"' in client.get(f"/commitments/{row.pk}/").content.decode()
    assert f"/commitments/{row.pk}/" in client.get(page).content.decode()
    client.post(page, {"do": "finish", "task": str(task.pk)})
    assert "Not done after all" in client.get(page).content.decode()
    assert client.post(page, {"do": "explode"}).status_code == 404
    promised_in_a_cooperation(client, page)


def promised_in_a_cooperation(client: Client, page: str) -> None:
    client.post(page, {"do": "begin", "name": "Together", "kind": "training"})
    with acting_as_system("tests"):
        base = f"/cooperations/{Cooperation.objects.get(name='Together').pk}/"
    typed = {"who": "", "what": "A course", "due_on": "2027-09-01"}
    told = client.post(base + "promise/", typed, follow=True).content.decode()
    assert 'value="A course"' in told
    shown = client.post(base + "promise/", typed | {"who": "Us"}, follow=True).content.decode()
    assert "A course" in shown
    with acting_as_system("tests"):
        assert Commitment.objects.get(what="A course").cooperation_id is not None


def test_what_an_activity_was_called_before_stands_in_its_history(
    client: Client, rows: Rows
) -> None:
    become_authority(rows)
    let_in(client, rows.delegate)
    typed = {"title": "Course", "beneficiaries": "Moldova", "audience": "public", "seats": "1"}
    client.post("/assistance/", typed | {"joins_for": "on", "joins_edition": "on"})
    with acting_as_system("tests"):
        row = Assistance.objects.get(title="Course")
    address = f"/assistance/{row.pk}/"
    change = {"do": "change", "state": "planned", "seats": "1", "beneficiaries": "MDA, UKR"}
    change |= {"joins_for": "on", "joins_edition": "on"}
    told = client.post(address, change | {"title": "", "about": "New"}, follow=True)
    assert "Give it a title" in told.content.decode()
    assert ">New</textarea>" in told.content.decode(), "what was typed stands in the form again"
    told = client.post(address, change | {"title": "Course two", "about": "New"}, follow=True)
    page = told.content.decode()
    with acting_as_system("tests"):
        row.refresh_from_db()
        assert (row.title, row.about, row.beneficiaries) == ("Course two", "New", ["MDA", "UKR"])
        assert {one.field for one in row.changes.all()} == {"title", "about", "beneficiaries"}
        name = row.changes.first().by_name
    history = page[page.index("History") :]
    assert "title:<s>Course</s>" in in_one_line(history)
    assert "was empty" in history
    assert name in history
    assert name not in Client().get(address).content.decode()
    told = client.post(address, {"count": "2"}, follow=True).content.decode()
    assert "1 seat is left" in told


def test_a_long_commitment_stands_whole_in_its_history(client: Client, rows: Rows) -> None:
    let_in(client, rows.delegate)
    client.post("/commitments/", {"who": "w" * 200, "what": "x" * 399 + "!"})
    with acting_as_system("tests"):
        row = Commitment.objects.get(who="w" * 200)
    client.post(f"/commitments/{row.pk}/", {"do": "correct", "who": "We", "what": "Short"})
    page = client.get(f"/commitments/{row.pk}/").content.decode()
    assert "w" * 200 + ": " + "x" * 399 + "!" in page


def test_the_faults_of_a_bundle_are_told_in_the_readers_language(
    client: Client, rows: Rows
) -> None:
    let_in(client, rows.organiser)
    client.cookies["django_language"] = "ro"
    address = f"/e/{rows.edition.slug}/check-in/merge/"
    scan = {"id": "x", "code": "P0001", "at": "2027-05-15T10:00:00"}
    for content, words in (
        ("{}", "se aștepta"),
        ("[]", "Fișierul trebuie să conțină un singur obiect JSON."),
        ("{", "Acesta nu este JSON"),
        (json.dumps({"format": BUNDLE_FORMAT, "scans": [scan]}), "fusul orar"),
    ):
        bad = SimpleUploadedFile("bundle.json", content.encode())
        told = client.post(address, {"bundle": bad}, follow=True).content.decode()
        told = told[told.index('id="main"') : told.index("<form", told.index('id="main"'))]
        assert words in told
        for english in ("expected", "This is no JSON", "Input", "should", "found", "Give a file"):
            assert english not in told, (content, english)
        bad = SimpleUploadedFile("bundle.json", content.encode())
        told = client.post(address, {"bundle": bad}, headers={"Accept": "application/json"})
        assert words in told.json()["error"]
