"""What is released to a country or its status is for its delegates, not for those who come for the press, nor for desk helpers."""

import contextlib
import importlib
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from cast import EDITION, Cast, Member, make_member
from punte.apps.access.models import Labelled
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system
from punte.apps.access.queries import explain
from punte.apps.cooperation.models import Assistance, Commitment, Cooperation, MeetingNote, Topic
from punte.apps.market.models import Listing
from punte.apps.people.models import Grant, Organisation, WorkingGroup
from security.hidden_world import build_hidden_world, labelled

pytestmark = pytest.mark.django_db
NAMED: frozenset[type[Any]] = frozenset(
    {Assistance, Commitment, Cooperation, MeetingNote, Topic, Listing}
)


@pytest.fixture
def reporter() -> Member:
    return make_member("Rita Presa", "Gazeta", "press", "ROU")


@pytest.fixture
def delegate() -> Member:
    return make_member("Dan Delegat", "Ministry", "authority", "ROU")


def release_all(*to: str) -> None:
    """Give every labelled row the same readers, so that none is hidden by one that it hangs from."""
    with acting_as_system("tests"):
        for model in labelled():
            # What a table says is never released stays so.
            with contextlib.suppress(IntegrityError), transaction.atomic():
                model.objects.update(label_releasable_to=list(to), label_audience=["ANY"])


def read_by(member: Member) -> set[type[Labelled]]:
    """Return the labelled models of which a member reads a row that is not its own, as the application's role does."""
    with acting(member.subject), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user::regrole::oid <> (SELECT relowner FROM pg_class WHERE relname = 'access_country')"
        )
        assert cursor.fetchone() == (True,), "the tests read as the owner of the tables"
        return {
            model
            for model in labelled()
            if model.objects.exclude(owner_org_id=member.organisation.pk).exists()
        }


@pytest.mark.parametrize("group", ["NATO", "EU", "ROU"])
def test_a_status_opens_nothing_to_the_press_and_all_to_delegates(
    cast: Cast, reporter: Member, delegate: Member, group: str
) -> None:
    del cast
    build_hidden_world()
    release_all(group)
    assert group in reporter.subject.groups
    assert read_by(delegate) >= NAMED
    assert read_by(reporter) == set()


@pytest.mark.parametrize("group", [PUBLIC, f"edition:{EDITION}"])
def test_what_is_public_or_for_an_edition_stays_open_to_the_press(
    cast: Cast, reporter: Member, group: str
) -> None:
    del cast
    build_hidden_world()
    release_all(group, "NATO")
    assert read_by(reporter) >= NAMED


def test_a_desk_helper_reads_nothing_by_nationality_and_a_right_to_read_opens_it(
    cast: Cast,
) -> None:
    helper = make_member("Hans Helfer", "Wilk Events", "company", "ROU", is_cleared=False)
    row = cast.company.organisation
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=row.pk).update(label_releasable_to=["NATO"])
        Grant.objects.create(person=helper.person, right="check-in", edition_id=EDITION)
    assert not sees(helper, row)
    with acting_as_system("tests"):
        Grant.objects.create(person=helper.person, right="finance", edition_id=EDITION)
    assert sees(helper, row)


def test_why_says_what_opens_it(cast: Cast, reporter: Member) -> None:
    row = cast.company.organisation
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=row.pk).update(
            label_releasable_to=["NATO", f"edition:{EDITION}"]
        )
    assert sees(reporter, row)
    with acting(reporter.subject) as subject:
        why = explain(subject, Organisation.objects.get(pk=row.pk))
    assert why.sentence == "You see this because you are a delegate of this edition."


def test_a_group_that_takes_the_press_is_found_by_it(cast: Cast, reporter: Member) -> None:
    with acting_as_system("tests"):
        group = WorkingGroup.objects.create(
            name="Bridges",
            open_to=["NATO"],
            label_releasable_to=["NATO"],
            owner_org=cast.authority.organisation,
        )
    with acting(reporter.subject):
        assert not WorkingGroup.objects.exists()
    with acting_as_system("tests"):
        WorkingGroup.objects.filter(pk=group.pk).update(takes_press=True)
    with acting(reporter.subject):
        assert WorkingGroup.objects.exists()
    with acting_as_system("tests"):
        WorkingGroup.objects.filter(pk=group.pk).update(label_releasable_to=["EU_CANDIDATE"])
    with acting(reporter.subject):
        assert not WorkingGroup.objects.exists(), "its status still decides"


POLICIES = "SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2"


def test_a_database_of_an_earlier_release_gets_the_same_policies(database_owner_url: str) -> None:
    moved = importlib.import_module("punte.apps.access.migrations.0007_press_by_nationality")
    with psycopg.connect(database_owner_url) as line:
        new = line.execute(POLICIES).fetchall()
        assert len([row for row in new if "wall_released_to" in str(row)]) > 50
        line.execute("DROP POLICY wall_read_press ON people_workinggroup")
        line.execute(moved.BACKWARD)
        old = line.execute(POLICIES).fetchall()
        assert "wall_released_to" not in str(old)
        assert len(old) == len(new) - 1
        line.execute(moved.FORWARD)
        line.execute(moved.TAKES_PRESS)
        assert line.execute(POLICIES).fetchall() == new
        line.rollback()


def sees(member: Member, row: Organisation) -> bool:
    with acting(member.subject):
        return Organisation.objects.filter(pk=row.pk).exists()
