"""Who never sits at one table: on the list, in asking, in answering, in solving, in booking; and who sees the list."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from punte.apps.access.models import Account, NeverMeet
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings import asking, booking, keeping_apart
from punte.apps.meetings.bridge import ask_question
from punte.apps.meetings.may_ask import reason_against
from punte.apps.meetings.models import Apart, Meeting, MeetingRequest, TimetableVersion, Unmet
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.meetings.publication import publish_version
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import PunteError
from small_forum import Forum, solve

pytestmark = pytest.mark.django_db
State = MeetingRequest.State
WHY = "They are in court with one another."


def an_accepted(forum: Forum) -> MeetingRequest:
    with acting_as_system("tests"):
        found = (
            MeetingRequest.objects.filter(edition=forum.edition, state=State.ACCEPTED)
            .select_related("sender__organisation", "receiver__organisation", "edition")
            .exclude(sender__organisation__country="ROU")
            .first()
        )
        assert found is not None
        return found


def keep_apart(forum: Forum, one: str, other: str) -> Apart:
    by = forum.organiser
    with acting(by):
        sides = [keeping_apart.find_side(forum.edition, text) for text in (one, other)]
        return keeping_apart.keep_apart(
            by=by, edition=forum.edition, one=sides[0], other=sides[1], reason=WHY
        )


def subject_of(delegate: Delegate) -> Subject:
    return subject_of_person(delegate.person_id)


SIDES = {
    "organisations": lambda d: d.organisation.name,
    "countries": lambda d: d.organisation.country_id,
    "people": lambda d: d.code,
}


@pytest.mark.parametrize("kind", SIDES)
def test_a_pair_is_neither_asked_nor_solved(forum: Forum, kind: str) -> None:
    request = an_accepted(forum)
    keep_apart(forum, SIDES[kind](request.sender), SIDES[kind](request.receiver))
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(state=State.DECLINED)
        sender = Delegate.objects.select_related("category", "edition").get(pk=request.sender_id)
        receiver = Delegate.objects.select_related("category", "edition").get(
            pk=request.receiver_id
        )
        sender.category.may_request = receiver.category.may_be_asked = True
        sender.category.request_quota = 99
    with acting(subject_of(sender)):
        reason = reason_against(sender, receiver)
    assert "keep the two of you from one table" in reason
    assert WHY not in reason, "why is for the organisers"
    with acting(subject_of(sender)), pytest.raises(NotAllowedError, match="one table"):
        asking.ask(by=subject_of(sender), sender=sender, receiver=receiver, reason="Radar")
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(state=State.ACCEPTED)
    with acting(forum.organiser):
        question = ask_question(forum.edition)
    assert request.code not in question.requests
    assert request.code in {one.code for one in question.apart}
    assert question.requests, "the others are asked"


def test_a_pending_request_is_not_accepted_any_more(forum: Forum) -> None:
    request = an_accepted(forum)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(state=State.PENDING)
    keep_apart(forum, request.sender.organisation.name, request.receiver.organisation.name)
    by = subject_of(request.receiver)
    with acting(by), pytest.raises(NotAllowedError, match="one table"):
        asking.answer_request(by=by, request_id=request.pk, accepts=True, read_revision=1)
    with acting(by):
        asking.answer_request(
            by=by, request_id=request.pk, accepts=False, read_revision=1, answer="No time"
        )


def test_the_timetable_leaves_it_out_and_says_so(
    committed_forum: Forum,
) -> None:
    forum = committed_forum
    request = an_accepted(forum)
    keep_apart(forum, request.sender.code, request.receiver.code)
    line = solve(forum)
    with acting_as_system("tests"):
        assert not Meeting.objects.filter(version=line.id, request=request).exists()
        assert Unmet.objects.get(version=line.id, request=request).code == "kept_apart"
    assert line.request_count == line.meeting_count + _unmet(line.id)


def _unmet(version_id: object) -> int:
    with acting_as_system("tests"):
        return Unmet.objects.filter(version=version_id).count()


def test_what_is_published_is_called_off_and_not_booked_again(
    committed_forum: Forum,
) -> None:
    forum = committed_forum
    line, by = solve(forum), forum.organiser
    with acting(by):
        publish_version(by=by, version_id=line.id)
    with acting_as_system("tests"):
        held = Meeting.objects.filter(version=line.id).select_related(
            "request__sender__organisation", "request__receiver__organisation", "slot"
        )[0]
    request = held.request
    pair = keep_apart(forum, request.sender.code, request.receiver.code)
    with acting(by):
        (shown,) = keeping_apart.list_apart(forum.edition)
        assert (shown.open_requests, shown.meetings) == (1, 1)
        with pytest.raises(PunteError, match="what the people concerned are told"):
            keeping_apart.call_off_between(
                by=by, edition=forum.edition, pair_id=pair.pk, answer=" "
            )
    with acting_as_system("tests"):
        free = request.edition
        Meeting.objects.filter(pk=held.pk).delete()
    me = subject_of(request.sender)
    with acting(me):
        assert booking.free_slots(request) == []
        with pytest.raises(NotAllowedError, match="one table"):
            booking.book(by=me, request_id=request.pk, slot_code=held.slot.code)
    with acting(by):
        done = keeping_apart.call_off_between(
            by=by, edition=free, pair_id=pair.pk, answer="It cannot be held."
        )
    assert done == 1
    with acting_as_system("tests"):
        request.refresh_from_db()
        assert (request.state, request.answer) == (State.WITHDRAWN, "It cannot be held.")
        assert TimetableVersion.objects.get(pk=line.id).state == "published"


def test_a_colleague_who_is_kept_apart_does_not_stand_in(forum: Forum) -> None:
    request = an_accepted(forum)
    with acting_as_system("tests"):
        colleague = Delegate.objects.exclude(
            organisation__in=[request.sender.organisation_id, request.receiver.organisation_id]
        )[0]
        Delegate.objects.filter(pk=colleague.pk).update(
            organisation=request.sender.organisation, owner_org=request.sender.organisation
        )
    keep_apart(forum, colleague.code, request.receiver.code)
    me = subject_of(request.sender)
    with acting(me), pytest.raises(NotAllowedError, match="one table"):
        booking.stand_in(by=me, request_id=request.pk, delegate_id=colleague.pk)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(state=State.PENDING)
    with acting(me), pytest.raises(NotAllowedError, match="one table"):
        asking.edit_request(
            by=me,
            request_id=request.pk,
            reason=request.reason,
            rank=1,
            colleagues=[colleague.pk],
            read_revision=1,
        )


def test_organisations_that_never_see_each_other_do_not_meet_either(forum: Forum) -> None:
    request = an_accepted(forum)
    NeverMeet.objects.create(
        one_org_id=request.receiver.organisation_id, other_org_id=request.sender.organisation_id
    )
    with acting(forum.organiser):
        assert request.code not in ask_question(forum.edition).requests


def test_a_side_is_found_by_what_people_write(forum: Forum) -> None:
    with acting_as_system("tests"):
        people = list(Delegate.objects.filter(edition=forum.edition)[:2])
        Delegate.objects.filter(pk__in=[one.pk for one in people]).update(badge_name="Same Name")
    with acting(forum.organiser):
        find = keeping_apart.find_side
        assert find(forum.edition, "moldova") == find(forum.edition, "MDA") == "MDA"
        assert find(forum.edition, people[0].code) == f"person:{people[0].person_id}"
        with pytest.raises(PunteError, match=people[0].code):
            find(forum.edition, "same name")
        with pytest.raises(PunteError, match="Nobody of this edition"):
            find(forum.edition, "Atlantis")
        with pytest.raises(PunteError, match="Both sides are the same"):
            keep_apart(forum, "MDA", "Moldova")
    keep_apart(forum, "MDA", people[0].code)
    with pytest.raises(PunteError, match="already"):
        keep_apart(forum, people[0].code, "MDA")


def test_only_organisers_see_and_keep_the_list(forum: Forum) -> None:
    request = an_accepted(forum)
    keep_apart(forum, request.sender.organisation.name, "MDA")
    address = f"/e/{forum.edition.slug}/set-up/apart/"
    client = Client()
    client.force_login(Account.objects.get(email="organiser@bucharest.example"))
    page = client.get(address).content.decode()
    assert WHY in page
    assert request.sender.organisation.name in page
    for part in ("company", "authority"):
        subject = forum.subject(part)
        with acting(subject):
            assert not Apart.objects.exists()
            with pytest.raises(PunteError):
                keeping_apart.keep_apart(
                    by=subject, edition=forum.edition, one="FRA", other="MDA", reason=WHY
                )
        other = Client()
        other.force_login(Account.objects.get(email=f"{part}@bucharest.example"))
        assert other.get(address).status_code == 404
        assert other.post(address, {"do": "add"}).status_code == 404


def test_the_page_takes_a_pair_and_keeps_what_was_written(forum: Forum) -> None:
    client, request = Client(), an_accepted(forum)
    client.force_login(Account.objects.get(email="organiser@bucharest.example"))
    address = f"/e/{forum.edition.slug}/set-up/apart/"
    form = {"do": "add", "one": request.sender.code, "other": "Atlantis", "reason": WHY}
    page = client.post(address, form).content.decode()
    assert "Nobody of this edition is called “Atlantis”" in page
    assert WHY in page
    assert (
        "NATO SECRET"
        in client.post(address, form | {"other": "MDA", "reason": "NATO SECRET"}).content.decode()
    )
    client.post(address, form | {"other": request.receiver.code})
    page = client.get(address).content.decode()
    assert "1 request, 0 with a time" in page
    with acting_as_system("tests"):
        (pair,) = Apart.objects.all()
        assert pair.entered_by_id == forum.organiser.person_id
    client.post(address, {"do": "away", "pair": str(pair.pk)})
    with acting_as_system("tests"):
        assert not Apart.objects.exists()
    assert (
        "not on the list"
        in client.post(address, {"do": "away", "pair": str(pair.pk)}).content.decode()
    )


def test_the_list_costs_the_same_queries_however_long(forum: Forum) -> None:
    counts = []
    for codes in (["FRA"], ["DEU", "POL", "ITA"]):
        for code in codes:
            keep_apart(forum, code, "MDA")
        with acting(forum.organiser), CaptureQueriesContext(connection) as caught:
            keeping_apart.list_apart(forum.edition)
        counts.append(len(caught))
    assert counts[0] == counts[1]
