"""Whoever no longer comes, may not enter, or is somebody else than shown: said where organisers decide."""

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import cleared
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.agenda import drafted_agenda
from punte.apps.forum.agenda_stage import find_stage_conflicts
from punte.apps.forum.models import Delegate, Session
from punte.apps.meetings import booking
from punte.apps.meetings.insight import insight_into
from punte.apps.meetings.models import Availability, MeetingRequest
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def at(rows: Rows, rest: str) -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def text(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


@pytest.mark.parametrize("chosen", ["open", "allied"])
def test_a_speaker_who_is_gone_or_may_not_enter_is_warned_of(rows: Rows, chosen: str) -> None:
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=rows.edition, organisation__country="MDA")[0]
        Session.objects.filter(edition=rows.edition, code="p1").update(
            format=chosen,
            speakers=[{"name": "M", "delegate": str(one.pk), "function": "", "chair": True}],
        )
    words = {"open": "no longer comes", "allied": "may not enter it"}[chosen]
    organiser = signed_in(rows.organiser)
    with acting_as_system("tests"):
        found = find_stage_conflicts(rows.edition, drafted_agenda(rows.edition.pk))
        assert [words in conflict.text for conflict in found] == (
            [True] if chosen == "allied" else []
        )
        if chosen == "open":
            Delegate.objects.filter(pk=one.pk).update(left_at=timezone.now())
    page = text(organiser, at(rows, "agenda/edit/"))
    assert words in page


def test_who_withdrew_is_in_no_figure(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    with acting_as_system("tests"):
        before = insight_into(rows.edition.pk)
        one = Delegate.objects.get(edition=rows.edition, code="P0001")
        Delegate.objects.filter(pk=one.pk).update(left_at=timezone.now())
        after = insight_into(rows.edition.pk)
        MeetingRequest.objects.filter(edition=rows.edition).update(state="declined")
        bare = insight_into(rows.edition.pk)
    assert sum(line.delegates for line in before.by_kind) == 16
    assert sum(line.delegates for line in after.by_kind) == sum(after.spread) == 15
    assert {line.share for line in bare.by_kind} == {None}
    file = organiser.get(at(rows, "figures/?as=csv")).content.decode("utf-8-sig")
    assert {row["Share met"] for row in csv.DictReader(io.StringIO(file))} == {""}
    assert "Delegates: 15." in text(organiser, at(rows, "set-up/"))


def test_those_concerned_are_told_of_a_stand_in_without_a_time(rows: Rows) -> None:
    with acting_as_system("tests"):
        Person.objects.filter(email="").update(email="somebody@example.org", languages="en")
        request = (
            MeetingRequest.objects.filter(edition=rows.edition)
            .select_related("sender__person", "receiver__person")
            .order_by("-code")[0]
        )
        request.meetings.all().delete()
        MeetingRequest.objects.filter(edition=rows.edition).exclude(pk=request.pk).update(
            state="declined"
        )
        before = request.sender
        colleague = (
            Delegate.objects.filter(organisation=before.organisation_id)
            .exclude(pk=before.pk)
            .select_related("person")[0]
        )
        organiser = Person.objects.get(account__email=rows.organiser)
    for one in (before, colleague, request.receiver):
        cleared(one.person, rows)
    with acting(subject_of_person(organiser.pk)) as by:
        booking.stand_in(by=by, request_id=request.pk, delegate_id=colleague.pk)
    with acting_as_system("tests"):
        letters = {one.person_id: one for one in Mail.objects.filter(kind="request.stand_in")}
    assert set(letters) == {before.person_id, colleague.person_id, request.receiver.person_id}
    with acting_as_system("tests"):
        states = {send_mail(one.pk) for one in letters.values()}
    assert states == {Mail.State.SENT}


def test_choose_a_time_says_that_none_is_free(rows: Rows) -> None:
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        request = MeetingRequest.objects.filter(edition=rows.edition, sender=me)[0]
        request.meetings.all().delete()
        Availability.objects.create(
            delegate=me,
            edition=rows.edition,
            owner_org_id=me.organisation_id,
            away=[slot.pk for slot in rows.edition.slots.all()],
        )
    page = text(signed_in(rows.delegate), at(rows, f"requests/{request.pk}/"))
    assert "No slot of the published timetable is free" in page
    assert "Once a timetable is published" not in page
