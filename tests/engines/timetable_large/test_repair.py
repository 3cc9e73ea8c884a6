"""Repair: history stands, promises are kept, what need not move stays, and everything is counted."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.timetable.questions import held, question
from engines.timetable_large.forums import forum, rich_forum
from punte.engines.timetable.changes import Changes, Closure, LateArrival
from punte.engines.timetable.check import check_meetings
from punte.engines.timetable.first_come import serve_first_come
from punte.engines.timetable.instance import Lock, Participant, Place, Request
from punte.engines.timetable.large import solve_large
from punte.engines.timetable.repair import Repair, repair
from punte.kernel.anytime import Deadline, ignore_progress
from punte.kernel.errors import InvalidInputError


def moves(repaired: Repair) -> dict[str, str]:
    return {move.after.request: f"{move.after.slot} {move.after.place}" for move in repaired.moved}


def test_without_changes_nothing_changes() -> None:
    instance = question("ab", "cd", places=2)
    meetings = held("ab s0 t0", "cd s0 t1")
    repaired = repair(instance, meetings, Changes())
    assert set(repaired.meetings) == set(meetings)
    assert (repaired.kept, repaired.moved, repaired.lost) == (2, (), ())


def test_no_show_frees_its_partners_for_others() -> None:
    instance = question("ab", "bc", days=(1,))
    repaired = repair(instance, held("ab s0 t0"), Changes(no_show=("a",)))
    assert [meeting.request for meeting in repaired.added] == ["bc"]
    assert [reason for _, reason in repaired.lost] == ["a is absent"]


def test_late_arrival_moves_the_meeting_and_counts_both_people() -> None:
    instance = question("ab", days=(2,))
    changes = Changes(late=(LateArrival(participant="a", until="s1"),))
    repaired = repair(instance, held("ab s0 t0"), changes)
    assert moves(repaired) == {"ab": "s1 t0"}
    assert repaired.touched == ("a", "b")
    assert repaired.lost == ()


def test_closed_place_sends_the_meeting_next_door_in_the_same_slot() -> None:
    instance = question("ab", days=(2,), places=2)
    changes = Changes(closed=(Closure(place="t0", since="s0"),))
    assert moves(repair(instance, held("ab s0 t0"), changes)) == {"ab": "s0 t1"}


def test_a_promise_makes_another_meeting_move_aside() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), slots=("s0", "s1")),
        Request(id="ac", between=("a", "c")),
        days=(3,),
        places=2,
    )
    changes = Changes(late=(LateArrival(participant="b", until="s1"),))
    repaired = repair(instance, held("ab s0 t0", "ac s1 t0"), changes)
    assert repaired.lost == ()
    assert moves(repaired)["ab"].startswith("s1")
    assert len(repaired.moved) == 2


def test_history_stands_even_of_the_absent_and_the_cancelled() -> None:
    instance = question("ab", "ac", days=(3,))
    changes = Changes(now="s1", no_show=("a",), cancelled=("ab",))
    repaired = repair(instance, held("ab s0 t0", "ac s1 t0"), changes)
    assert repaired.meetings == held("ab s0 t0")
    fixed = {request.id: request for request in repaired.instance.requests}["ab"]
    assert fixed.must
    assert fixed.locked == Lock(slot="s0", place="t0")


def test_nothing_is_put_into_the_past() -> None:
    instance = question("ab", "cd", days=(2,), places=2)
    repaired = repair(instance, held("ab s0 t0"), Changes(now="s1"))
    assert {m.request: m.slot for m in repaired.meetings} == {"ab": "s0", "cd": "s1"}


def test_new_and_cancelled_requests() -> None:
    instance = question("ab", days=(1,))
    new = Request(id="ba", between=("b", "a"), weight=4)
    changes = Changes(cancelled=("ab",), new_requests=(new,))
    repaired = repair(instance, held("ab s0 t0"), changes)
    assert [meeting.request for meeting in repaired.meetings] == ["ba"]
    assert [request.id for request in repaired.instance.requests] == ["ba"]


def test_a_new_request_with_a_used_id_is_refused() -> None:
    instance = question("ab")
    changes = Changes(new_requests=(Request(id="ab", between=("a", "b")),))
    with pytest.raises(InvalidInputError, match="stands 2 times"):
        repair(instance, (), changes)


def test_a_wrong_timetable_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="parallel"):
        repair(question("ab", "ac", places=2), held("ab s0 t0", "ac s0 t1"), Changes())


def test_limits_that_cannot_be_kept_are_named() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), must=True),
        people=[Participant(id="b", min_meetings=1)],
    )
    repaired = repair(instance, held("ab s0 t0"), Changes(no_show=("a",)))
    assert any("b has 0 meetings" in text for text in repaired.relaxed)
    assert check_meetings(repaired.instance, repaired.meetings) == ()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_properties_of_repairs_of_rich_forums(seed: int) -> None:
    instance = rich_forum(seed)
    found = solve_large(
        instance, seed=0, workers=1, deadline=Deadline(limit_s=0), report=ignore_progress
    )
    if found.status == "infeasible" or check_meetings(instance, found.meetings):
        return
    random = Random(seed)
    slots = [slot.id for slot in instance.slots]
    now = random.choice([None, *slots])
    changes = Changes(
        now=now,
        no_show=tuple(random.sample([p.id for p in instance.participants], 1)),
        late=(LateArrival(participant=instance.participants[0].id, until=random.choice(slots)),),
        closed=(Closure(place=instance.places[0].id, since=random.choice(slots)),),
    )
    repaired = repair(instance, found.meetings, changes)
    assert check_meetings(repaired.instance, repaired.meetings) == ()
    past = set(slots[: slots.index(now)]) if now else set()
    was = {meeting.request: meeting for meeting in found.meetings}
    now_held = {meeting.request: meeting for meeting in repaired.meetings}
    assert {m for m in was.values() if m.slot in past} == {
        m for m in now_held.values() if m.slot in past
    }
    lost = {meeting.request for meeting, _ in repaired.lost}
    assert lost == was.keys() - now_held.keys()
    same = sum(now_held.get(r) == m and m.slot not in past for r, m in was.items())
    assert repaired.kept == same
    changed = {r for r, m in was.items() if r in now_held and now_held[r] != m}
    assert {move.after.request for move in repaired.moved} == changed


@pytest.mark.parametrize("tables", ["tight", "loose"])
def test_every_promise_survives_no_shows_of_a_real_size(tables: str) -> None:
    instance = forum(300, 3, tables=tables)
    meetings = serve_first_come(instance)
    away = tuple(Random(3).sample([person.id for person in instance.participants], 15))
    repaired = repair(instance, meetings, Changes(now="d2-0900", no_show=away))
    assert all("absent" in reason for _, reason in repaired.lost)
    assert check_meetings(repaired.instance, repaired.meetings) == ()
    assert len(repaired.added) > 0


def test_a_closed_hall_moves_all_its_meetings_and_loses_none() -> None:
    places = [Place(id="t0"), Place(id="t1"), Place(id="t2")]
    instance = question("ab", "cd", "ef", days=(3,), places=places)
    meetings = held("ab s0 t0", "cd s1 t0", "ef s2 t0")
    changes = Changes(closed=(Closure(place="t0", since="s1"),))
    repaired = repair(instance, meetings, changes)
    assert repaired.lost == ()
    assert set(moves(repaired)) == {"cd", "ef"}
    assert all(where.startswith(("s1", "s2")) for where in moves(repaired).values())
