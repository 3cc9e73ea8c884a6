"""Two people decide about one nomination: the second sees what the first did; a merge is undone by who made it."""

import pytest

from cast import EDITION, Cast
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.people.merging import merge_organisations
from punte.apps.people.models import ClearanceStage, Grant, Merge, Nomination, Person
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.vetting import decide, withdraw_nomination

pytestmark = pytest.mark.django_db


@pytest.fixture
def nomination(cast: Cast) -> Nomination:
    with acting_as_system("tests"):
        ClearanceStage.objects.create(
            edition_id=EDITION, position=1, name="Security", right="organise"
        )
        Person.objects.filter(pk=cast.company.person.pk).update(
            label_stewards=right_groups("organise", edition_id=EDITION)
        )
        Nomination.objects.filter(person=cast.company.person).update(state="waiting")
        return Nomination.objects.get(person=cast.company.person)


def test_a_vetter_with_an_old_page_cannot_clear_who_was_withdrawn(
    cast: Cast, nomination: Nomination
) -> None:
    with acting(cast.organiser.subject) as by:
        withdraw_nomination(by=by, nomination=Nomination.objects.get(pk=nomination.pk))
    assert nomination.state == "waiting", "the vetter's row was read before"
    with acting(cast.organiser.subject) as by, pytest.raises(NotAllowedError):
        decide(by=by, nomination=nomination, decision="cleared")
    with acting_as_system("tests"):
        assert Nomination.objects.get(pk=nomination.pk).state == "withdrawn"


def test_what_was_rejected_stays_rejected(cast: Cast, nomination: Nomination) -> None:
    with acting(cast.organiser.subject) as by:
        row = Nomination.objects.get(pk=nomination.pk)
        decide(by=by, nomination=row, decision="rejected", reason="Not known")
    with acting(cast.organiser.subject) as by, pytest.raises(NotAllowedError):
        withdraw_nomination(by=by, nomination=Nomination.objects.get(pk=nomination.pk))
    with acting_as_system("tests"):
        assert Nomination.objects.get(pk=nomination.pk).reason == "Not known"


def test_who_merges_sees_the_merge_and_nobody_else_does(cast: Cast) -> None:
    with acting_as_system("tests"):
        Grant.objects.create(person=cast.organiser.person, right="organise", edition_id=None)
    with acting(cast.organiser.subject) as by:
        merge_organisations(by=by, kept=cast.company.organisation, gone=cast.outsider.organisation)
        assert Merge.objects.count() == 1
    with acting(cast.guest.subject):
        assert not Merge.objects.exists()
