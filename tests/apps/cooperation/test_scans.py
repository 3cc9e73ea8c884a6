"""Several desks without the network agree afterwards with one desk that had it, whatever the order."""

import datetime as dt
import random
import uuid

from hypothesis import given
from hypothesis import strategies as st

from punte.apps.cooperation.scans import Mark, merge, presences, repeats

START = dt.datetime(2027, 11, 4, 8, tzinfo=dt.UTC)
PEOPLE = [uuid.UUID(int=n + 1) for n in range(12)]

marks = st.builds(
    lambda second, key, person, kind, desk: Mark(
        at=START + dt.timedelta(seconds=second),
        id=uuid.UUID(int=key),
        delegate_id=PEOPLE[person],
        kind=kind,
        desk=desk,
    ),
    st.integers(0, 60),
    st.integers(1, 10_000),
    st.integers(0, len(PEOPLE) - 1),
    st.sampled_from(["in", "undo"]),
    st.sampled_from(["A", "B"]),
)
unique_marks = st.lists(marks, max_size=20, unique_by=lambda mark: mark.id)


@given(unique_marks, st.integers(0, 1000))
def test_any_split_in_any_order_gives_the_same_truth(scans: list[Mark], seed: int) -> None:
    chance = random.Random(seed)
    whole, conflicts = merge(scans)
    assert conflicts == ()
    shuffled = list(scans)
    chance.shuffle(shuffled)
    cut = len(shuffled) // 3
    first, second = shuffled[: 2 * cut], shuffled[cut:]
    together, conflicts = merge(second, first, second)
    assert conflicts == ()
    assert together == whole
    assert presences(together.values()) == presences(scans)


def test_two_desks_an_hour_offline_with_four_hundred_overlapping_scans() -> None:
    chance = random.Random(7)
    people = [uuid.UUID(int=n + 1) for n in range(150)]
    one_desk = [
        Mark(
            at=START + dt.timedelta(seconds=chance.randrange(3600)),
            id=uuid.UUID(int=10_000 + number),
            delegate_id=chance.choice(people),
            kind="undo" if chance.random() < 0.1 else "in",
            desk=chance.choice("AB"),
        )
        for number in range(400)
    ]
    desk_a = [mark for mark in one_desk if mark.desk == "A"]
    desk_b = [mark for mark in one_desk if mark.desk == "B"]
    overlap = chance.sample(desk_a, 60)
    merged, conflicts = merge(desk_b + overlap, desk_a)
    assert conflicts == ()
    assert len(merged) == 400
    assert presences(merged.values()) == presences(one_desk)


def test_one_identifier_for_two_scans_is_shown() -> None:
    first = Mark(at=START, id=uuid.UUID(int=1), delegate_id=PEOPLE[0], kind="in")
    second = Mark(at=START, id=uuid.UUID(int=1), delegate_id=PEOPLE[1], kind="in")
    for order in ([first], [second]), ([second], [first]):
        found, (conflict,) = merge(*order)
        assert found == {first.id: first}
        assert (conflict.first, conflict.second) == (first, second)


@given(unique_marks)
def test_a_repeat_is_a_scan_of_somebody_who_was_here(scans: list[Mark]) -> None:
    again = repeats(scans)
    for mark in scans:
        earlier = [one for one in scans if one < mark and one.delegate_id == mark.delegate_id]
        before = presences(earlier).get(mark.delegate_id)
        if mark.kind == "in" and before is not None and before.is_here:
            assert again[mark.id] == before.desks
        else:
            assert mark.id not in again
