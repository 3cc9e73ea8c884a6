"""Partners are told of what is begun, moved, agreed or shared in their name: once, and only who may read it."""

import datetime as dt

import pytest
from django.core import mail

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import agreed, follow_up
from punte.apps.cooperation.leaving import LEFT_KIND, end_partnership
from punte.apps.cooperation.models import Cooperation, MeetingTask
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail import set_opt_out
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Organisation, Person

pytestmark = pytest.mark.django_db
DUE = dt.date(2027, 12, 15)


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def met(rows: Rows) -> tuple[MeetingRequest, Subject, Subject, Subject]:
    request, sender, receiver, third = meeting_of(rows)
    with acting_as_system("tests"):
        for subject in (sender, receiver, third):
            key = subject.person_id
            Person.objects.filter(pk=key).update(email=f"{key}@example.org")
    return request, sender, receiver, third


def told(kind: str) -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(kind=kind).order_by("queued_at", "pk"))


def readers(kind: str) -> set[object]:
    return {one.person_id for one in told(kind)}


def sent(one: Mail) -> tuple[str, str]:
    mail.outbox.clear()
    send_mail(one.pk)
    (letter,) = mail.outbox
    return str(letter.subject), str(letter.body)


def begin(by: Subject, request: MeetingRequest) -> Cooperation:
    with acting(by):
        return follow_up.begin_cooperation(by=by, request=request, name="Mast together")


def test_the_other_is_told_what_began_and_where_it_goes_and_the_actor_is_not(rows: Rows) -> None:
    request, sender, receiver, _third = met(rows)
    made = begin(sender, request)
    assert readers("cooperation.begun") == {receiver.person_id}
    subject, body = sent(told("cooperation.begun")[0])
    assert "Mast together" in subject
    assert f"/cooperations/{made.pk}/" in body
    with acting(receiver):
        mine = Cooperation.objects.get(pk=made.pk)
        follow_up.set_stage(by=receiver, cooperation=mine, stage="stopped", reason="No budget")
        follow_up.plan_next(by=receiver, cooperation=mine, day=DUE, place="Iași")
        follow_up.plan_next(by=receiver, cooperation=mine, day=DUE, place="Iași")
    assert [one.person_id for one in told("cooperation.stage")] == [sender.person_id]
    subject, body = sent(told("cooperation.stage")[0])
    assert "Stopped" in subject
    assert "No budget" in body
    assert [one.person_id for one in told("meeting.next")] == [sender.person_id]
    assert "Wed 15 Dec 2027. Iași" in sent(told("meeting.next")[0])[1]


def test_whoever_is_taken_in_or_goes_is_known_to_all(rows: Rows) -> None:
    request, sender, receiver, third = met(rows)
    made = begin(sender, request)
    with acting_as_system("tests"):
        house = Organisation.objects.get(pk=third.org_id)
    with acting(sender):
        partner = follow_up.add_partner(by=sender, cooperation=made, organisation=house)
    assert readers("cooperation.joined") == {receiver.person_id, third.person_id}
    for one in told("cooperation.joined"):
        assert house.name in sent(one)[0]
    with acting(sender):
        end_partnership(by=sender, partner=partner, reason="Done")
    assert readers(LEFT_KIND) >= {receiver.person_id}
    assert sender.person_id not in readers(LEFT_KIND)


def test_whose_action_it_is_learns_that_it_is_theirs(rows: Rows) -> None:
    request, sender, receiver, third = met(rows)
    made = begin(sender, request)
    with acting(sender):
        agreed.agree_at(by=sender, request=request, text="Send them", side="receiver", due_on=DUE)
        agreed.agree_at(by=sender, request=request, text="Test them", side="sender")
        own = made.partners.get(organisation=receiver.org_id)
        follow_up.agree_on(
            by=sender, cooperation=made, text="Sign", who="", due_on=None, partner=own
        )
    assert readers("task.agreed") == {receiver.person_id}
    words = [sent(one) for one in told("task.agreed")]
    assert [("yours to do" in body, "theirs to do" in body) for _subject, body in words] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert "Send them" in words[0][0]
    assert f"/follow-up/{request.pk}/" in words[0][1]
    assert third.person_id not in readers("task.agreed")


def test_what_is_done_or_gone_before_it_is_sent_is_not_told(rows: Rows) -> None:
    request, sender, receiver, _third = met(rows)
    with acting(sender):
        task = agreed.agree_at(by=sender, request=request, text="Send", side="both")
    with acting(receiver):
        agreed.finish_agreed(by=receiver, task=MeetingTask.objects.get(pk=task.pk))
    send_mail(told("task.agreed")[0].pk)
    assert not mail.outbox


def test_a_note_is_told_where_it_is_shared_and_nowhere_else(rows: Rows) -> None:
    request, sender, receiver, _third = met(rows)
    with acting(sender):
        for is_shared in (False, True):
            text = f"Shared {is_shared}"
            follow_up.write_note(by=sender, request=request, text=text, is_shared=is_shared)
        agreed.meet_again(by=sender, request=request, day=DUE, place="Cluj")
        agreed.meet_again(by=sender, request=request, day=DUE, place="Cluj")
    assert [one.person_id for one in told("meeting.noted")] == [receiver.person_id]
    assert "Shared True" in sent(told("meeting.noted")[0])[1]
    assert [one.person_id for one in told("meeting.next")] == [receiver.person_id]
    assert "Cluj" in sent(told("meeting.next")[0])[1]


def test_whoever_refuses_a_kind_gets_the_others(rows: Rows) -> None:
    request, sender, receiver, _third = met(rows)
    with acting(receiver):
        set_opt_out(by=receiver, kind="cooperation.begun", is_wanted=False)
    made = begin(sender, request)
    with acting(sender):
        follow_up.set_stage(by=sender, cooperation=made, stage="explore", reason="")
    assert not told("cooperation.begun")
    assert readers("cooperation.stage") == {receiver.person_id}
