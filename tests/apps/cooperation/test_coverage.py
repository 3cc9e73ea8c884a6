"""What hangs on a promise, before and after an edition, and by nation: from what the reader sees alone."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from punte.apps.cooperation.coverage import (
    Record,
    Tally,
    by_area,
    by_nation,
    tallies,
)
from punte.apps.cooperation.queries import JoinedWork
from punte.apps.market.queries import Serving
from punte.apps.meetings.published import PublishedMeeting
from punte.apps.programmes.models import Milestone, Programme

EDITION, OTHER = uuid4(), uuid4()
NEEDS, OFFERS, THIRD = uuid4(), uuid4(), uuid4()


def milestone(*areas: str, countries: tuple[str, ...] = ()) -> Milestone:
    programme = Programme(name="Line", capability=list(areas), countries=list(countries))
    return Milestone(programme=programme, name="Ready", promised_on=dt.date(2027, 1, 1))


def serving(row: Milestone, side: str, owner: UUID, **changes: Any) -> Serving:
    values: dict[str, Any] = {
        "id": uuid4(),
        "side": side,
        "owner_id": owner,
        "edition_id": EDITION,
        "milestone_id": row.pk,
        "capability": (),
    }
    return Serving(**(values | changes))


def meeting(one: UUID, other: UUID, about: UUID | None = None) -> PublishedMeeting:
    return PublishedMeeting(
        request_id=uuid4(), edition_id=EDITION, about_listing_id=about, organisations=(one, other)
    )


def record(**parts: Any) -> Record:
    empty: dict[str, Any] = {"listings": (), "meetings": (), "cooperations": (), "countries": {}}
    return Record(**(empty | parts))


def work(row: Milestone, stage: str = "contact", **changes: Any) -> JoinedWork:
    values: dict[str, Any] = {
        "id": uuid4(),
        "name": "Joined",
        "stage": stage,
        "milestone_id": row.pk,
        "need_id": None,
        "offer_id": None,
        "edition_id": EDITION,
        "countries": ("FRA", "MDA"),
    }
    return JoinedWork(**(values | changes))


@pytest.mark.parametrize(
    ("counts", "committed", "state"),
    [
        ((0, 0, 0, 0), 0, "none"),
        ((2, 0, 0, 0), 0, "unmet"),
        ((1, 1, 1, 0), 0, "thin"),
        ((2, 2, 0, 0), 0, "thin"),
        ((2, 2, 1, 0), 0, "well"),
        ((1, 4, 3, 1), 0, "contested"),
        ((1, 4, 3, 1), 1, "well"),
        ((1, 0, 0, 1), 0, "well"),
        ((0, 1, 0, 0), 0, "thin"),
    ],
)
def test_the_state_of_a_promise(
    counts: tuple[int, int, int, int], committed: int, state: str
) -> None:
    names = ("needs", "offers", "meetings", "cooperations")
    sets: dict[str, set[UUID]] = {
        name: {uuid4() for _ in range(n)} for name, n in zip(names, counts, strict=True)
    }
    assert Tally(**sets, committed={uuid4() for _ in range(committed)}).state == state


def test_a_meeting_counts_where_it_joins_need_and_offer_or_is_about_one() -> None:
    row, elsewhere = milestone("maritime"), milestone("maritime")
    need, offer = serving(row, "need", NEEDS), serving(row, "offer", OFFERS)
    held = (
        meeting(OFFERS, NEEDS),
        meeting(NEEDS, THIRD),
        meeting(THIRD, THIRD, about=need.id),
        meeting(NEEDS, OFFERS, about=uuid4()),
    )
    found = tallies(record(listings=(need, offer), meetings=held), [row, elsewhere])
    assert found[row.pk].meetings == {held[0].request_id, held[2].request_id, held[3].request_id}
    assert found[elsewhere.pk].counts == (0, 0, 0, 0)


def test_before_is_without_what_an_edition_brought() -> None:
    row = milestone("maritime")
    old = serving(row, "need", NEEDS, edition_id=OTHER)
    new = serving(row, "offer", OFFERS)
    whole = record(
        listings=(old, new),
        meetings=(meeting(NEEDS, OFFERS),),
        cooperations=(work(row, "consort"), work(row, "contact", edition_id=None)),
    )
    before, after = tallies(whole.without(EDITION), [row]), tallies(whole, [row])
    assert before[row.pk].counts == (1, 0, 0, 1)
    assert after[row.pk].counts == (1, 1, 1, 2)
    assert (before[row.pk].state, after[row.pk].state) == ("well", "well")
    assert not before[row.pk].committed
    nothing = replace(whole, cooperations=())
    assert tallies(nothing.without(EDITION), [row])[row.pk].state == "unmet"


def test_a_need_that_names_areas_counts_for_those_alone() -> None:
    row = milestone("maritime", "ground_combat")
    named = serving(row, "need", NEEDS, capability=("maritime",))
    found = tallies(record(listings=(named, serving(row, "offer", OFFERS))), [row])
    areas = by_area(record(listings=(named,)), [row], found)
    assert areas["maritime"].counts == (1, 1, 0, 0)
    assert areas["ground_combat"].counts == (0, 1, 0, 0)


def test_of_a_hidden_organisation_no_country_is_told() -> None:
    row = milestone("maritime", countries=("ROU",))
    need, offer = serving(row, "need", NEEDS), serving(row, "offer", OFFERS)
    seen = record(
        listings=(need, offer),
        meetings=(meeting(NEEDS, OFFERS),),
        cooperations=(work(row),),
        countries={NEEDS: "FRA"},
    )
    nations = {one.code: one for one in by_nation(seen, [row], tallies(seen, [row]))}
    assert set(nations) == {"FRA", "MDA", "ROU"}
    assert nations["FRA"].total.counts == (1, 0, 1, 1)
    assert nations["MDA"].total.counts == (0, 0, 0, 1)
    assert nations["ROU"].programmes == ["Line"]
    assert nations["FRA"].areas["maritime"].counts == (1, 0, 0, 1)
