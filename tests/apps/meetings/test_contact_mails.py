"""To whom a contact line is released a mail says so, once, and never what stands in it."""

import pytest
from django.core import mail as django_mail

from edition_rows import Rows, make_edition
from meeting_rows import cleared, meeting_of
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings import contact
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, MailOptOut, Person

pytestmark = pytest.mark.django_db
KIND = "contact.released"
LINE = contact.Typed(name="Ana Țuțu", email="ana@carpat.example", phone="+40 21 555 0100")
Meeting = tuple[MeetingRequest, Subject, Subject, Subject]


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def meeting(rows: Rows) -> Meeting:
    found = meeting_of(rows)
    with acting_as_system("tests"):
        MeetingRequest.objects.exclude(pk=found[0].pk).update(state="withdrawn")
        MeetingRequest.objects.filter(pk=found[0].pk).update(state="accepted")
        for number, one in enumerate(Person.objects.filter(email="")):
            one.email = f"person{number}@example.org"
            one.save(update_fields=["email"])
    return found


def keep(by: Subject, delegate: Delegate, *, to_all: bool = False, **other: str) -> None:
    line = contact.Typed(**{"name": LINE.name, "email": LINE.email, "phone": LINE.phone, **other})
    with acting(by):
        contact.keep_contact(by=by, delegate=delegate, line=line, to_all=to_all)


def release(by: Subject, delegate: Delegate, request: MeetingRequest) -> None:
    with acting(by):
        contact.release_contact(by=by, delegate=delegate, request_id=request.pk)


def take_back(by: Subject, delegate: Delegate, request: MeetingRequest) -> None:
    with acting(by):
        contact.take_back_contact(by=by, delegate=delegate, request_id=request.pk)


def waiting() -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(kind=KIND, state=Mail.State.WAITING).order_by("queued_at"))


def leave() -> list[tuple[str, str, str]]:
    """Send what waits; return to whom, subject and text of what left."""
    before = len(django_mail.outbox)
    for one in waiting():
        send_mail(one.pk)
    return [(one.to[0], one.subject, str(one.body)) for one in django_mail.outbox[before:]]


def test_the_other_side_is_told_and_nobody_else(rows: Rows, meeting: Meeting) -> None:
    request, mine, _theirs, _third = meeting
    keep(mine, request.sender)
    assert waiting() == [], "kept, not released"
    release(mine, request.sender, request)
    [one] = waiting()
    assert one.person_id == request.receiver.person_id
    [(_to, subject, text)] = leave()
    who = f"{request.sender.badge_name}, {request.sender.organisation.name}"
    assert who in subject
    assert who in text
    assert f"/e/{rows.edition.slug}/my/#contacts" in text
    for secret in (LINE.email, LINE.phone):
        assert secret not in subject + text, "it can be taken back; a mail cannot"


def test_released_twice_is_told_once(meeting: Meeting) -> None:
    request, mine, _theirs, _third = meeting
    keep(mine, request.sender)
    release(mine, request.sender, request)
    release(mine, request.sender, request)
    keep(mine, request.sender, to_all=True)
    assert len(leave()) == 1
    take_back(mine, request.sender, request)
    release(mine, request.sender, request)
    assert leave() == [], "they were told so before"


def test_taken_back_before_the_mail_leaves_tells_nothing(meeting: Meeting) -> None:
    request, mine, _theirs, _third = meeting
    keep(mine, request.sender, to_all=True)
    assert len(waiting()) == 1
    take_back(mine, request.sender, request)
    assert leave() == []


def test_several_people_come_in_one_mail(rows: Rows, meeting: Meeting) -> None:
    request, mine, _theirs, _third = meeting
    with acting_as_system("tests"):
        others = list(
            MeetingRequest.objects.filter(edition=rows.edition)
            .exclude(sender=request.sender)
            .select_related("sender__person", "sender__organisation")
        )
        other = next(
            one
            for one in others
            if one.sender.organisation_id
            not in {request.sender.organisation_id, request.receiver.organisation_id}
        )
        MeetingRequest.objects.filter(pk=other.pk).update(
            receiver=request.receiver,
            state="accepted",
            label_stewards=[f"org:{request.receiver.organisation_id}"],
        )
    second = cleared(other.sender.person, rows)
    keep(mine, request.sender, to_all=True)
    keep(second, other.sender, to_all=True, name="Bob Example")
    told = [text for to, _subject, text in leave() if to == waiting_address(request)]
    assert len(told) == 1
    for one in (request.sender, other.sender):
        assert f"{one.badge_name}, {one.organisation.name}" in told[0]


def waiting_address(request: MeetingRequest) -> str:
    with acting_as_system("tests"):
        person = Person.objects.select_related("account").get(pk=request.receiver.person_id)
    return person.account.email if person.account else person.email


def test_it_can_be_refused_and_is_said_in_the_readers_language(meeting: Meeting) -> None:
    request, mine, _theirs, _third = meeting
    with acting_as_system("tests"):
        MailOptOut.objects.create(person_id=request.receiver.person_id, kind=KIND)
    keep(mine, request.sender, to_all=True)
    assert waiting() == []
