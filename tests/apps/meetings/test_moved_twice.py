"""A meeting moved twice before its mails leave: each reader gets the last state once; moved back, nobody gets anything."""

import uuid

import icalendar
import pytest
from django.core import mail
from django.utils import timezone

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.meetings.models import CalendarEntry, MeetingRequest, TimetableVersion
from punte.apps.meetings.publication import tell_delegates
from punte.apps.people import mail_sending
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from small_forum import load_small

pytestmark = pytest.mark.django_db(transaction=True)


class Story:
    """One meeting of a published timetable, which is moved and told of; `where` counts the slots of its edition."""

    def __init__(self) -> None:
        edition = load_small().edition
        with acting_as_system("tests"):
            Person.objects.filter(email="").update(email="somebody@example.org")
            Person.objects.update(languages="en")
            self.slots = list(Slot.objects.filter(edition=edition)[:4])
            request = MeetingRequest.objects.filter(edition=edition, state="accepted").first()
            assert request is not None
            self.sides = [request.sender_id, request.receiver_id]
            self.version = TimetableVersion.objects.create(
                edition=edition, number=90, state="published", owner_org_id=edition.owner_org_id
            )
            self.entry = CalendarEntry.objects.create(
                edition=edition,
                request=request,
                status="CONFIRMED",
                slot=self.slots[0],
                place=Place.objects.filter(edition=edition).first(),
            )
            self.reader = Delegate.objects.get(pk=self.sides[0]).person_id

    def tell(self) -> Mail:
        """Queue the news; return the mail of the one side."""
        with acting_as_system("tests"):
            tell_delegates(self.version, [self.entry], because=f"moved {uuid.uuid4()}")
            return Mail.objects.filter(person=self.reader).latest("queued_at")

    def move(self, where: int) -> Mail:
        with acting_as_system("tests"):
            self.entry.slot = self.slots[where]
            self.entry.sequence += 1
            self.entry.save()
        return self.tell()


def invitation() -> icalendar.Event:
    """Return the event of the last mail that left."""
    part = mail.outbox[-1].attachments[0]
    content = part.get_payload(decode=True)  # type: ignore[union-attr]
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


def state_of(letter: Mail) -> str:
    with acting_as_system("tests"):
        return Mail.objects.get(pk=letter.pk).state


def test_two_moves_before_the_mails_leave_are_told_once_with_the_last() -> None:
    story = Story()
    first, second = story.move(1), story.move(2)
    assert send_mail(first.pk) == Mail.State.NOT_SENT, "a later one tells it"
    assert send_mail(second.pk) == Mail.State.SENT
    assert len(mail.outbox) == 1
    assert invitation()["SEQUENCE"] == 2
    assert invitation()["DTSTART"].dt == story.slots[2].starts_at


def test_the_later_mail_may_leave_first() -> None:
    story = Story()
    first, second = story.move(1), story.move(2)
    assert send_mail(second.pk) == Mail.State.SENT
    assert send_mail(first.pk) == Mail.State.NOT_SENT
    assert len(mail.outbox) == 1
    assert invitation()["SEQUENCE"] == 2


def test_moved_back_to_what_one_was_told_sends_nothing() -> None:
    story = Story()
    assert send_mail(story.tell().pk) == Mail.State.SENT
    away, back = story.move(1), story.move(0)
    assert send_mail(away.pk) == Mail.State.NOT_SENT
    assert send_mail(back.pk) == Mail.State.NOT_SENT
    assert len(mail.outbox) == 1
    assert send_mail(story.move(3).pk) == Mail.State.SENT
    assert invitation()["SEQUENCE"] == 3, "the next real move is a newer state for calendars"


def test_moved_back_after_the_move_was_told_is_told() -> None:
    story = Story()
    for where, count in ((0, 1), (1, 2), (0, 3)):
        assert send_mail(story.move(where).pk) == Mail.State.SENT
        assert len(mail.outbox) == count
        assert invitation()["DTSTART"].dt == story.slots[where].starts_at


def test_each_side_is_counted_for_itself() -> None:
    story = Story()
    story.move(1)
    story.move(2)
    with acting_as_system("tests"):
        waiting = list(Mail.objects.filter(state="waiting").order_by("queued_at"))
    assert [send_mail(one.pk) for one in waiting].count(Mail.State.SENT) == len(story.sides)
    assert len({str(one.to) + one.body for one in mail.outbox}) == len(mail.outbox) == 2


def test_a_worker_killed_after_the_mail_left_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    assert send_mail(story.tell().pk) == Mail.State.SENT
    away = story.move(1)
    killed_after_it_left(away, monkeypatch)
    assert invitation()["DTSTART"].dt == story.slots[1].starts_at
    back = story.move(0)
    # The reader has the move in hand, though no row says it was sent: that it is back must be told.
    assert send_mail(back.pk) == Mail.State.SENT
    assert invitation()["DTSTART"].dt == story.slots[0].starts_at
    assert invitation()["SEQUENCE"] == 2
    taken_up(away)
    assert send_mail(away.pk) == Mail.State.NOT_SENT
    assert len(mail.outbox) == 3


def test_what_was_taken_up_again_leaves_the_news_to_the_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story = Story()
    assert send_mail(story.tell().pk) == Mail.State.SENT
    away = story.move(1)
    killed_after_it_left(away, monkeypatch)
    back = story.move(0)
    taken_up(away)
    # With its old Message-ID a mailbox would take it for the mail it has: only the later one may tell.
    assert send_mail(away.pk) == Mail.State.NOT_SENT
    assert send_mail(back.pk) == Mail.State.SENT
    assert invitation()["DTSTART"].dt == story.slots[0].starts_at


def test_a_later_mail_that_waits_for_review_keeps_none_back() -> None:
    story = Story()
    first, second = story.move(1), story.move(2)
    with acting_as_system("tests"):
        Mail.objects.filter(pk=second.pk).update(state=Mail.State.TO_REVIEW)
    assert send_mail(first.pk) == Mail.State.SENT
    assert invitation()["SEQUENCE"] == 2


def killed_after_it_left(letter: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_words: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(mail_sending, "_finish", kill)
        with pytest.raises(KilledError):
            send_mail(letter.pk)
    assert state_of(letter) == Mail.State.SENDING


def taken_up(letter: Mail) -> None:
    with acting_as_system("tests"):
        Mail.objects.filter(pk=letter.pk).update(state=Mail.State.WAITING, next_at=timezone.now())
