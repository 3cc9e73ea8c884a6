"""A delegate's contact line: read by those to whom its person released it, and by nobody else, until it is taken back."""

import dataclasses
from collections.abc import Iterable

import pytest

from edition_rows import Rows, make_edition
from meeting_rows import cleared, meeting_of
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation.hall_given import leave_out_private
from punte.apps.forum.models import Delegate
from punte.apps.meetings import contact
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.models import ContactLine, MeetingRequest
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.people.models import Person
from punte.apps.people.personal_data import plain_rows, rows_about
from punte.apps.people.privacy import erase_person
from punte.apps.people.queries import subject_of_account
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db
LINE = contact.Typed(
    name="Ana Țuțu",
    function="Head of programmes",
    organisation="Carpat Optics SRL",
    email="ana@carpat.example",
    phone="+40 21 555 0100",
)
Meeting = tuple[MeetingRequest, Subject, Subject, Subject]


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def meeting(rows: Rows) -> Meeting:
    found = meeting_of(rows)
    with acting_as_system("tests"):
        MeetingRequest.objects.exclude(pk=found[0].pk).update(state="withdrawn")
    return found


def keep(by: Subject, delegate: Delegate, *, to_all: bool = False) -> None:
    with acting(by):
        contact.keep_contact(by=by, delegate=delegate, line=LINE, to_all=to_all)


def release(by: Subject, delegate: Delegate, request: MeetingRequest) -> None:
    with acting(by):
        contact.release_contact(by=by, delegate=delegate, request_id=request.pk)


def who_reads(delegate: Delegate, subjects: Iterable[Subject]) -> list[bool]:
    found = []
    for subject in subjects:
        with acting(subject):
            found.append(contact.contact_of(delegate) is not None)
    return found


def colleague_of(delegate: Delegate, rows: Rows) -> tuple[Delegate, Subject]:
    """Return another delegate of the same organisation, who takes part in no meeting."""
    with acting_as_system("tests"):
        person = Person.objects.create(name="Colleague", owner_org=delegate.organisation)
        other = Delegate.objects.create(
            edition=rows.edition,
            person=person,
            organisation=delegate.organisation,
            category=delegate.category,
            code="COLLEAGUE",
            badge_name=person.name,
            owner_org=delegate.organisation,
            label_releasable_to=[f"edition:{rows.edition.pk}"],
        )
    return other, cleared(person, rows)


def change(request: MeetingRequest, **values: object) -> None:
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(**values)


def test_it_is_its_persons_alone_until_released_to_the_others_of_a_meeting(
    rows: Rows, meeting: Meeting
) -> None:
    request, mine, theirs, third = meeting
    _other, colleague = colleague_of(request.sender, rows)
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    everybody = (mine, theirs, third, colleague, organiser)
    keep(mine, request.sender)
    assert who_reads(request.sender, everybody) == [True, False, False, False, False]
    release(mine, request.sender, request)
    assert who_reads(request.sender, everybody) == [True, True, False, False, False]
    with acting(theirs):
        read = contact.contacts_among([request.sender_id])[request.sender_id]
        assert (read.name, read.email, read.phone) == (LINE.name, LINE.email, LINE.phone)
        assert not ContactLine.objects.filter(pk=read.pk).update(name="Somebody"), (
            "it is not theirs"
        )


def test_it_is_taken_back_from_one_meeting_at_once(rows: Rows, meeting: Meeting) -> None:
    request, mine, theirs, _third = meeting
    keep(mine, request.sender)
    release(mine, request.sender, request)
    with acting(mine):
        was_to_all = contact.take_back_contact(
            by=mine, delegate=request.sender, request_id=request.pk
        )
    assert not was_to_all
    assert who_reads(request.sender, (mine, theirs)) == [True, False]
    del rows


def test_everybody_whom_one_meets_reads_it_and_only_then(rows: Rows, meeting: Meeting) -> None:
    request, mine, theirs, third = meeting
    keep(mine, request.sender, to_all=True)
    assert who_reads(request.sender, (mine, theirs, third)) == [True, True, False]
    for state in ("pending", "declined", "withdrawn"):
        change(request, state=state)
        assert who_reads(request.sender, (mine, theirs)) == [True, False], state
    del rows


def test_taking_back_one_meeting_keeps_the_others_of_everybody(
    rows: Rows, meeting: Meeting
) -> None:
    request, mine, theirs, third = meeting
    with acting_as_system("tests"):
        guest = Delegate.objects.get(edition=rows.edition, person=third.person_id)
        MeetingRequest.objects.create(
            edition=rows.edition,
            code="RSECOND",
            sender=request.sender,
            receiver=guest,
            reason="Sensors",
            state="accepted",
            owner_org=request.sender.organisation,
            label_stewards=[f"org:{guest.organisation_id}"],
        )
    keep(mine, request.sender, to_all=True)
    assert who_reads(request.sender, (theirs, third)) == [True, True]
    with acting(mine):
        assert contact.take_back_contact(by=mine, delegate=request.sender, request_id=request.pk)
    assert who_reads(request.sender, (theirs, third)) == [False, True]


