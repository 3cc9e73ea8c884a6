"""Asking and answering: rules, quota, sides, steps."""

import datetime as dt

import pytest
from django.utils import timezone

from punte.apps.access.models import NeverMeet
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate, MeetingRule
from punte.apps.meetings import asking, booking
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.availability import away_slots, set_away
from punte.apps.meetings.may_ask import quota_of
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import ChangedMeanwhileError, PunteError
from small_forum import Forum, load_small

pytestmark = pytest.mark.django_db
State = MeetingRequest.State


@pytest.fixture
def forum() -> Forum:
    return load_small()


def strangers(forum: Forum) -> tuple[Delegate, Delegate]:
    """Return two delegates of two organisations with no open request between them, who may meet."""
    with acting_as_system("tests"):
        people = list(
            Delegate.objects.filter(edition=forum.edition).select_related(
                "category", "edition", "organisation"
            )
        )
        Delegate.objects.update(category=people[0].category)
        Person.objects.filter(email="").update(email="somebody@example.org")
        for one in people:
            one.category = people[0].category
        people[0].category.may_request = people[0].category.may_be_asked = True
        people[0].category.request_quota = 3
        people[0].category.save()
        MeetingRequest.objects.filter(sender=people[0]).update(state=State.DECLINED)
        MeetingRequest.objects.filter(receiver=people[0]).update(state=State.DECLINED)
        return people[0], next(
            one for one in people if one.organisation_id != people[0].organisation_id
        )


def subject_of(delegate: Delegate) -> Subject:
    return subject_of_person(delegate.person_id)


def send(sender: Delegate, receiver: Delegate, reason: str = "We build it.") -> MeetingRequest:
    subject = subject_of(sender)
    with acting(subject):
        return asking.ask(by=subject, sender=sender, receiver=receiver, reason=reason)


