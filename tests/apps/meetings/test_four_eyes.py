"""Four eyes: who of an authority is to be at a meeting with a firm, who says so, and what is never held back for it."""

import pytest

from edition_rows import Rows, make_edition, organiser_of
from meeting_rows import cleared
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.asking import edit_request
from punte.apps.meetings.bridge import ask_question
from punte.apps.meetings.disclosing import authority_side
from punte.apps.meetings.four_eyes import (
    ask_for_second,
    asks_four_eyes,
    name_second_pair,
    set_four_eyes,
    who_could_come,
    with_one_pair,
)
from punte.apps.meetings.insight import equal_access
from punte.apps.meetings.models import (
    Apart,
    Meeting,
    MeetingRequest,
    MeetingSeat,
    TimetableVersion,
)
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.meetings.publication import publish_version
from punte.apps.meetings.taking import TakenError
from punte.apps.people.models import Mail, Person
from punte.kernel.errors import ChangedMeanwhileError, PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    found = make_edition()
    organiser = organiser_of(found)
    with acting(organiser):
        set_four_eyes(by=organiser, edition=found.edition, asks=True)
    return found


@pytest.fixture
def request_(rows: Rows) -> MeetingRequest:
    """Return an accepted request of a firm to an authority that has no time yet."""
    with acting_as_system("tests"):
        Meeting.objects.filter(version=rows.version).delete()
        found = MeetingRequest.objects.filter(
            edition=rows.edition,
            sender__organisation__kind="company",
            receiver__organisation__kind="authority",
        ).select_related("sender__organisation", "receiver__organisation", "edition")
        one = found.order_by("code")[0]
        one.label_stewards = [f"org:{one.receiver.organisation_id}", *one.label_stewards]
        one.save()
    return one


def official_of(request: MeetingRequest, rows: Rows) -> Subject:
    with acting_as_system("tests"):
        person = Delegate.objects.select_related("person").get(pk=request.receiver_id).person
    return cleared(person, rows)


def salesman_of(request: MeetingRequest, rows: Rows) -> Subject:
    with acting_as_system("tests"):
        person = Delegate.objects.select_related("person").get(pk=request.sender_id).person
    return cleared(person, rows)


def mate_of(delegate: Delegate) -> Delegate:
    with acting_as_system("tests"):
        return (
            Delegate.objects.filter(
                edition=delegate.edition_id, organisation=delegate.organisation_id
            )
            .exclude(pk=delegate.pk)
            .select_related("person")[0]
        )


def has_mate(side: Delegate | None) -> bool:
    return (
        side is not None
        and Delegate.objects.filter(
            edition=side.edition_id, organisation=side.organisation_id
        ).count()
        > 1
    )


def witness_at(rows: Rows, request: MeetingRequest) -> Delegate:
    """Let somebody of the host come to the edition."""
    with acting_as_system("tests"):
        others = Delegate.objects.filter(
            edition=rows.edition, organisation__kind="company", person__account=None
        )
        one = others.exclude(organisation=request.sender.organisation_id).select_related("person")[
            0
        ]
        one.organisation_id = one.owner_org_id = rows.edition.owner_org_id
        one.save()
        one.person.owner_org_id = rows.edition.owner_org_id
        one.person.save()
    return one


def alone(rows: Rows) -> set[str]:
    organiser = organiser_of(rows)
    with acting(organiser):
        return {one.code for one in with_one_pair(rows.edition)}


def name(by: Subject, request: MeetingRequest, *people: Delegate) -> MeetingRequest:
    with acting(by):
        revision = MeetingRequest.objects.get(pk=request.pk).revision
        return name_second_pair(
            by=by,
            request_id=request.pk,
            delegates=[one.pk for one in people],
            read_revision=revision,
        )


def test_it_is_off_until_an_organiser_asks_for_it(rows: Rows, request_: MeetingRequest) -> None:
    organiser, official = organiser_of(rows), official_of(request_, rows)
    with acting(official):
        assert asks_four_eyes(rows.edition.pk), "a delegate is told"
        with pytest.raises(NotAllowedError):
            set_four_eyes(by=official, edition=rows.edition, asks=False)
    with acting(organiser):
        set_four_eyes(by=organiser, edition=rows.edition, asks=False)
        assert not asks_four_eyes(rows.edition.pk)
        with pytest.raises(PunteError, match="Switch it on"):
            ask_for_second(by=organiser, edition=rows.edition, request_ids=[request_.pk])
    other = make_edition()
    with acting(organiser_of(other)):
        assert not asks_four_eyes(other.edition.pk), "off by default"


def test_the_authority_that_is_asked_names_a_colleague(
    rows: Rows, request_: MeetingRequest
) -> None:
    official, mate = official_of(request_, rows), mate_of(request_.receiver)
    assert request_.code in alone(rows)
    with acting(official):
        assert mate.pk in {one.pk for one in who_could_come(official, request_)}
    named = name(official, request_, mate)
    assert named.colleagues == [mate.pk]
    assert request_.code not in alone(rows)
    with acting_as_system("tests"):
        entry = AuditEntry.objects.get(verb="request.second_pair")
        question = ask_question(rows.edition)
    assert entry.detail["came"] == [str(mate.pk)]
    asked = next(one for one in question.instance.requests if one.id == request_.code)
    codes = {request_.sender.code, request_.receiver.code, mate.code}
    assert set(asked.between) == codes, "the timetable waits for a time at which all three are free"
    with acting(organiser_of(rows)):
        lines = {one.code: one.eyes for one in equal_access(rows.edition.pk)}
    assert lines[request_.code] == 2
    name(official, request_)
    assert request_.code in alone(rows)