def test_who_comes_along_reads_it_and_who_is_replaced_reads_it_no_more(
    rows: Rows, meeting: Meeting
) -> None:
    request, mine, theirs, _third = meeting
    other, colleague = colleague_of(request.receiver, rows)
    keep(mine, request.sender)
    release(mine, request.sender, request)
    assert who_reads(request.sender, (theirs, colleague)) == [True, False]
    change(request, receiver=other)
    assert who_reads(request.sender, (theirs, colleague)) == [False, True]
    change(request, receiver=request.receiver_id, sender=other, colleagues=[request.sender_id])
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(owner_org=other.organisation)
    assert who_reads(request.sender, (theirs,)) == [True], "who comes too shows theirs as well"


def test_what_is_deleted_is_gone_and_every_step_is_in_the_log_without_what_was_typed(
    rows: Rows, meeting: Meeting
) -> None:
    request, mine, theirs, _third = meeting
    keep(mine, request.sender)
    release(mine, request.sender, request)
    release(mine, request.sender, request)
    with acting(mine):
        contact.take_back_contact(by=mine, delegate=request.sender, request_id=request.pk)
        contact.delete_contact(by=mine, delegate=request.sender)
        contact.delete_contact(by=mine, delegate=request.sender)
    assert who_reads(request.sender, (mine, theirs)) == [False, False]
    with acting_as_system("tests"):
        told = list(AuditEntry.objects.filter(verb__startswith="contact.").order_by("id"))
    assert [one.verb for one in told] == [
        "contact.kept",
        "contact.released",
        "contact.taken_back",
        "contact.deleted",
    ]
    assert not any(text in str(one.detail) for one in told for text in ("Ana", "carpat", "555"))
    del rows


def test_nobody_else_writes_releases_or_takes_back(rows: Rows, meeting: Meeting) -> None:
    request, mine, theirs, _third = meeting
    keep(mine, request.sender)
    behalf = dataclasses.replace(mine, acted_by=theirs.person_id)
    reader = dataclasses.replace(mine, may_write=False)
    for by in (theirs, behalf, reader):
        with pytest.raises(NotAllowedError, match="its person's own"):
            keep(by, request.sender)
        with pytest.raises(NotAllowedError):
            release(by, request.sender, request)
        with pytest.raises(NotAllowedError), acting(by):
            contact.take_back_contact(by=by, delegate=request.sender, request_id=request.pk)
        with pytest.raises(NotAllowedError), acting(by):
            contact.delete_contact(by=by, delegate=request.sender)
    assert who_reads(request.sender, (behalf,)) == [False], "read in another's name it is not shown"
    del rows


def test_it_is_released_only_in_an_accepted_meeting_of_ones_own(
    rows: Rows, meeting: Meeting
) -> None:
    request, mine, theirs, third = meeting
    with pytest.raises(WrongStateError, match="no contact line yet"):
        release(mine, request.sender, request)
    keep(mine, request.sender)
    change(request, state="pending")
    with pytest.raises(WrongStateError, match="once it is accepted"):
        release(mine, request.sender, request)
    with acting_as_system("tests"):
        guest = Delegate.objects.get(edition=rows.edition, person=third.person_id)
    keep(third, guest)
    with pytest.raises(NotThereError):
        release(third, guest, request)
    del theirs


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"name": " "}, "Write the name"),
        ({"email": "", "phone": ""}, "Write an e-mail address, a telephone number"),
        ({"email": "ana at carpat"}, "is no e-mail address"),
        ({"email": "ana@carpat.example\nBcc: all@example.org"}, "is no e-mail address"),
        ({"phone": "call me"}, "is no telephone number"),
        ({"name": "A" * 161}, "160 are the most"),
        ({"function": "NATO SECRET liaison"}, "NATO SECRET"),
    ],
)
def test_what_is_no_contact_line_is_refused(
    meeting: Meeting, changed: dict[str, str], why: str
) -> None:
    request, mine, _theirs, _third = meeting
    with pytest.raises(PunteError, match=why), acting(mine):
        contact.keep_contact(
            by=mine,
            delegate=request.sender,
            line=dataclasses.replace(LINE, **changed),
            to_all=False,
        )


@pytest.mark.parametrize("phone", ["+40 21 555 0100", "021/555.01.00", "(021) 5550100 int. 12"])
def test_telephone_numbers_are_taken_as_people_write_them(meeting: Meeting, phone: str) -> None:
    request, mine, _theirs, _third = meeting
    with acting(mine):
        kept = contact.keep_contact(
            by=mine,
            delegate=request.sender,
            line=dataclasses.replace(LINE, email="", phone=phone),
            to_all=False,
        )
    assert kept.phone == phone


def test_ones_own_data_hold_it_and_the_erasure_deletes_it(meeting: Meeting) -> None:
    request, mine, theirs, _third = meeting
    keep(mine, request.sender, to_all=True)
    with acting_as_system("tests"):
        rows = plain_rows(rows_about(request.sender.person))
    (told,) = (one["fields"] for one in rows if one["model"] == "meetings.contactline")
    assert (told["email"], told["phone"]) == (LINE.email, LINE.phone)
    with acting(mine):
        erase_person(by=mine, person=request.sender.person)
    assert who_reads(request.sender, (theirs,)) == [False]
    with acting_as_system("tests"):
        assert not ContactLine.objects.exists()


def test_a_copy_for_the_hall_holds_none(meeting: Meeting) -> None:
    request, mine, _theirs, _third = meeting
    keep(mine, request.sender, to_all=True)
    with acting_as_system("tests"):
        assert ContactLine.objects.exists()
    assert leave_out_private(holder_org_id=request.sender.organisation_id) == 1
    with acting_as_system("tests"):
        assert not ContactLine.objects.exists()
