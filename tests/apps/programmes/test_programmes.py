"""Programmes and milestones: entered with sources, done only with evidence; seen only by whom they are for."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.programmes.plans import draft, enter
from cast import Cast, make_cast
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.programmes import actions
from punte.apps.programmes.chances import milestone_chances
from punte.apps.programmes.models import Milestone, PlanVersion, Programme
from punte.apps.programmes.permissions import NotKeeperError
from punte.apps.programmes.queries import (
    list_programmes,
    promise_changes,
    waits_across,
)
from punte.apps.programmes.sample import load_programmes
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db
Kind = PlanVersion.Kind


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_who_enters_and_who_sees(cast: Cast) -> None:
    programme = enter(cast)
    with acting(cast.company.subject), pytest.raises(NotKeeperError):
        actions.enter_programme(by=cast.company.subject, draft=draft())
    for part in ("organiser", "company", "guest", "outsider"):
        with acting(getattr(cast, part).subject):
            assert list_programmes() == [], part
    by = cast.authority.subject
    with acting(by):
        actions.change_programme(by=by, programme=programme, draft=draft(is_public=True))
    with acting(cast.outsider.subject):
        assert [one.pk for one in list_programmes()] == [programme.pk]
    with acting(cast.organiser.subject), pytest.raises(NotKeeperError):
        actions.change_programme(by=cast.organiser.subject, programme=programme, draft=draft())


def test_a_status_needs_a_source_and_is_never_inferred(cast: Cast) -> None:
    with pytest.raises(PunteError, match="needs a source"):
        enter(cast, status="launched")
    programme = enter(cast, status="launched", status_source="https://example.org/decision")
    assert programme.status == "launched"
    with pytest.raises(PunteError, match="RESTRICTED"):
        enter(cast, name="NATO RESTRICTED line")


def test_done_needs_evidence(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    with acting(by):
        milestone = actions.set_milestone(
            by=by,
            programme=programme,
            milestone=None,
            name="Signed",
            kind="legal",
            promised_on=dt.date(2026, 6, 1),
        )
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        with pytest.raises(PunteError, match="needs evidence"):
            actions.mark_done(by=by, milestone=milestone, on=yesterday, who="Office", evidence=" ")
        with pytest.raises(PunteError, match="lies ahead"):
            actions.mark_done(
                by=by,
                milestone=milestone,
                on=yesterday + dt.timedelta(days=9),
                who="x",
                evidence="y",
            )
        actions.mark_done(
            by=by, milestone=milestone, on=yesterday, who="Office", evidence="Gazette 7"
        )
        actions.mark_done(by=by, milestone=milestone, on=None, who="", evidence="")
        milestone.refresh_from_db()
    assert milestone.done_on is None
    assert milestone.done_by == ""


def test_milestones_of_programmes_wait_for_each_other_but_not_in_a_circle(cast: Cast) -> None:
    first, second, by = enter(cast), enter(cast, name="Other"), cast.authority.subject

    def put(programme: Programme, row: Milestone | None, after: list[Milestone]) -> Milestone:
        return actions.set_milestone(
            by=by,
            programme=programme,
            milestone=row,
            name=f"of {programme.name}",
            kind="other",
            promised_on=dt.date(2027, 1, 1),
            after=[one.pk for one in after],
        )

    with acting(by):
        one = put(first, None, [])
        two = put(second, None, [one])
        with pytest.raises(PunteError, match="would wait for itself"):
            put(first, one, [two])


def test_a_promised_date_moves_only_with_a_reason_and_both_are_kept(cast: Cast) -> None:
    programme, by = enter(cast, is_public=True), cast.authority.subject
    first, later = dt.date(2027, 3, 1), dt.date(2027, 6, 1)
    with acting(by):
        row = actions.set_milestone(
            by=by,
            programme=programme,
            milestone=None,
            name="Ready",
            kind="legal",
            promised_on=first,
        )
        with pytest.raises(PunteError, match="Say why"):
            actions.set_milestone(
                by=by,
                programme=programme,
                milestone=row,
                name="Ready",
                kind="legal",
                promised_on=later,
            )
    with acting(by):
        row = Milestone.objects.get(pk=row.pk)
        assert row.promised_on == first
        actions.set_milestone(
            by=by,
            programme=programme,
            milestone=row,
            name="Ready",
            kind="legal",
            promised_on=later,
            reason="The  tender was appealed.",
        )
    with acting(cast.guest.subject):
        (change,) = promise_changes(programme)
        assert (change.before, change.after) == (first, later)
        assert change.reason == "The tender was appealed."


def test_the_public_programmes_carry_their_sources(cast: Cast) -> None:
    count = load_programmes(cast.organiser.organisation.pk, with_synthetic=True)
    assert count == 6
    assert load_programmes(cast.organiser.organisation.pk, with_synthetic=True) == 0
    with acting(cast.outsider.subject):
        found = list_programmes()
        assert len(found) == 6
        for programme in found:
            rows = list(programme.milestones.all())
            assert rows
            if not programme.is_synthetic:
                assert programme.status == "proposed"
                assert all(row.sources for row in rows)
                assert all(row.done_on is None for row in rows)
    with acting_as_system("tests"):
        invented = Programme.objects.get(is_synthetic=True)
        chances = milestone_chances(invented)
    assert len(chances) == 4
    assert all(0 <= chance.share <= 1 for chance in chances.values())


def test_no_programme_serves_itself_and_no_promise_is_ages_away(cast: Cast) -> None:
    by = cast.authority.subject
    top = enter(cast, name="Top")
    below = enter(cast, name="Below", parent_id=top.pk)
    with acting(by), pytest.raises(PunteError, match="would serve itself"):
        actions.change_programme(by=by, programme=top, draft=draft(name="Top", parent_id=below.pk))
    with acting(by), pytest.raises(PunteError, match="between 1990 and 2150"):
        actions.set_milestone(
            by=by,
            programme=top,
            milestone=None,
            name="Far",
            kind="legal",
            promised_on=dt.date(9999, 12, 31),
        )


def test_a_dependency_on_a_hidden_programme_names_nothing(cast: Cast) -> None:
    by = cast.authority.subject
    open_one, hidden = enter(cast, is_public=True), enter(cast, name="Hidden works")
    with acting(by):
        first = actions.set_milestone(
            by=by,
            programme=hidden,
            milestone=None,
            name="Hidden step",
            kind="legal",
            promised_on=dt.date(2028, 1, 1),
        )
        second = actions.set_milestone(
            by=by,
            programme=open_one,
            milestone=None,
            name="Open step",
            kind="legal",
            promised_on=dt.date(2027, 1, 1),
            after=[first.pk],
        )
        (wait,) = waits_across()
        assert wait.is_at_odds
        # A keeper who changes the open one keeps what it cannot choose.
        assert [one.pk for one in second.after.all()] == [first.pk]
    with acting(cast.guest.subject):
        assert waits_across() == []
        seen = Milestone.objects.get(pk=second.pk)
        assert list(seen.after.all()) == []
