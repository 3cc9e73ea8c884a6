"""Reminders, the second question, documents, and who speaks on after somebody leaves."""

import datetime as dt

import pytest
from django.core import mail

from edition_rows import Rows, make_edition
from meeting_rows import cleared, meeting_of
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import feedback, follow_up
from punte.apps.cooperation.agreed import Promise, promise_in
from punte.apps.cooperation.documents import (
    add_document,
    not_reached,
    remove_document,
    share_document,
)
from punte.apps.cooperation.leaving import LEFT_KIND, end_partnership
from punte.apps.cooperation.models import (
    Commitment,
    Cooperation,
    CooperationFile,
    Feedback,
    Partner,
    Task,
)
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.reminders import remind
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Membership, Person
from punte.kernel.errors import PunteError
from small_pictures import PLACE, photograph

pytestmark = pytest.mark.django_db
DUE = dt.date(2027, 3, 15)


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def begun(rows: Rows) -> tuple[Cooperation, MeetingRequest, Subject, Subject, Subject]:
    request, sender, receiver, third = meeting_of(rows)
    with acting_as_system("tests"):
        for person in (request.sender.person, request.receiver.person):
            Person.objects.filter(pk=person.pk).update(email=f"{person.pk}@example.org")
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
    return made, request, sender, receiver, third


def told(kind: str) -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(kind=kind).order_by("queued_at", "pk"))


def test_an_agreed_action_is_reminded_of_once_each_time_until_it_is_done(rows: Rows) -> None:
    made, _request, sender, receiver, _third = begun(rows)
    with acting(sender):
        own = made.partners.get(organisation=sender.org_id)
        task = follow_up.agree_on(
            by=sender, cooperation=made, text="Send", who="", due_on=DUE, partner=own
        )
        assert task.who == own.organisation_name
        everybodys = follow_up.agree_on(
            by=sender, cooperation=made, text="Both", who="All", due_on=None
        )
    days = [dt.date(2027, 3, 7), dt.date(2027, 3, 8), dt.date(2027, 3, 8), DUE]
    assert [remind(today=day) for day in days] == [0, 1, 0, 1]
    assert {one.person_id for one in told("task.due")} == {sender.person_id}
    with acting(receiver):
        Task.objects.filter(pk=everybodys.pk).update(due_on=dt.date(2027, 3, 10))
    assert remind(today=dt.date(2027, 3, 10)) == 2, "nobody's in particular: every partner's"
    with acting(receiver):
        follow_up.finish_task(by=receiver, task=task)
    for one in told("task.due"):
        send_mail(one.pk)
    assert len(mail.outbox) == 2, "what is done meanwhile is not told"
    assert remind(today=dt.date(2027, 3, 16)) == 2


def test_a_successor_is_reminded_and_nothing_is_lost(rows: Rows) -> None:
    made, request, sender, receiver, _third = begun(rows)
    with acting_as_system("tests"):
        heir = Person.objects.create(
            name="Ana Nouă", email="ana@example.org", owner_org_id=sender.org_id
        )
    heir_subject = cleared(heir, rows)
    with acting(sender):
        own = made.partners.get(organisation=sender.org_id)
        follow_up.agree_on(
            by=sender, cooperation=made, text="Send", who="Us", due_on=DUE, partner=own
        )
    with acting_as_system("tests"):
        Membership.objects.filter(person=request.sender.person).update(until=dt.date(2027, 1, 1))
        Membership.objects.filter(person=heir).update(is_focal_point=True)
    assert remind(today=DUE) == 1, "the focal point stands in until a successor is named"
    assert told("task.due")[0].person_id == heir.pk
    with acting(heir_subject) as by:
        assert Cooperation.objects.get() == made
        other = made.partners.exclude(pk=own.pk).get()
        with pytest.raises(NotPartOfItError):
            follow_up.name_successor(by=by, partner=other, speaker="x", speaker_id=heir.pk)
        follow_up.name_successor(by=by, partner=own, speaker=heir.name, speaker_id=heir.pk)
        assert Partner.objects.get(pk=own.pk).speaker_id == heir.pk
    assert remind(today=DUE + dt.timedelta(days=1)) == 1
    del receiver


