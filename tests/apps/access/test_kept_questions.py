"""A question that is kept answers as the queryset that it stands for: in anybody's name, after any change, behind the same wall."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models import F, QuerySet, UUIDField, Value
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from edition_rows import make_edition
from punte.apps.access.kept_questions import KEYS, Asked, IsAmong, Kept
from punte.apps.access.permissions import VISITOR, NoSubjectError, Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import Meeting, MeetingRequest
from punte.apps.meetings.own import count_my_requests, my_contacts, my_meetings
from punte.apps.meetings.queries import published_version
from punte.apps.meetings.sides import takes_part
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db

_COLLEAGUES = Kept(
    lambda: (
        Delegate.objects.filter(IsAmong(F("pk"), Asked("people", KEYS)))
        .exclude(code=Asked("code", Delegate._meta.get_field("code")))
        .select_related("organisation")
    )
)
Ask = Callable[[], list[tuple[object, ...]]]


def _facts(rows: list[Delegate] | QuerySet[Delegate]) -> list[tuple[object, ...]]:
    return [(one, one.badge_name, one.label_releasable_to, one.organisation.name) for one in rows]


@pytest.fixture
def both(db: None) -> tuple[list[Subject], Ask, Ask]:
    """Subjects who differ in what they see, a kept question, and the queryset that it is."""
    del db
    rows = make_edition()
    with acting_as_system("sample"):
        people = [one.pk for one in Delegate.objects.filter(edition=rows.edition)[:9]]
        person = Delegate.objects.get(pk=people[0]).person_id
        code = Delegate.objects.get(pk=people[3]).code
    subjects = [VISITOR, subject_of_person(person), Subject(system="sample")]
    return (
        subjects,
        lambda: _facts(_COLLEAGUES.ask(people=people, code=code)),
        lambda: _facts(
            Delegate.objects.filter(pk__in=people).exclude(code=code).select_related("organisation")
        ),
    )


@pytest.mark.parametrize("keeps", [True, False])
def test_everybody_sees_what_the_queryset_shows(
    both: tuple[list[Subject], Ask, Ask], *, keeps: bool
) -> None:
    subjects, kept, plain = both
    seen = []
    with override_settings(KEEP_PLANS=keeps):
        for subject in [*subjects, *reversed(subjects)] * 2:
            with acting(subject):
                assert kept() == plain()
                seen.append(len(kept()))
    assert seen[:3] == [0, 8, 8]


def test_a_label_that_changes_acts_on_the_next_question(
    both: tuple[list[Subject], Ask, Ask],
) -> None:
    (_visitor, delegate, _system), kept, plain = both
    with acting(delegate):
        theirs = {
            one
            for one, *_ in kept()
            if isinstance(one, Delegate) and one.owner_org_id != delegate.org_id
        }
    for change in (
        {"label_releasable_to": []},
        {"label_denied_to": [f"org:{delegate.org_id}"]},
        {"badge_name": "Another Name"},
    ):
        with acting_as_system("sample"):
            Delegate.objects.filter(pk=next(iter(theirs)).pk).update(**change)
        with acting(delegate):
            assert kept() == plain()
    with acting(delegate):
        assert len(kept()) == 7


def test_nobody_asks_without_a_subject(both: tuple[list[Subject], Ask, Ask]) -> None:
    subjects, kept, _plain = both
    with acting(subjects[1]):
        kept()
    with pytest.raises(NoSubjectError):
        kept()


def test_it_is_one_statement_with_its_plan_from_the_first_time_on(
    both: tuple[list[Subject], Ask, Ask],
) -> None:
    subjects, kept, _plain = both
    for _ in range(2):
        with acting(subjects[1]), CaptureQueriesContext(connection) as asked:
            kept()
        assert [query["sql"].split()[0] for query in asked.captured_queries] == ["EXECUTE"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("force_generic_plan",)


def test_a_rollback_forgets_nothing(both: tuple[list[Subject], Ask, Ask]) -> None:
    subjects, kept, plain = both
    with acting(subjects[1]), transaction.atomic():
        kept()
        transaction.set_rollback(True)
    with acting(subjects[1]):
        assert kept() == plain()


def test_a_colleague_who_comes_too_finds_the_meeting(db: None) -> None:
    del db
    rows = make_edition()
    with acting_as_system("sample"):
        version = published_version(rows.edition.pk)
        assert version is not None
        request = Meeting.objects.filter(version_id=version.id).order_by("request__code")[0].request
        other = (
            Delegate.objects.filter(edition=rows.edition)
            .exclude(
                organisation_id__in=[
                    request.sender.organisation_id,
                    request.receiver.organisation_id,
                ]
            )
            .order_by("code")[0]
        )
        before = my_meetings(other.pk, version)
        MeetingRequest.objects.filter(pk=request.pk).update(colleagues=[other.pk])
        after = my_meetings(other.pk, version)
        assert {one.request_id for one in after} - {one.request_id for one in before} == {
            request.pk
        }
        met = {one.pk for one in my_contacts(other)}
        assert {request.receiver_id, request.sender_id} <= met


def test_a_day_is_found_by_indexes_however_many_requests_there_are(
    both: tuple[list[Subject], Ask, Ask],
) -> None:
    subjects, _kept, _plain = both
    with acting(subjects[1]):
        me = Delegate.objects.get(person_id=subjects[1].person_id).pk
        asked = MeetingRequest.objects.filter(takes_part(Value(me, UUIDField())))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # the sample's few rows need no index
        plan = asked.explain()
    assert "meetings_come_along" in plan
    assert "Seq Scan on meetings_meetingrequest" not in plan


def test_who_has_no_request_has_none_of_any_kind(both: tuple[list[Subject], Ask, Ask]) -> None:
    subjects, _kept, _plain = both
    with acting(subjects[2]):
        lonely = Delegate.objects.filter(sent_requests=None, received_requests=None).first()
        key = lonely.pk if lonely else Delegate(code="none").pk
        counts = count_my_requests(key)
    assert (counts.waiting, counts.sent, counts.accepted) == (0, 0, 0)