def test_a_request_is_sent_answered_and_told(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    request = send(sender, receiver)
    with acting_as_system("tests"):
        mail = Mail.objects.get(kind="request.received")
    assert mail.person_id == receiver.person_id
    other = subject_of(receiver)
    with acting(other), pytest.raises(PunteError, match="why you decline"):
        asking.answer_request(by=other, request_id=request.pk, accepts=False, read_revision=1)
    with acting(other):
        answered = asking.answer_request(
            by=other, request_id=request.pk, accepts=True, read_revision=1, answer="Yes"
        )
    assert answered.state == State.ACCEPTED
    with acting(other), pytest.raises(WrongStateError, match="already"):
        asking.answer_request(by=other, request_id=request.pk, accepts=True, read_revision=1)


def test_neither_the_sender_nor_an_outsider_answers(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    request = send(sender, receiver)
    me = subject_of(sender)
    with acting(me), pytest.raises(NotAllowedError):
        asking.answer_request(by=me, request_id=request.pk, accepts=True, read_revision=1)
    with acting_as_system("tests"):
        third = (
            Delegate.objects.filter(edition=forum.edition)
            .exclude(organisation__in=[sender.organisation_id, receiver.organisation_id])
            .first()
        )
    assert third is not None
    outsider = subject_of(third)
    with acting(outsider), pytest.raises(NotThereError):
        asking.answer_request(by=outsider, request_id=request.pk, accepts=True, read_revision=1)
    with acting(outsider), pytest.raises(NotAllowedError):
        asking.ask(by=outsider, sender=sender, receiver=third, reason="In another's name")


def test_a_quota_bites_when_full_and_comes_back(forum: Forum) -> None:
    sender, _other = strangers(forum)
    with acting_as_system("tests"):
        others = list(
            Delegate.objects.filter(edition=forum.edition)
            .exclude(organisation=sender.organisation_id)
            .select_related("category", "edition")[:4]
        )
    sent = [send(sender, other) for other in others[:3]]
    with pytest.raises(NotAllowedError, match="All your 3 requests are open"):
        send(sender, others[3])
    with acting(subject_of(sender)):
        assert quota_of(sender).left == 0
        booking.withdraw_request(by=subject_of(sender), request_id=sent[0].pk)
        assert quota_of(sender).left == 1
    send(sender, others[3])


def test_rules_stand_apart_from_sight(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    with acting_as_system("tests"):
        rule = MeetingRule.objects.create(
            edition=forum.edition,
            sender=sender.category,
            receiver=receiver.category,
            reason="Firms meet authorities here, not each other.",
        )
    with pytest.raises(NotAllowedError, match="not each other"):
        send(sender, receiver)
    with acting_as_system("tests"):
        rule.delete()
    send(sender, receiver)
    with pytest.raises(NotAllowedError, match="already"):
        send(receiver, sender)
    with pytest.raises(NotAllowedError, match="That is you"):
        send(sender, sender)


def test_who_never_meets_is_not_even_there(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    with acting_as_system("tests"):
        NeverMeet.objects.create(
            one_org_id=sender.organisation_id, other_org_id=receiver.organisation_id
        )
    with acting(subject_of(sender)):
        assert not Delegate.objects.filter(pk=receiver.pk).exists()


@pytest.mark.parametrize(
    ("reason", "match"),
    [("", "why you want"), ("x" * 601, "601"), ("NATO RESTRICTED", "RESTRICTED")],
)
def test_a_bad_reason_is_refused_and_nothing_kept(forum: Forum, reason: str, match: str) -> None:
    sender, receiver = strangers(forum)
    with acting_as_system("tests"):
        before = MeetingRequest.objects.count()
    with pytest.raises(PunteError, match=match):
        send(sender, receiver, reason)
    with acting_as_system("tests"):
        assert MeetingRequest.objects.count() == before


def test_a_reminder_once_a_week(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    request = send(sender, receiver)
    me = subject_of(sender)
    with acting(me), pytest.raises(WrongStateError, match="once a week"):
        asking.nudge(by=me, request_id=request.pk)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(
            sent_at=timezone.now() - dt.timedelta(days=8)
        )
    with acting(me):
        asking.nudge(by=me, request_id=request.pk)
    with acting(me), pytest.raises(WrongStateError, match="once a week"):
        asking.nudge(by=me, request_id=request.pk)


def test_words_stay_once_accepted_and_the_rank_moves(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    request = send(sender, receiver)
    me, other = subject_of(sender), subject_of(receiver)
    with acting(me):
        asking.edit_request(
            by=me, request_id=request.pk, reason="Better words.", rank=1, read_revision=1
        )
    with acting(other):
        asking.answer_request(by=other, request_id=request.pk, accepts=True, read_revision=2)
    with acting(me), pytest.raises(WrongStateError, match="words it has"):
        asking.edit_request(
            by=me, request_id=request.pk, reason="Other words.", rank=1, read_revision=3
        )
    with acting(me):
        changed = asking.edit_request(
            by=me, request_id=request.pk, reason="Better words.", rank=5, read_revision=3
        )
    assert changed.rank == 5


@pytest.mark.parametrize("accepts", [True, False])
def test_nobody_answers_words_they_did_not_read(forum: Forum, accepts: bool) -> None:  # noqa: FBT001
    sender, receiver = strangers(forum)
    request = send(sender, receiver)
    me, other = subject_of(sender), subject_of(receiver)
    with acting(me):
        asking.edit_request(
            by=me, request_id=request.pk, reason="Rather guns.", rank=3, read_revision=1
        )
    with acting(other), pytest.raises(ChangedMeanwhileError, match="reads now: “Rather guns"):
        asking.answer_request(
            by=other, request_id=request.pk, accepts=accepts, answer="x", read_revision=1
        )
    with acting(other):
        done = asking.answer_request(
            by=other, request_id=request.pk, accepts=accepts, answer="x", read_revision=2
        )
    assert done.state == (State.ACCEPTED if accepts else State.DECLINED)
    assert done.earlier_reasons == ["We build it."]


def test_two_tabs_do_not_overwrite_each_other_and_nothing_answered_is_withdrawn_unread(
    forum: Forum,
) -> None:
    sender, receiver = strangers(forum)
    request = send(sender, receiver)
    me, other = subject_of(sender), subject_of(receiver)
    with acting(me):
        asking.edit_request(by=me, request_id=request.pk, reason="One.", rank=3, read_revision=1)
    with acting(me), pytest.raises(ChangedMeanwhileError, match="reads now: “One"):
        asking.edit_request(by=me, request_id=request.pk, reason="Two.", rank=2, read_revision=1)
    with acting(other):
        asking.answer_request(by=other, request_id=request.pk, accepts=True, read_revision=2)
    with acting(me), pytest.raises(ChangedMeanwhileError, match="Accepted"):
        booking.withdraw_request(by=me, request_id=request.pk, read_revision=2)
    with acting(me):
        done = booking.withdraw_request(by=me, request_id=request.pk, read_revision=3)
    assert done.state == State.WITHDRAWN


def test_one_request_of_a_delegate_is_the_first_of_all(forum: Forum) -> None:
    sender, _other = strangers(forum)
    me = subject_of(sender)
    with acting_as_system("tests"):
        MeetingRequest.objects.all().delete()
        others = list(
            Delegate.objects.filter(edition=forum.edition)
            .exclude(organisation=sender.organisation_id)
            .select_related("category", "edition")[:3]
        )

    def wish(receiver: Delegate, rank: int) -> MeetingRequest:
        with acting(me):
            return asking.ask(by=me, sender=sender, receiver=receiver, reason="x", rank=rank)

    def rank(request: MeetingRequest, rank: int, read: int) -> MeetingRequest:
        with acting(me):
            return asking.edit_request(
                by=me, request_id=request.pk, reason="x", rank=rank, read_revision=read
            )

    first = wish(others[0], 1)
    with pytest.raises(PunteError, match=f"that is {first.code} already"):
        wish(others[1], 1)
    second = wish(others[1], 2)
    assert wish(others[2], 2).rank == 2, "others may be shared"
    with pytest.raises(PunteError, match=f"that is {first.code} already"):
        rank(second, 1, 1)
    assert rank(first, 1, 1).rank == 1, "it may stay what it is"
    rank(first, 3, 2)
    assert rank(second, 1, 1).rank == 1
    with pytest.raises(PunteError, match=f"that is {second.code} already"):
        rank(first, 1, 3)
    with acting(me):
        booking.withdraw_request(by=me, request_id=second.pk)
    assert rank(first, 1, 3).rank == 1, "one that is closed is none"


def test_who_stands_in_keeps_their_own_first_of_all(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    me = subject_of(sender)
    with acting_as_system("tests"):
        MeetingRequest.objects.all().delete()
        colleague, other = Delegate.objects.filter(edition=forum.edition).exclude(
            organisation__in=[sender.organisation_id, receiver.organisation_id]
        )[:2]
        Delegate.objects.filter(pk=colleague.pk).update(
            organisation=sender.organisation, owner_org=sender.organisation
        )
        colleague.refresh_from_db()
    with acting(me):
        mine = asking.ask(by=me, sender=sender, receiver=receiver, reason="x", rank=1)
        theirs = asking.ask(by=me, sender=colleague, receiver=other, reason="x", rank=1)
        done = booking.stand_in(by=me, request_id=mine.pk, delegate_id=colleague.pk)
    assert (done.sender_id, done.rank) == (colleague.pk, 2)
    with acting_as_system("tests"):
        theirs.refresh_from_db()
    assert theirs.rank == 1


def test_only_organisers_set_priorities(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    request = send(sender, receiver)
    me = subject_of(sender)
    with acting(me), pytest.raises(NotAllowedError):
        asking.set_priority(by=me, request_id=request.pk, priority=9, must=True)
    organiser = forum.organiser
    with acting(organiser), pytest.raises(PunteError, match="between 0 and 100"):
        asking.set_priority(by=organiser, request_id=request.pk, priority=101, must=False)
    with acting(organiser):
        assert asking.set_priority(by=organiser, request_id=request.pk, priority=9, must=True).must


def test_absence_is_kept_and_only_ones_own(forum: Forum) -> None:
    sender, receiver = strangers(forum)
    me = subject_of(sender)
    with acting_as_system("tests"):
        slots = list(forum.edition.slots.values_list("pk", flat=True)[:2])
    with acting(me):
        assert set_away(by=me, delegate=sender, slot_ids=slots) == 2
        assert away_slots(sender.pk) == frozenset(slots)
        set_away(by=me, delegate=sender, slot_ids=[])
        assert away_slots(sender.pk) == frozenset()
    with acting(me), pytest.raises(NotAllowedError):
        set_away(by=me, delegate=receiver, slot_ids=slots)
    with acting(me), pytest.raises(NotThereError):
        set_away(by=me, delegate=sender, slot_ids=[sender.pk])