def test_both_sides_are_asked_again_after_six_months_and_once(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    edition = rows.edition
    day = feedback.second_day(edition)
    assert day == dt.date(2026, 5, 6)
    with acting_as_system("tests"):
        for person in (request.sender.person, request.receiver.person):
            Person.objects.filter(pk=person.pk).update(email=f"{person.pk}@example.org")
    assert feedback.ask_again(today=day - dt.timedelta(days=1)) == 0
    assert feedback.ask_again(today=day) > 0
    assert feedback.ask_again(today=day + dt.timedelta(days=3)) == 0
    assert feedback.ask_again(today=day + dt.timedelta(days=400)) == 0
    with acting(sender):
        for outcome, worth in (("wonder", 3), ("work", 0), ("work", 6)):
            with pytest.raises(PunteError, match="Choose what came"):
                feedback.give_feedback(by=sender, request=request, outcome=outcome, worth=worth)
        feedback.give_feedback(by=sender, request=request, outcome="talks", worth=3)
        kept = feedback.give_feedback(by=sender, request=request, outcome="work", worth=4)
        assert (Feedback.objects.count(), kept.wave) == (1, Feedback.Wave.SECOND)
    for subject in (receiver, third):
        with acting(subject):
            assert not Feedback.objects.exists(), "the other side does not read it"
    with acting(third), pytest.raises(NotPartOfItError):
        feedback.give_feedback(by=third, request=request, outcome="work", worth=4)


def test_the_second_day_is_a_day_of_the_calendar() -> None:
    ends = [dt.date(2026, 8, 31), dt.date(2027, 8, 29), dt.date(2025, 11, 6), dt.date(2026, 6, 30)]
    days = [feedback.second_day(Edition(ends_on=day)).isoformat() for day in ends]
    assert days == ["2027-02-28", "2028-02-29", "2026-05-06", "2026-12-30"]


def test_a_document_is_seen_by_whom_its_label_lets(rows: Rows) -> None:
    made, _request, sender, receiver, third = begun(rows)
    with acting(sender):
        with pytest.raises(PunteError, match="marked"):
            add_document(
                by=sender,
                cooperation=made,
                name="a.txt",
                content=b"TRES SECRET UE",
                is_shared=True,
            )
        shared = add_document(
            by=sender, cooperation=made, name="a.txt", content=b"for all", is_shared=True
        )
        photo = add_document(
            by=sender, cooperation=made, name="p.jpg", content=photograph(), is_shared=False
        )
        assert PLACE not in photo.content, "a photograph does not say where it was taken"
        remove_document(by=sender, file=photo)
        own = add_document(
            by=sender, cooperation=made, name="b.txt", content=b"for us", is_shared=False
        )
    with acting(receiver):
        assert list(CooperationFile.objects.all()) == [shared]
        with pytest.raises(NotPartOfItError):
            remove_document(by=receiver, file=shared)
    with acting(third):
        assert not CooperationFile.objects.exists()
        with pytest.raises(NotPartOfItError):
            add_document(by=third, cooperation=made, name="c.txt", content=b"x", is_shared=True)
    with acting_as_system("tests"):
        organisation = Delegate.objects.filter(organisation=third.org_id)[0].organisation
    with acting(receiver):
        follow_up.add_partner(by=receiver, cooperation=made, organisation=organisation)
    check_sharing(made, shared, receiver, sender, third)
    check_leaving(made, sender, receiver, third)
    with acting(sender):
        remove_document(by=sender, file=own)
        assert list(CooperationFile.objects.all()) == [shared]


def check_leaving(made: Cooperation, sender: Subject, receiver: Subject, third: Subject) -> None:
    """Who leaves, or is taken out, reads nothing more of it; the others are told and keep the history."""
    with acting(sender):
        promise_in(
            by=sender, cooperation=made, is_shared=True, promise=Promise(who="We", what="Deliver")
        )
    with acting(third):
        row = Cooperation.objects.get(pk=made.pk)
        other = row.partners.exclude(organisation=third.org_id)[0]
        with pytest.raises(NotPartOfItError):
            end_partnership(by=third, partner=other, reason="x")
        own = row.partners.get(organisation=third.org_id)
        with pytest.raises(PunteError, match="Say why"):
            end_partnership(by=third, partner=own, reason=" ")
        assert Commitment.objects.exists()
        end_partnership(by=third, partner=own, reason="Our part is done.")
        assert not Commitment.objects.exists()
        assert not Cooperation.objects.exists()
        assert not CooperationFile.objects.exists()
    with acting(receiver):
        row = Cooperation.objects.get(pk=made.pk)
        assert "Our part is done." in row.changes.first().reason  # type: ignore[union-attr]
    with acting_as_system("tests"):
        assert Mail.objects.filter(kind=LEFT_KIND, person_id=sender.person_id).count() == 1
    with acting(sender):
        row = Cooperation.objects.get(pk=made.pk)
        gone = row.partners.get(organisation=third.org_id)
        with pytest.raises(PunteError, match="left already"):
            end_partnership(by=sender, partner=gone, reason="x")
        end_partnership(
            by=sender, partner=row.partners.get(organisation=receiver.org_id), reason="Ended."
        )
        with pytest.raises(PunteError, match="last partner"):
            end_partnership(
                by=sender, partner=row.partners.get(organisation=sender.org_id), reason="x"
            )
    with acting(receiver):
        assert not Cooperation.objects.exists()


def check_sharing(
    made: Cooperation,
    shared: CooperationFile,
    receiver: Subject,
    sender: Subject,
    third: Subject,
) -> None:
    """What was shared before a partner was taken in waits for the word of whoever brought it."""
    with acting(third):
        assert not CooperationFile.objects.exists(), "who joins reads nothing shared before"
    with acting(receiver), pytest.raises(NotPartOfItError):
        share_document(by=receiver, file=shared)
    with acting(sender):
        partners = list(made.partners.all())
        (only,) = (one.organisation_name for one in partners if one.organisation_id == third.org_id)
        assert not_reached(shared, partners) == [only]
        share_document(by=sender, file=shared)
        assert not_reached(shared, partners) == []
    with acting(third):
        assert list(CooperationFile.objects.all()) == [shared]
