"""Gifts and hospitality: who declares, what is refused, who reads it, and what becomes of a declaration."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from edition_rows import Rows, make_edition, organiser_of
from gift_rows import Sides, a_book, declare, sides_of
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import VISITOR, Subject, acting, acting_as_system
from punte.apps.cooperation import gifts
from punte.apps.cooperation.gift_register import Asked, gifts_as_read_by, gifts_of
from punte.apps.cooperation.models import Gift
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.people.models import Membership, Person
from punte.apps.people.personal_data import rows_about
from punte.kernel.errors import ChangedMeanwhileError, PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def sides(rows: Rows) -> Sides:
    return sides_of(rows)


def seen(who: Subject) -> int:
    with acting(who):
        return Gift.objects.count()


def revision(who: Subject, row: Gift) -> str:
    with acting(who):
        return gifts.revision_of(row)


def fresh(row: Gift) -> Gift:
    with acting_as_system("tests"):
        return Gift.objects.get(pk=row.pk)


def test_an_official_declares_and_their_authority_alone_reads(rows: Rows, sides: Sides) -> None:
    row = fresh(declare(rows, sides))
    assert (row.worth, row.currency, str(row.value)) == (Decimal("40.00"), "RON", "RON 40.00")
    assert (row.other_id, row.other_name) == (sides.firm, sides.firm_name)
    assert row.owner_org_id == sides.official.org_id
    assert seen(sides.colleague) == 1
    readers = (sides.stranger, sides.salesman, organiser_of(rows), VISITOR)
    assert [seen(one) for one in readers] == [0, 0, 0, 0]
    with acting_as_system("tests"):
        assert AuditEntry.objects.filter(verb="gift.declared").count() == 1


def test_only_an_authority_at_the_edition_declares(rows: Rows, sides: Sides) -> None:
    with acting(sides.salesman), pytest.raises(NotPartOfItError):
        gifts.declare_gift(by=sides.salesman, edition=rows.edition, declared=a_book(sides))
    with acting(VISITOR), pytest.raises(NotPartOfItError):
        gifts.declare_gift(by=VISITOR, edition=rows.edition, declared=a_book(sides))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"what": " "}, "Say what it was"),
        ({"kind": "bribe"}, "gift or hospitality"),
        ({"way": ""}, "who offered it"),
        ({"became": "eaten"}, "became of it"),
        ({"way": "out", "became": "handed"}, "handed in"),
        ({"kind": "host", "became": "handed"}, "Hospitality cannot"),
        ({"on": None}, "Give the day"),
        ({"on": dt.date(2019, 5, 1)}, "too far"),
        ({"worth": "forty"}, "is no number"),
        ({"worth": "-4"}, "negative"),
        ({"worth": "4.123"}, "can be read as"),
        ({"worth": "400000000"}, "mistyped"),
        ({"currency": "XXX"}, "currency"),
        ({"other_id": None}, "with which organisation"),
        ({"other_id": Asked}, "of the list"),
        ({"note": "NATO SECRET"}, "NATO SECRET"),
        ({"what": "x" * 301}, "300"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    rows: Rows, sides: Sides, wrong: dict[str, object], told: str
) -> None:
    if wrong.get("other_id") is Asked:
        wrong = {"other_id": rows.edition.pk}
    with pytest.raises(PunteError, match=told):
        declare(rows, sides, **wrong)
    with acting_as_system("tests"):
        assert not Gift.objects.exists()


def test_tomorrow_has_not_come(rows: Rows, sides: Sides) -> None:
    tomorrow = timezone.localdate(timezone=rows.edition.zone) + dt.timedelta(days=1)
    with pytest.raises(PunteError, match="has not come"):
        declare(rows, sides, on=tomorrow)


def test_an_organisation_that_does_not_come_is_named(rows: Rows, sides: Sides) -> None:
    row = declare(rows, sides, other_id=None, other_name=" Firm  elsewhere ", worth="")
    assert (row.other_id, row.other_name) == (None, "Firm elsewhere")
    assert (row.worth, row.currency, row.value) == (None, "", None)


def test_released_to_organisers_and_to_everybody(rows: Rows, sides: Sides) -> None:
    row = declare(rows, sides, "organisers")
    assert (seen(organiser_of(rows)), seen(sides.salesman), seen(VISITOR)) == (1, 0, 0)
    with acting(sides.colleague):
        read = gifts.revision_of(row)
        gifts.release_gift(by=sides.colleague, gift=row, audience="public", read=read)
    assert (seen(organiser_of(rows)), seen(sides.salesman), seen(VISITOR)) == (1, 1, 1)
    assert fresh(row).label_tlp == "TLP:CLEAR"
    assert gifts.audience_of_gift(fresh(row)) == "public"
    with acting(sides.colleague):
        read = gifts.revision_of(row)
        with pytest.raises(PunteError, match="already"):
            gifts.release_gift(by=sides.colleague, gift=row, audience="public", read=read)
        gifts.release_gift(by=sides.colleague, gift=row, audience="own", read=read)
    assert (seen(organiser_of(rows)), seen(VISITOR)) == (0, 0)
    with acting(organiser_of(rows)), pytest.raises(NotPartOfItError):
        gifts.release_gift(by=organiser_of(rows), gift=row, audience="public", read=read)


def test_a_correction_keeps_what_stood_there_for_those_who_read_it(
    rows: Rows, sides: Sides
) -> None:
    row = declare(rows, sides)
    with acting(sides.colleague):
        gifts.correct_gift(
            by=sides.colleague,
            gift=row,
            declared=a_book(sides, worth="45.50", what="An atlas"),
            reason="The receipt says so.",
            read=gifts.revision_of(row),
        )
        gifts.release_gift(
            by=sides.colleague, gift=row, audience="public", read=gifts.revision_of(row)
        )
        steps = {one.step: one for one in row.steps.all()}
        assert steps["correct"].before == {"what": "A book on bridges", "worth": "40.00"}
        assert set(steps) == {"declare", "correct", "release"}
    now = fresh(row)
    assert (now.what, now.worth) == ("An atlas", Decimal("45.50"))
    with acting(VISITOR):
        assert not row.steps.exists(), "what was wrong before it was released is nobody else's"


def test_of_two_who_correct_at_once_the_second_is_told(rows: Rows, sides: Sides) -> None:
    row = declare(rows, sides)
    read = revision(sides.official, row)
    with acting(sides.official):
        gifts.withdraw_gift(by=sides.official, gift=row, reason="It was a loan.", read=read)
    with acting(sides.colleague), pytest.raises(ChangedMeanwhileError, match="Withdrawn"):
        gifts.correct_gift(
            by=sides.colleague, gift=row, declared=a_book(sides, what="X"), reason="y", read=read
        )
    assert fresh(row).what == "A book on bridges"


def test_withdrawn_it_stays_with_its_reason(rows: Rows, sides: Sides) -> None:
    row = declare(rows, sides, "public")
    read = revision(sides.official, row)
    with acting(sides.official):
        with pytest.raises(PunteError, match="Say why"):
            gifts.withdraw_gift(by=sides.official, gift=row, reason=" ", read=read)
        gifts.withdraw_gift(by=sides.official, gift=row, reason="It was a loan.", read=read)
    with acting(VISITOR):
        assert gifts_of(rows.edition, Asked(state="withdrawn")).get().withdrawn_at is not None
        assert not gifts_of(rows.edition, Asked(state="stands")).exists()
        assert row.steps.get(step="draw").reason == "It was a loan."
    with acting(sides.official), pytest.raises(PunteError, match="withdrawn"):
        gifts.correct_gift(
            by=sides.official,
            gift=row,
            declared=a_book(sides, what="X"),
            reason="y",
            read=gifts.revision_of(row),
        )


def test_a_colleague_takes_over_and_each_has_their_own_data(rows: Rows, sides: Sides) -> None:
    row = declare(rows, sides)
    with acting_as_system("tests"):
        Membership.objects.filter(person=sides.official.person_id).update(
            until=timezone.localdate()
        )
    with acting(sides.colleague):
        read = gifts.revision_of(row)
        with pytest.raises(PunteError, match="own organisation"):
            gifts.hand_on_gift(
                by=sides.colleague, gift=row, person_id=sides.salesman.person_id, read=read
            )
        gifts.hand_on_gift(
            by=sides.colleague, gift=row, person_id=sides.colleague.person_id, read=read
        )
    assert fresh(row).by_id == sides.colleague.person_id
    with acting_as_system("tests"):
        found = {
            who: {
                one._meta.label
                for one in rows_about(Person.objects.get(pk=subject.person_id))
                if "Gift" in one._meta.label
            }
            for who, subject in (("left", sides.official), ("new", sides.colleague))
        }
    assert found["left"] == {"cooperation.GiftStep"}, "the step in which it was declared"
    assert found["new"] == {"cooperation.Gift", "cooperation.GiftStep"}


def test_nobody_gives_out_more_than_they_see(rows: Rows, sides: Sides) -> None:
    declare(rows, sides, what="Own")
    declare(rows, sides, "public", what="Open")
    with acting(sides.official):
        assert {one.what for one in gifts_of(rows.edition, Asked())} == {"Own", "Open"}
        found = gifts_as_read_by(rows.edition, Asked(), VISITOR)
    assert [one.what for one in found] == ["Open"]


def test_the_filters_find_by_each_of_their_fields(rows: Rows, sides: Sides) -> None:
    declare(rows, sides)
    declare(rows, sides, kind="host", way="out", what="Dinner", on=dt.date(2025, 11, 6))
    with acting(sides.official):
        for asked, what in (
            (Asked(words="dinn"), "Dinner"),
            (Asked(kind="gift"), "A book on bridges"),
            (Asked(way="out"), "Dinner"),
            (Asked(until=dt.date(2025, 11, 5)), "A book on bridges"),
            (Asked(since=dt.date(2025, 11, 6)), "Dinner"),
        ):
            assert [one.what for one in gifts_of(rows.edition, asked)] == [what]
