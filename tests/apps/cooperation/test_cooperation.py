"""What comes after a meeting: marks, notes, cooperations, commitments, assistance, discussions, the desk."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import VISITOR, Subject, acting, acting_as_system
from punte.apps.cooperation import actions, assistance, bundles, desk, follow_up, seats
from punte.apps.cooperation.marks import outcome_of
from punte.apps.cooperation.models import (
    Assistance,
    Commitment,
    Cooperation,
    MeetingNote,
    Scan,
)
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.sample import load_cooperation
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_account
from punte.kernel.errors import ChangedMeanwhileError, PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def test_both_sides_mark_and_may_disagree(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    assert outcome(request, sender) == ""
    mark(request, sender, "held")
    assert outcome(request, sender) == "held"
    mark(request, receiver, "not")
    assert outcome(request, sender) == "disputed"
    mark(request, receiver, "held")
    assert outcome(request, receiver) == "held"
    with acting(third), pytest.raises(NotPartOfItError):
        follow_up.mark_meeting(by=third, request=request, mark="held")


def mark(request: MeetingRequest, by: Subject, what: str) -> None:
    with acting(by):
        follow_up.mark_meeting(by=by, request=request, mark=what)


def outcome(request: MeetingRequest, by: Subject) -> str:
    with acting(by):
        return outcome_of(request)


def test_private_notes_stay_and_shared_ones_cross(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        follow_up.write_note(by=sender, request=request, text="For us", is_shared=False)
        follow_up.write_note(by=sender, request=request, text="For both", is_shared=True)
    seen = {}
    for name, subject in (("sender", sender), ("receiver", receiver), ("third", third)):
        with acting(subject):
            seen[name] = set(MeetingNote.objects.values_list("text", flat=True))
    assert seen == {"sender": {"For us", "For both"}, "receiver": {"For both"}, "third": set()}


def test_a_cooperation_is_kept_by_both_and_grows(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
    with acting(third):
        assert not Cooperation.objects.exists()
    with acting(receiver):
        follow_up.set_stage(by=receiver, cooperation=made, stage="explore", reason="Visit")
        with pytest.raises(PunteError, match="why it stops"):
            follow_up.set_stage(by=receiver, cooperation=made, stage="stopped", reason="")
        task = follow_up.agree_on(
            by=receiver,
            cooperation=made,
            text="Send drawings",
            who="Us",
            due_on=dt.date(2027, 1, 1),
        )
        follow_up.finish_task(by=receiver, task=task)
    assert third.org_id is not None
    with acting_as_system("tests"):
        organisation = Delegate.objects.filter(organisation=third.org_id)[0].organisation
    with acting(sender):
        follow_up.add_partner(by=sender, cooperation=made, organisation=organisation)
        with pytest.raises(PunteError, match="already"):
            follow_up.add_partner(by=sender, cooperation=made, organisation=organisation)
    with acting(third):
        (seen,) = Cooperation.objects.all()
        own = seen.partners.get(organisation=organisation)
        follow_up.name_successor(by=third, partner=own, speaker="Ana Nouă")
        other = seen.partners.exclude(organisation=organisation)[0]
        with pytest.raises(NotPartOfItError):
            follow_up.name_successor(by=third, partner=other, speaker="x")


def test_a_public_commitment_has_a_source_and_a_history(rows: Rows) -> None:
    _request, sender, receiver, _third = meeting_of(rows)
    with acting(sender):
        with pytest.raises(PunteError, match="needs a source"):
            actions.enter_commitment(by=sender, who="We", what="Deliver", is_public=True)
        with pytest.raises(PunteError, match="before it was promised"):
            actions.enter_commitment(
                by=sender,
                who="We",
                what="x",
                promised_on=dt.date(2027, 2, 1),
                due_on=dt.date(2027, 1, 1),
            )
        with pytest.raises(PunteError, match="RESTRICTED"):
            actions.enter_commitment(by=sender, who="We", what="NATO RESTRICTED plan")
        row = actions.enter_commitment(by=sender, who="We", what="Deliver")
        with pytest.raises(PunteError, match="evidence"):
            actions.report_on(by=sender, commitment=row, state="kept", evidence="")
        actions.report_on(by=sender, commitment=row, state="kept", evidence="Letter 7")
        assert [one.state for one in row.events.all()] == ["kept", "open"]
    with acting(receiver):
        assert not Commitment.objects.exists()
        with pytest.raises(NotPartOfItError):
            actions.report_on(by=receiver, commitment=row, state="broken", evidence="x")


def for_delegates(rows: Rows) -> dict[str, list[str]]:
    """Return that the delegates of the edition see an activity and may join it."""
    return {name: [f"edition:{rows.edition.pk}"] for name in ("releasable_to", "open_to")}


def test_seats_go_once_and_requests_find_their_answers(rows: Rows) -> None:
    _request, sender, receiver, third = meeting_of(rows)
    values: dict[str, Any] = {
        "kind": "training",
        "about": "",
        "beneficiaries": "Moldova",
        **for_delegates(rows),
    }
    with acting(sender):
        offer = assistance.enter_assistance(
            by=sender, side="offer", title="Course", seats=5, **values
        )
    with acting(receiver):
        seats.take_seats(by=receiver, assistance=offer, count=4)
        seats.take_seats(by=receiver, assistance=offer, count=3)
    with acting(third):
        with pytest.raises(PunteError, match="2 seats are left"):
            seats.take_seats(by=third, assistance=offer, count=3)
        seats.take_seats(by=third, assistance=offer, count=2)
        wish = assistance.enter_assistance(
            by=third, side="request", title="Need a course", **values
        )
        assert [one.pk for one in assistance.answers_to(wish)] == [offer.pk]
        other = assistance.enter_assistance(
            by=third, side="request", title="x", **(values | {"beneficiaries": "ua"})
        )
        assert assistance.answers_to(other) == []
        with pytest.raises(PunteError, match="no country"):
            assistance.enter_assistance(
                by=third, side="request", title="x", **(values | {"beneficiaries": "MDA, XYZ"})
            )
        with pytest.raises(PunteError, match="not offered"):
            seats.take_seats(by=third, assistance=wish, count=1)


def test_an_activity_is_changed_cancelled_and_ended_with_a_word(rows: Rows) -> None:
    _request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        offer = assistance.enter_assistance(
            by=sender,
            side="offer",
            title="Course",
            kind="training",
            about="",
            beneficiaries="Republica Moldova; ua",
            **for_delegates(rows),
        )
    assert offer.beneficiaries == ["MDA", "UKR"]
    with acting(receiver):
        seats.take_seats(by=receiver, assistance=offer, count=4)
        with pytest.raises(NotPartOfItError):
            assistance.change_assistance(by=receiver, assistance=offer, state="off")
    with acting(sender):
        with pytest.raises(PunteError, match="4 seats are taken"):
            assistance.change_assistance(by=sender, assistance=offer, state="running", seats=3)
        with pytest.raises(PunteError, match="what came of it"):
            assistance.change_assistance(by=sender, assistance=offer, state="done")
        day = dt.date(2026, 1, 5)
        assistance.change_assistance(
            by=sender,
            assistance=offer,
            state="running",
            starts_on=day,
            ends_on=day,
            seats=9,
            place="Iași",
        )
    with acting(third), pytest.raises(PunteError, match="nobody any more"):
        seats.take_seats(by=third, assistance=offer, count=1)
    with acting(receiver):
        seats.take_seats(by=receiver, assistance=offer, count=0)
    with acting(sender):
        assistance.change_assistance(
            by=sender, assistance=offer, state="done", outcome="12 persons trained", starts_on=day
        )
        assert Assistance.objects.get().outcome == "12 persons trained"


def test_the_desk_scans_undoes_and_merges_bundles_once(rows: Rows) -> None:
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    edition = rows.edition
    with acting(organiser):
        delegate = desk.find_by_code(edition, "p0001")
        came = desk.scan(by=organiser, edition=edition, delegate=delegate, desk="North")
        assert came.by_id == organiser.person_id
        assert desk.who_is_here(edition)[delegate.pk].is_here
        desk.scan(by=organiser, edition=edition, delegate=delegate, kind="undo")
        assert not desk.who_is_here(edition)[delegate.pk].is_here
        with pytest.raises(PunteError, match="No badge"):
            desk.find_by_code(edition, "nobody")
        content = bundle(["P0001", "P0002", "GONE"])
        first = bundles.merge_bundle(by=organiser, edition=edition, content=content, desk="South")
        again = bundles.merge_bundle(by=organiser, edition=edition, content=content, desk="South")
        assert (first.new, first.unknown_codes) == (2, ("GONE",))
        assert (again.new, again.known) == (0, 2)
        before = Scan.objects.count()
        for wrong in (
            b"{",
            b"{}",
            bundle(["P0001"], at="yesterday"),
            bundle(["P0001"], kind="out"),
        ):
            with pytest.raises(PunteError):
                bundles.merge_bundle(by=organiser, edition=edition, content=wrong, desk="")
        assert Scan.objects.count() == before
    _request, sender, _receiver, _third = meeting_of(rows)
    with acting(sender):
        assert not Scan.objects.exists()
        with pytest.raises(NotPartOfItError):
            desk.scan(by=sender, edition=edition, delegate=delegate)


def test_no_scan_is_lost_that_another_desk_contradicts(rows: Rows) -> None:
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    edition = rows.edition
    with acting(organiser):
        content = bundle(["P0001", "P0002"])
        bundles.merge_bundle(by=organiser, edition=edition, content=content, desk="South")
        # Another name of the desk and small letters: still the same scans.
        small = bundle(["p0001", "P0002"])
        renamed = bundles.merge_bundle(by=organiser, edition=edition, content=small, desk="West")
        assert (renamed.new, renamed.conflicts) == (0, ())
        # The same identifiers for other scans: both are kept, and a second time nothing is added.
        other = bundle(["P0002", "P0001"])
        for new in (2, 0):
            doubted = bundles.merge_bundle(
                by=organiser, edition=edition, content=other, desk="West"
            )
            assert (doubted.new, len(doubted.conflicts)) == (new, 2)
        assert desk.count_present(edition) == sum(
            presence.is_here for presence in desk.who_is_here(edition).values()
        )
        ahead = (timezone.now() + dt.timedelta(hours=1)).isoformat()
        early = bundles.merge_bundle(
            by=organiser, edition=edition, content=bundle(["P0001"], at=ahead), desk=""
        )
        assert (early.new, [one.reason for one in early.doubtful]) == (0, ["ahead"])


def bundle(codes: list[str], **changes: str) -> bytes:
    scans = [
        {
            "id": str(uuid.UUID(int=n + 1)),
            "code": code,
            "kind": "in",
            "at": "2025-11-05T09:00:00+02:00",
        }
        | changes
        for n, code in enumerate(codes)
    ]
    return json.dumps({"format": "punte.check-in.bundle/1", "scans": scans}).encode()


def test_the_public_facts_carry_their_sources(rows: Rows) -> None:
    keeper = rows.edition.owner_org_id
    assert load_cooperation(keeper, with_synthetic=True) == 39
    assert load_cooperation(keeper, with_synthetic=True) == 0
    with acting_as_system("tests"):
        assert all(row.sources for row in Commitment.objects.all())
        assert all(row.sources for row in Assistance.objects.filter(is_synthetic=False))
        assert Assistance.objects.filter(is_synthetic=True).count() == 3


def check_correcting(organiser: Subject, seen: Commitment) -> None:
    """A correction needs what was read, and a second person, whatever the first is called."""
    with acting(organiser):
        actions.correct_commitment(
            by=organiser, commitment=seen, who="We", what="Deliver two", sources=["Letter 7"]
        )
        assert not seen.is_verified
        assert "Before: We: Deliver" in seen.events.all()[0].evidence
        with pytest.raises(ChangedMeanwhileError, match="since you read it"):
            actions.correct_commitment(
                by=organiser,
                commitment=seen,
                who="We",
                what="Deliver three",
                sources=["Letter 7"],
                read=str(seen.events.all()[1].pk),
            )
        with acting_as_system("tests"):
            Person.objects.filter(pk=organiser.person_id).update(name="Somebody Else")
        with pytest.raises(NotPartOfItError, match="second person"):
            actions.verify_commitment(by=organiser, commitment=seen)


def test_what_everyone_sees_is_published_and_verified_by_a_second_person(rows: Rows) -> None:
    _request, sender, _receiver, third = meeting_of(rows)
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(sender):
        row = actions.enter_commitment(
            by=sender, who="We", what="Deliver", sources=["https://example.org/"], is_public=True
        )
        with pytest.raises(NotPartOfItError, match="published by an organiser"):
            actions.publish_commitment(by=sender, commitment=row)
        with pytest.raises(NotPartOfItError, match="second person"):
            actions.verify_commitment(by=sender, commitment=row)
        actions.report_on(by=sender, commitment=row, state="open", evidence="Inner contract 77")
    with acting(VISITOR):
        assert not Commitment.objects.exists()
    with acting(third):
        assert not Commitment.objects.exists()
    with acting(organiser):
        seen = Commitment.objects.get()
        actions.publish_commitment(by=organiser, commitment=seen)
        actions.verify_commitment(by=organiser, commitment=seen)
    with acting(VISITOR):
        seen = Commitment.objects.get()
        assert (seen.label_tlp, seen.is_verified) == ("TLP:CLEAR", True)
        assert [one.evidence for one in seen.events.all()] == ["Read in the sources.", "Published."]
    with acting(sender):
        mine = Commitment.objects.get()
        assert "Inner contract 77" in [one.evidence for one in mine.events.all()]
        with pytest.raises(NotPartOfItError, match="Everyone sees"):
            actions.report_on(by=sender, commitment=mine, state="kept", evidence="e")
        with pytest.raises(NotPartOfItError, match="Everyone sees"):
            actions.correct_commitment(by=sender, commitment=mine, who="We", what="x")
    check_correcting(organiser, seen)
