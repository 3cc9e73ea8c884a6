"""What is agreed at a meeting without a cooperation: actions, the next meeting, commitments."""

import datetime as dt

import pytest
from django.core import mail

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import agreed, follow_up
from punte.apps.cooperation.models import Commitment, Cooperation, MeetingTask, NextMeeting
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.reminders import remind
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Membership, Person
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db
DUE = dt.date(2027, 3, 15)


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def test_both_sides_keep_an_action_and_a_third_sees_nothing_of_it(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        task = agreed.agree_at(
            by=sender, request=request, text="Send the drawings", side="receiver", due_on=DUE
        )
        assert task.who == request.receiver.organisation.name
        agreed.meet_again(by=sender, request=request, day=DUE, place="Iași")
        with pytest.raises(PunteError, match="whose"):
            agreed.agree_at(by=sender, request=request, text="x", side="desk")
        with pytest.raises(PunteError, match="what is done"):
            agreed.agree_at(by=sender, request=request, text=" ", side="both")
        with pytest.raises(PunteError, match="RESTRICTED"):
            agreed.agree_at(by=sender, request=request, text="NATO SECRET", side="both")
        with pytest.raises(PunteError, match="day"):
            agreed.meet_again(by=sender, request=request, day=None, place="Iași")
    third_is_kept_out(request, third, task)
    with acting(receiver):
        (seen,) = agreed.tasks_of([request.pk])
        agreed.finish_agreed(by=receiver, task=seen)
        assert MeetingTask.objects.get().done_at is not None
        agreed.finish_agreed(by=receiver, task=seen)
        assert MeetingTask.objects.get().done_at is None
        agreed.meet_again(by=receiver, request=request, day=dt.date(2027, 4, 1), place="")
        assert NextMeeting.objects.get().on == dt.date(2027, 4, 1)
    with acting(sender):
        agreed.meet_again(by=sender, request=request, day=None, place="")
        assert not NextMeeting.objects.exists()


def third_is_kept_out(request: MeetingRequest, third: Subject, task: MeetingTask) -> None:
    with acting(third):
        assert not MeetingTask.objects.exists()
        assert not NextMeeting.objects.exists()
        for deed in (
            lambda: agreed.agree_at(by=third, request=request, text="x", side="both"),
            lambda: agreed.finish_agreed(by=third, task=task),
            lambda: agreed.meet_again(by=third, request=request, day=DUE, place=""),
            lambda: agreed.promise_at(
                by=third,
                request=request,
                is_shared=False,
                promise=agreed.Promise(who="x", what="y"),
            ),
        ):
            with pytest.raises(NotPartOfItError):
                deed()


@pytest.mark.parametrize("side", ["sender", "receiver", "both"])
def test_whose_it_is_is_reminded_and_the_successor_after_them(rows: Rows, side: str) -> None:
    request, sender, _receiver, _third = meeting_of(rows)
    people = {"sender": request.sender.person_id, "receiver": request.receiver.person_id}
    wanted = {people[side]} if side in people else set(people.values())
    with acting_as_system("tests"):
        for key in people.values():
            Person.objects.filter(pk=key).update(email=f"{key}@example.org")
    with acting(sender):
        agreed.agree_at(by=sender, request=request, text="Send them", side=side, due_on=DUE)
    assert remind(today=DUE) == len(wanted)
    assert remind(today=DUE) == 0
    with acting_as_system("tests"):
        mails = list(Mail.objects.filter(kind="task.due"))
        assert {one.person_id for one in mails} == wanted
    send_mail(mails[0].pk)
    assert f"/e/{rows.edition.slug}/follow-up/{request.pk}/" in mail.outbox[0].body
    assert "Send them" in mail.outbox[0].body
    with acting_as_system("tests"):
        Membership.objects.filter(person_id__in=wanted).update(until=DUE)
    assert remind(today=DUE + dt.timedelta(days=1)) == 0


def seen_by(subject: Subject) -> set[str]:
    with acting(subject):
        return set(Commitment.objects.values_list("what", flat=True))


def test_a_promise_of_a_meeting_is_read_by_whom_its_writer_lets(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        for what, shared in (("Ours", False), ("For both", True)):
            made = agreed.promise_at(
                by=sender,
                request=request,
                is_shared=shared,
                promise=agreed.Promise(who="They", what=what),
            )
            assert made.request_id == request.pk
    assert seen_by(sender) >= {"Ours", "For both"}
    assert seen_by(receiver) & {"Ours", "For both"} == {"For both"}
    assert not seen_by(third) & {"Ours", "For both"}


def test_a_promise_of_a_cooperation_is_read_by_its_partners_of_now(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
        promise = agreed.promise_in(
            by=sender,
            cooperation=made,
            is_shared=True,
            promise=agreed.Promise(who="They", what="In time"),
        )
        assert promise.cooperation_id == made.pk
        agreed.promise_in(
            by=sender,
            cooperation=made,
            is_shared=False,
            promise=agreed.Promise(who="They", what="Ours"),
        )
    assert seen_by(receiver) & {"In time", "Ours"} == {"In time"}
    with acting(third), pytest.raises(NotPartOfItError):
        agreed.promise_in(
            by=third, cooperation=made, is_shared=True, promise=agreed.Promise(who="x", what="y")
        )
    with acting_as_system("tests"):
        assert Cooperation.objects.count() == 1
        assert Delegate.objects.filter(organisation=third.org_id).exists()
        assert MeetingRequest.objects.filter(pk=request.pk).exists()