def test_the_firm_brings_its_own_and_loses_nobody_elses(
    rows: Rows, request_: MeetingRequest
) -> None:
    official, salesman = official_of(request_, rows), salesman_of(request_, rows)
    mate, other = mate_of(request_.receiver), mate_of(request_.sender)
    with acting(salesman), pytest.raises(NotAllowedError):
        name_second_pair(by=salesman, request_id=request_.pk, delegates=[], read_revision=1)
    revision = name(official, request_, mate).revision
    with acting(salesman):
        changed = edit_request(
            by=salesman,
            request_id=request_.pk,
            reason=request_.reason,
            rank=request_.rank,
            read_revision=revision,
            colleagues=[other.pk],
        )
    assert set(changed.colleagues) == {mate.pk, other.pk}
    assert set(name(official, request_).colleagues) == {other.pk}
    assert request_.code in alone(rows), "a second salesman is no second pair of eyes"


def test_who_cannot_come_is_refused(rows: Rows, request_: MeetingRequest) -> None:
    official, mate = official_of(request_, rows), mate_of(request_.receiver)
    with pytest.raises(PunteError, match="of the list"):
        name(official, request_, mate_of(request_.sender))
    with acting(official), pytest.raises(ChangedMeanwhileError):
        name_second_pair(by=official, request_id=request_.pk, delegates=[mate.pk], read_revision=77)
    with acting_as_system("tests"):
        Apart.objects.create(
            edition=rows.edition,
            one=f"person:{mate.person_id}",
            other=f"org:{request_.sender.organisation_id}",
            owner_org_id=rows.edition.owner_org_id,
        )
    with pytest.raises(NotAllowedError):
        name(official, request_, mate)


def test_a_witness_of_the_host_is_named_by_organisers_and_reads_it(
    rows: Rows, request_: MeetingRequest
) -> None:
    organiser, witness = organiser_of(rows), witness_at(rows, request_)
    reader = cleared(witness.person, rows)
    with pytest.raises(PunteError, match="of the list"):
        name(official_of(request_, rows), request_, witness)
    with acting(reader), pytest.raises(NotThereError):
        name_second_pair(by=reader, request_id=request_.pk, delegates=[], read_revision=1)
    name(organiser, request_, witness)
    assert request_.code not in alone(rows)
    with acting(reader):
        assert MeetingRequest.objects.filter(pk=request_.pk).exists()
        assert who_could_come(reader, request_) == []
    name(organiser, request_)
    with acting(reader):
        assert not MeetingRequest.objects.filter(pk=request_.pk).exists()


def test_a_meeting_that_has_its_time_takes_only_who_is_free(rows: Rows) -> None:
    with acting_as_system("tests"):
        held = Meeting.objects.filter(version=rows.version).select_related(
            "request__sender__organisation", "request__receiver__organisation", "request__edition"
        )
        mixed = [one for one in held if has_mate(authority_side(one.request))]
    organiser = organiser_of(rows)
    outcomes = set()
    for meeting in mixed:
        side = authority_side(meeting.request)
        assert side is not None
        mate = mate_of(side)
        with acting_as_system("tests"):
            is_busy = MeetingSeat.objects.filter(
                version=rows.version, slot=meeting.slot_id, delegate=mate
            ).exists()
        if is_busy:
            with pytest.raises(TakenError):
                name(organiser, meeting.request, mate)
        else:
            name(organiser, meeting.request, mate)
            with acting_as_system("tests"):
                assert MeetingSeat.objects.filter(meeting=meeting, delegate=mate).exists()
        outcomes.add(is_busy)
    assert False in outcomes


def test_the_authority_is_asked_once_a_day(rows: Rows, request_: MeetingRequest) -> None:
    organiser = organiser_of(rows)
    with acting_as_system("tests"):
        Person.objects.filter(pk=request_.receiver.person_id).update(email="official@example.org")
        Mail.objects.all().delete()
    with acting(organiser):
        with pytest.raises(PunteError, match="Tick"):
            ask_for_second(by=organiser, edition=rows.edition, request_ids=[])
        asked = [
            ask_for_second(by=organiser, edition=rows.edition, request_ids=[request_.pk])
            for _day in range(2)
        ]
    assert asked == [1, 1]
    with acting_as_system("tests"):
        assert Mail.objects.filter(kind="request.second_pair").count() == 1
    official = official_of(request_, rows)
    with acting(official), pytest.raises(NotAllowedError):
        ask_for_second(by=official, edition=rows.edition, request_ids=[request_.pk])


def test_a_timetable_with_one_pair_of_eyes_is_published_all_the_same(rows: Rows) -> None:
    organiser = organiser_of(rows)
    with acting(organiser):
        draft = TimetableVersion.objects.get(edition=rows.edition, state="draft")
        held = with_one_pair(rows.edition, version_id=draft.pk)
        assert held
        publish_version(by=organiser, version_id=draft.pk)
        still = {one.code for one in with_one_pair(rows.edition, version_id=draft.pk)}
    assert still == {one.code for one in held}, "no meeting is lost for it"


def test_after_the_meeting_the_record_of_who_was_to_be_there_stays(rows: Rows) -> None:
    with acting_as_system("tests"):
        Edition.objects.filter(pk=rows.edition.pk).update(is_synthetic=False)
        held = Meeting.objects.filter(version=rows.version).select_related(
            "request__sender__organisation", "request__receiver__organisation", "request__edition"
        )
        request = next(one.request for one in held if has_mate(authority_side(one.request)))
    side = authority_side(request)
    assert side is not None
    with pytest.raises(WrongStateError, match="stays"):
        name(organiser_of(rows), request, mate_of(side))
    assert request.code in alone(rows)
