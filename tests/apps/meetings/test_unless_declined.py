"""Requests that count as accepted unless declined: what is promised, to whom, when it comes true, and for whom never."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.answer_rules import set_answer_rule
from punte.apps.forum.cloning import clone_edition
from punte.apps.forum.models import Delegate, Edition, MeetingRule, Phase
from punte.apps.forum.set_up import EditionWish, SetUpError
from punte.apps.meetings import asking
from punte.apps.meetings.actions import WrongStateError
from punte.apps.meetings.keeping_apart import keep_apart
from punte.apps.meetings.may_ask import quota_of
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.unless_declined import accept_undeclined, decline_until
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from punte.web.setup.readiness import checklist
from signed_in import signed_in
from small_forum import Forum, load_small

pytestmark = pytest.mark.django_db
State = MeetingRequest.State
DAY = dt.timedelta(days=1)


@pytest.fixture
def forum() -> Forum:
    return load_small()


def of(part: str, forum: Forum) -> Delegate:
    with acting_as_system("tests"):
        return Delegate.objects.select_related("category", "edition", "person").get(
            edition=forum.edition, person__account__email=f"{part}@bucharest.example"
        )


def pair(forum: Forum, *, days: int | None = 3) -> tuple[Delegate, Delegate]:
    """Return who asks and who is asked, in one category with the rule, with nothing between them and nothing open."""
    receiver = of("authority", forum)
    with acting_as_system("tests"):
        Phase.objects.filter(edition=forum.edition).delete()
        MeetingRequest.objects.filter(edition=forum.edition).update(state=State.DECLINED)
        MeetingRule.objects.filter(edition=forum.edition).delete()
        category = receiver.category
        category.may_request = category.may_be_asked = category.accepts_unless_declined = True
        category.days_to_decline, category.request_quota = days, 3
        category.save()
        Delegate.objects.filter(edition=forum.edition).update(category=category)
    return of("company", forum), of("authority", forum)


def subject_of(delegate: Delegate) -> Subject:
    return subject_of_person(delegate.person_id)


def send(sender: Delegate, receiver: Delegate) -> MeetingRequest:
    subject = subject_of(sender)
    with acting(subject):
        return asking.ask(by=subject, sender=sender, receiver=receiver, reason="We build it.")


def let_time_pass(request: MeetingRequest) -> None:
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(
            accepted_unless_by=timezone.now() - dt.timedelta(seconds=1)
        )


def state_of(request: MeetingRequest) -> str:
    with acting_as_system("tests"):
        return MeetingRequest.objects.get(pk=request.pk).state


def test_it_is_off_unless_the_organisers_say_so(forum: Forum) -> None:
    sender, receiver = pair(forum)
    with acting_as_system("tests"):
        receiver.category.accepts_unless_declined = False
        receiver.category.save()
    request = send(sender, of("authority", forum))
    assert request.accepted_unless_by is None
    assert accept_undeclined() == 0
    assert state_of(request) == State.PENDING


def test_both_sides_are_told_when_it_is_sent_and_when_it_counts(forum: Forum) -> None:
    sender, receiver = pair(forum)
    page = f"/e/{forum.edition.slug}/people/{receiver.pk}/"
    assert (
        "Sent now, it counts as accepted unless"
        in signed_in("company@bucharest.example").get(page).text
    )
    request = send(sender, receiver)
    assert request.accepted_unless_by is not None
    assert abs(request.accepted_unless_by - timezone.now() - 3 * DAY) < dt.timedelta(minutes=1)
    for part in ("company", "authority"):
        client = signed_in(f"{part}@bucharest.example")
        for tail in (f"requests/{request.pk}/", "requests/"):
            shown = client.get(f"/e/{forum.edition.slug}/{tail}").text
            assert "It counts as accepted unless it is declined by" in shown
    with acting_as_system("tests"):
        letter = Mail.objects.get(kind="request.received", person=receiver.person_id)
    assert send_mail(letter.pk) == Mail.State.SENT
    assert "It counts as accepted unless it is declined by" in mail.outbox[-1].body
    let_time_pass(request)
    assert accept_undeclined() == 1
    with acting_as_system("tests"):
        told = set(Mail.objects.filter(kind="request.counted").values_list("person", flat=True))
        assert told == {sender.person_id, receiver.person_id}
        entry = AuditEntry.objects.get(verb="request.accepted_by_rule")
    assert entry.system, "nobody's word is put into the log as theirs"
    shown = signed_in("authority@bucharest.example").get(
        f"/e/{forum.edition.slug}/requests/{request.pk}/"
    )
    assert "Decline it" in shown.text


def test_run_twice_it_counts_once_and_the_quota_stays_used(forum: Forum) -> None:
    sender, receiver = pair(forum)
    request = send(sender, receiver)
    before = quota_used(sender)
    assert accept_undeclined() == 0, "not before its moment"
    let_time_pass(request)
    assert accept_undeclined() == 1
    assert accept_undeclined() == 0
    assert state_of(request) == State.ACCEPTED
    assert quota_used(sender) == before
    with acting_as_system("tests"):
        assert Mail.objects.filter(kind="request.counted").count() == 2
        assert AuditEntry.objects.filter(verb="request.accepted_by_rule").count() == 1


def quota_used(sender: Delegate) -> int:
    with acting(subject_of(sender)):
        return quota_of(sender).used


def test_it_can_be_declined_before_and_after_until_it_has_a_time(forum: Forum) -> None:
    sender, receiver = pair(forum)
    first, other = send(sender, receiver), subject_of(receiver)
    with acting(other):
        asking.answer_request(
            by=other, request_id=first.pk, accepts=False, read_revision=1, answer="No time"
        )
    let_time_pass(first)
    assert accept_undeclined() == 0
    assert state_of(first) == State.DECLINED
    second = send(sender, receiver)
    let_time_pass(second)
    assert accept_undeclined() == 1
    with acting(other):
        asking.answer_request(
            by=other, request_id=second.pk, accepts=False, read_revision=2, answer="After all"
        )
    assert state_of(second) == State.DECLINED
    assert quota_used(sender) == 0, "declined, it counts no more"
    third = send(sender, receiver)
    with acting(other):
        asking.answer_request(by=other, request_id=third.pk, accepts=True, read_revision=1)
    with acting(other), pytest.raises(WrongStateError):
        # What was accepted in words is called off, with a word, and not declined.
        asking.answer_request(
            by=other, request_id=third.pk, accepts=False, read_revision=2, answer="No"
        )


def test_the_phase_ends_it_earlier_or_alone(forum: Forum) -> None:
    sender, receiver = pair(forum, days=None)
    with acting(subject_of(sender)):
        assert decline_until(receiver) is None, "no days and no phase: it waits for a yes"
    now = timezone.now()
    with acting_as_system("tests"):
        Phase.objects.create(
            edition=forum.edition, kind="request", starts_at=now - DAY, ends_at=now + DAY
        )
    assert send(sender, receiver).accepted_unless_by == now + DAY
    with acting(subject_of(sender)):
        receiver.category.days_to_decline = 30
        assert decline_until(receiver) == now + DAY
        receiver.category.days_to_decline = 1
        assert decline_until(receiver, now=now - DAY / 2) == now + DAY / 2


def test_other_words_begin_the_time_anew(forum: Forum) -> None:
    sender, receiver = pair(forum)
    request, me = send(sender, receiver), subject_of(sender)
    let_time_pass(request)
    with acting(me):
        asking.edit_request(
            by=me, request_id=request.pk, reason="We want money.", rank=3, read_revision=1
        )
    assert accept_undeclined() == 0, "nobody accepts in silence what was changed a moment ago"
    assert state_of(request) == State.PENDING


def what_bars(forum: Forum, sender: Delegate, receiver: Delegate) -> tuple[Callable[[], None], ...]:
    """Return what happens after a request is sent, of which each alone keeps it from counting."""
    organiser = forum.organiser

    def no_longer_comes() -> None:
        Delegate.objects.filter(pk=receiver.pk).update(left_at=timezone.now())

    def ruled_out() -> None:
        MeetingRule.objects.create(
            edition=forum.edition,
            sender=sender.category,
            receiver=receiver.category,
            reason="No meetings among these.",
        )

    def apart() -> None:
        with acting(organiser):
            keep_apart(
                by=organiser,
                edition=forum.edition,
                one=f"person:{sender.person_id}",
                other=f"person:{receiver.person_id}",
                reason="Kept apart.",
            )

    def without_account() -> None:
        Person.objects.filter(pk=receiver.person_id).update(account=None)

    def signed_out() -> None:
        Account.objects.filter(person=receiver.person_id).update(is_active=False)

    def turned_off() -> None:
        receiver.category.accepts_unless_declined = False
        receiver.category.save()

    return no_longer_comes, ruled_out, apart, without_account, signed_out, turned_off


def test_never_for_who_may_not_be_met_or_could_not_decline(forum: Forum) -> None:
    sender, receiver = pair(forum)
    for happens in what_bars(forum, sender, receiver):
        with transaction.atomic():
            request = send(sender, receiver)
            let_time_pass(request)
            with acting_as_system("tests"):
                happens()
            assert accept_undeclined() == 0, happens.__name__
            assert state_of(request) == State.PENDING
            with acting_as_system("tests"):
                assert MeetingRequest.objects.get(pk=request.pk).accepted_unless_by is None
                assert not Mail.objects.filter(kind="request.counted").exists()
            transaction.set_rollback(True)


def test_only_organisers_set_it_and_a_copy_takes_it_along(forum: Forum) -> None:
    _sender, receiver = pair(forum)
    organiser, code = forum.organiser, receiver.category.code
    with acting(organiser):
        edition = Edition.objects.get(pk=forum.edition.pk)
        for days in (0, 61):
            with pytest.raises(SetUpError, match="1 to 60"):
                set_answer_rule(
                    by=organiser,
                    edition=edition,
                    code=code,
                    accepts_unless_declined=True,
                    days=days,
                )
    me = subject_of(receiver)
    with acting(me), pytest.raises(SetUpError):
        set_answer_rule(by=me, edition=edition, code=code, accepts_unless_declined=True, days=None)
    page = f"/e/{edition.slug}/set-up/categories/"
    client = signed_in("organiser@bucharest.example")
    shown = client.get(page).text
    revision = shown.split('name="revision" value="')[1].split('"')[0]
    client.post(
        page, {"do": "category-answers", "code": code, "accepts": "yes", "revision": revision}
    )
    assert "accepted unless declined until the request phase ends" in client.get(page).text
    with acting(organiser):
        told = [one.told for _label, checks in checklist(edition) for one in checks]
    assert any("when the request phase ends, and it has no time" in one for one in told)
    with acting_as_system("tests"):
        receiver.category.refresh_from_db()
    assert receiver.category.accepts_unless_declined
    assert receiver.category.days_to_decline is None
    steward = forum.subject("steward")
    with acting(steward):
        source = Edition.objects.get(pk=edition.pk)
        copy = clone_edition(by=steward, source=source, wish=wish_like(source)).edition
    with acting_as_system("tests"):
        assert copy.categories.get(code=code).accepts_unless_declined


def wish_like(edition: Edition) -> EditionWish:
    return EditionWish(
        forum=edition.forum,
        name="Next",
        theme="",
        city=edition.city,
        venue="",
        starts_on=dt.date(2027, 5, 4),
        ends_on=dt.date(2027, 5, 5),
        time_zone="Europe/Bucharest",
        languages="en",
        request_quota=3,
    )


def test_a_late_no_is_kept_from_who_publishes_a_timetable_meanwhile(forum: Forum) -> None:
    """It holds the edition, as publishing does: neither can a timetable keep a meeting that was just declined."""
    sender, receiver = pair(forum)
    asked = send(sender, receiver)
    let_time_pass(asked)
    assert accept_undeclined() == 1
    other = subject_of(receiver)
    with acting(other), CaptureQueriesContext(connection) as sent:
        asking.answer_request(
            by=other, request_id=asked.pk, accepts=False, read_revision=2, answer="After all"
        )
    assert state_of(asked) == State.DECLINED
    locks = [one["sql"] for one in sent if "FOR NO KEY UPDATE" in one["sql"]]
    assert any('FROM "forum_edition"' in one for one in locks)
