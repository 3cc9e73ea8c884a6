"""A witness reads a request while they come along, and no longer: not after a repair, a version or an answer that drops them."""

import pytest

from edition_rows import Rows, make_edition, organiser_of
from meeting_rows import cleared
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings.actions import make_draft
from punte.apps.meetings.booking import withdraw_request
from punte.apps.meetings.disclosing import authority_side
from punte.apps.meetings.four_eyes import name_second_pair, set_four_eyes
from punte.apps.meetings.models import CalendarEntry, Meeting, MeetingRequest
from punte.apps.meetings.publication import publish_version
from punte.apps.meetings.repairing import repair_timetable
from punte.apps.people.mail_kinds import MailContent, Question, kind_of
from punte.apps.people.models import Mail, Nomination, Person
from punte.apps.people.queries import subject_of_person
from punte.apps.people.signals import nomination_ended

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    found = make_edition()
    organiser = organiser_of(found)
    with acting(organiser):
        set_four_eyes(by=organiser, edition=found.edition, asks=True)
    return found


def note_in_calendars(rows: Rows, held: list[Meeting]) -> None:
    """Keep an entry of each meeting, as a publication does."""
    known = set(CalendarEntry.objects.values_list("request_id", flat=True))
    CalendarEntry.objects.bulk_create(
        [
            CalendarEntry(
                edition=rows.edition,
                request=one.request,
                status=CalendarEntry.Status.CONFIRMED,
                slot_id=one.slot_id,
                place_id=one.place_id,
            )
            for one in held
            if one.request_id not in known
        ]
    )


def named(rows: Rows) -> tuple[MeetingRequest, Delegate, Subject]:
    """Return a meeting that is held, its witness of the host, and the witness as a reader."""
    with acting_as_system("tests"):
        held = Meeting.objects.filter(version=rows.version).select_related(
            "request__sender__organisation",
            "request__sender__category",
            "request__receiver__organisation",
        )
        request = next(one.request for one in held if authority_side(one.request) is not None)
        person = Person.objects.create(
            name="Witness",
            email="witness@example.org",
            owner_org=rows.edition.owner_org,
            is_synthetic=True,
        )
        witness = Delegate.objects.create(
            edition=rows.edition,
            person=person,
            organisation=rows.edition.owner_org,
            category=request.sender.category,
            code="W0001",
            badge_name=person.name,
            function="Observer",
            owner_org=rows.edition.owner_org,
            label_releasable_to=[f"edition:{rows.edition.pk}"],
            label_stewards=request.label_stewards,
        )
        note_in_calendars(rows, list(held))
    organiser = organiser_of(rows)
    with acting(organiser):
        name_second_pair(
            by=organiser, request_id=request.pk, delegates=[witness.pk], read_revision=1
        )
    reader = cleared(person, rows)
    assert reads(reader, request)
    return request, witness, reader


def reads(reader: Subject, request: MeetingRequest) -> bool:
    """Whether somebody reads a request or its meeting, through the wall."""
    with acting(reader):
        return (
            MeetingRequest.objects.filter(pk=request.pk).exists()
            or Meeting.objects.filter(request=request.pk).exists()
        )


def told_to(witness: Delegate) -> MailContent | None:
    """Return what the newest mail of the timetable says to a witness, read in their name."""
    with acting_as_system("tests"):
        mails = Mail.objects.filter(kind="timetable.published", person=witness.person_id)
        mail = mails.latest("queued_at")
        person = Person.objects.get(pk=witness.person_id)
    question = Question(
        mail_id=mail.pk,
        person=person,
        edition_id=mail.edition_id,
        about_id=mail.about_id,
        details=mail.details,
    )
    with acting(subject_of_person(person.pk)):
        return kind_of("timetable.published").read(question)


def was_named(witness: Delegate) -> bool:
    with acting_as_system("tests"):
        found = AuditEntry.objects.filter(verb="request.second_pair")
        return any(str(witness.pk) in one.detail["came"] for one in found)


def test_a_witness_whom_a_repair_lets_go_reads_no_more(rows: Rows) -> None:
    request, witness, reader = named(rows)
    organiser = organiser_of(rows)
    with acting(organiser):
        since = Slot.objects.filter(edition=rows.edition).earliest("starts_at")
        repair_timetable(
            by=organiser, edition=rows.edition, since=since, absent=[witness], closed=[]
        )
    assert not reads(reader, request)
    assert was_named(witness)
    content = told_to(witness)
    assert content is not None, "their calendar takes it out"
    assert "without you" in content.values["meetings"]


def test_a_witness_of_a_meeting_that_a_version_leaves_out_reads_it_again_when_it_is_held(
    rows: Rows,
) -> None:
    request, witness, reader = named(rows)
    organiser = organiser_of(rows)
    with acting(organiser):
        draft = make_draft(by=organiser, version_id=rows.version.pk)
        with acting_as_system("tests"):
            Meeting.objects.filter(version=draft, request=request).delete()
        publish_version(by=organiser, version_id=draft.pk)
    assert not reads(reader, request)
    assert was_named(witness)
    with acting(organiser):
        publish_version(by=organiser, version_id=rows.version.pk)
    assert reads(reader, request)


def test_a_witness_of_a_request_that_is_called_off_reads_no_more_and_is_told(rows: Rows) -> None:
    request, witness, reader = named(rows)
    with acting_as_system("tests"):
        Mail.objects.all().delete()
    organiser = organiser_of(rows)
    with acting(organiser):
        withdraw_request(by=organiser, request_id=request.pk, answer="The hall is flooded.")
    assert not reads(reader, request)
    assert was_named(witness)
    content = told_to(witness)
    assert content is not None
    assert "called off by the organisers" in content.values["meetings"]
    assert b"METHOD:CANCEL" in content.attachments[0].content
    whole = str(content.values) + content.attachments[0].content.decode()
    assert "flooded" not in whole, "why is for who reads the request"
    assert request.reason[:20] not in whole


def test_a_witness_whose_nomination_ends_reads_no_more(rows: Rows) -> None:
    request, witness, reader = named(rows)
    with acting_as_system("tests"):
        nomination = Nomination(edition_id=rows.edition.pk, person=witness.person)
        nomination_ended.send(sender=Nomination, nomination=nomination)
    assert not reads(reader, request)
    with acting_as_system("tests"):
        assert witness.pk not in MeetingRequest.objects.get(pk=request.pk).colleagues
    assert was_named(witness)


def test_the_sides_and_their_own_people_read_on(rows: Rows) -> None:
    request, _witness, _reader = named(rows)
    with acting_as_system("tests"):
        people = [
            Delegate.objects.select_related("person").get(pk=key).person
            for key in (request.sender_id, request.receiver_id)
        ]
    sides = [cleared(person, rows) for person in people]
    organiser = organiser_of(rows)
    with acting(organiser):
        withdraw_request(by=organiser, request_id=request.pk, answer="The hall is flooded.")
    assert all(reads(one, request) for one in sides)
