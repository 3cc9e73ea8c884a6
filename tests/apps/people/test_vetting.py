"""Nomination to clearance, step by step, and everything that must not shorten it."""

import pytest
from django.utils import timezone

from cast import EDITION, Cast, make_member
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.people.clearance_stages import set_stages
from punte.apps.people.models import Delegation, Grant, Nomination, Person
from punte.apps.people.models.vetting import ClearanceStage, WatchEntry
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.queries import subject_of_person
from punte.apps.people.vetting import (
    decide,
    next_stage,
    nominate,
    reopen,
    unwatch,
    watch,
    watch_hits,
    withdraw_nomination,
)
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db
STAGES = [("Delegation head", "focal"), ("Host nation", "organise"), ("Security", "vet")]


@pytest.fixture
def staged(cast: Cast) -> Cast:
    with acting(cast.organiser.subject) as by:
        set_stages(by=by, edition_id=EDITION, stages=STAGES)
    with acting_as_system("sample"):
        Grant.objects.create(person=cast.guest.person, right="focal", edition_id=EDITION)
    return cast


def enter(cast: Cast, name: str = "Newcomer") -> Nomination:
    """Let the company nominate one more of its people."""
    with acting_as_system("sample"):
        person = Person.objects.create(
            name=name, email="new@example.org", owner_org=cast.company.organisation
        )
        person.label_stewards = right_groups("vet", "organise", edition_id=EDITION)
        person.save()
        delegation = Delegation.objects.get(organisation=cast.company.organisation)
    with acting(cast.company.subject) as by:
        return nominate(by=by, delegation=delegation, person=person)


def test_all_stages_in_order_then_cleared(staged: Cast) -> None:
    nomination = enter(staged)
    assert nomination.state == "waiting"
    for (name, _), part in zip(STAGES, ("guest", "organiser", "organiser"), strict=True):
        with acting_as_system("tests"):
            stage = next_stage(nomination)
            nomination = Nomination.objects.get(pk=nomination.pk)
        assert stage is not None
        assert stage.name == name
        assert not subject_of_person(nomination.person_id).is_vetted
        with acting_as_system("tests"):
            pass
        with acting(staged.everybody[part].subject) as by:
            decide(by=by, nomination=nomination, decision="cleared")
    with acting_as_system("tests"):
        assert Nomination.objects.get(pk=nomination.pk).state == "cleared"


def test_who_lacks_the_right_is_itself_or_gives_no_reason_is_refused(staged: Cast) -> None:
    nomination = enter(staged)
    for part in ("company", "outsider", "authority"):
        with acting(staged.everybody[part].subject) as by, pytest.raises(NotAllowedError):
            decide(by=by, nomination=nomination, decision="cleared")
    with acting(staged.guest.subject) as by, pytest.raises(NotAllowedError, match="reason"):
        decide(by=by, nomination=nomination, decision="rejected")
    with acting_as_system("sample"):
        Nomination.objects.filter(person=staged.guest.person).update(state="waiting")
        own = Nomination.objects.get(person=staged.guest.person)
    with acting(staged.guest.subject) as by, pytest.raises(NotAllowedError, match="themselves"):
        decide(by=by, nomination=own, decision="cleared")


def test_hold_then_go_on_and_reject_ends_it(staged: Cast) -> None:
    nomination = enter(staged)
    with acting(staged.guest.subject) as by:
        assert decide(by=by, nomination=nomination, decision="held", reason="papers") == "held"
        assert decide(by=by, nomination=nomination, decision="cleared") == "waiting"
    with acting(staged.organiser.subject) as by:
        assert decide(by=by, nomination=nomination, decision="rejected", reason="no") == "rejected"
        with pytest.raises(NotAllowedError, match="Its state is: Rejected"):
            decide(by=by, nomination=nomination, decision="cleared")


def test_a_changed_record_opens_every_stage_again(staged: Cast) -> None:
    nomination = enter(staged)
    with acting(staged.guest.subject) as by:
        decide(by=by, nomination=nomination, decision="cleared")
        reopen(nomination, reason="nationality changed")
    with acting_as_system("tests"):
        stage = next_stage(nomination)
    assert stage is not None
    assert stage.position == 1


def test_beyond_the_quota_substitutes_wait_and_move_up(staged: Cast) -> None:
    with acting_as_system("sample"):
        Delegation.objects.filter(organisation=staged.company.organisation).update(quota=2)
    second, third = enter(staged, "Second"), enter(staged, "Third")
    assert (second.state, third.state) == ("waiting", "substitute")
    with acting(staged.company.subject) as by:
        withdraw_nomination(by=by, nomination=second)
    with acting_as_system("tests"):
        assert Nomination.objects.get(pk=third.pk).state == "waiting"


def test_nobody_nominates_for_another_organisation_or_twice(staged: Cast) -> None:
    with acting_as_system("tests"):
        delegation = Delegation.objects.get(organisation=staged.company.organisation)
    with acting(staged.guest.subject) as by, pytest.raises(NotAllowedError):
        nominate(by=by, delegation=delegation, person=staged.guest.person)
    with (
        acting(staged.company.subject) as by,
        pytest.raises(NotAllowedError, match="cannot be entered"),
    ):
        nominate(by=by, delegation=delegation, person=staged.company.person)


def test_the_watch_list_meets_names_without_accents_or_order_and_only_for_vetters(
    staged: Cast,
) -> None:
    nomination = enter(staged, "Ștefan ȚURCANU")
    with acting_as_system("sample"):
        WatchEntry.objects.create(
            edition_id=EDITION,
            name="Turcanu, Stefan",
            reason="seen before",
            owner_org=staged.organiser.organisation,
            label_stewards=right_groups("vet", edition_id=EDITION),
        )
    with acting(staged.organiser.subject):
        assert len(watch_hits(nomination)) == 1
    with acting(staged.company.subject):
        assert watch_hits(nomination) == []


def test_withdrawn_ends_access_on_the_next_subject(staged: Cast) -> None:
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person=staged.authority.person)
    assert staged.authority.subject.is_vetted
    with acting(staged.organiser.subject) as by:
        withdraw_nomination(by=by, nomination=nomination, reason="recalled")
    assert not staged.authority.subject.is_vetted


def test_an_expired_clearance_counts_no_more(staged: Cast) -> None:
    with acting_as_system("sample"):
        Nomination.objects.update(valid_until=timezone.now())
    assert not staged.authority.subject.is_vetted
    assert ClearanceStage.objects.count() == 3
    assert make_member("Later", "Later House").subject.is_vetted


def test_the_watch_list_is_changed_by_vetters_alone_and_each_change_is_logged(cast: Cast) -> None:
    company = cast.company.subject
    with acting(company), pytest.raises(NotAllowedError):
        watch(by=company, edition_id=EDITION, name="X Y", email="", reason="r")
    with acting(cast.organiser.subject) as by:
        with pytest.raises(PunteError):
            watch(by=by, edition_id=EDITION, name="X Y", email="", reason=" ")
        entry = watch(by=by, edition_id=EDITION, name="X Y", email="", reason="seen before")
        assert unwatch(by=by, edition_id=EDITION, entry_id=entry.pk)
        assert not unwatch(by=by, edition_id=EDITION, entry_id=entry.pk)
        told = list(AuditEntry.objects.filter(verb__startswith="watch.").order_by("id"))
    assert [one.verb for one in told] == ["watch.entered", "watch.taken_off"]
    assert "X Y" not in str([one.detail for one in told])
