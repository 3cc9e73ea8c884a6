"""Why a request is unmet, and what would have to give way."""

from engines.timetable.questions import answer, held, question
from engines.timetable_large.forums import forum
from punte.engines.timetable.check import check
from punte.engines.timetable.compare import compare_timetables
from punte.engines.timetable.explain import explain_unmet
from punte.engines.timetable.first_come import serve_first_come
from punte.engines.timetable.instance import Participant, Request


def test_the_cheapest_meeting_that_would_have_to_go_is_named() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), weight=5),
        Request(id="ac", between=("a", "c"), weight=7),
        Request(id="ad", between=("a", "d"), weight=3),
        days=(2,),
        places=2,
    )
    (unmet,) = explain_unmet(instance, held("ab s0 t0", "ac s1 t0"))
    assert unmet.code == "participant_full"
    assert "ab worth 5 would have to give way for its 3" in unmet.reason
    assert set(unmet.blocking) == {"ab", "ac"}


def test_full_places_name_the_lightest_meeting_there() -> None:
    instance = question(Request(id="ab", between=("a", "b"), weight=5), "cd", days=(1,), places=1)
    (unmet,) = explain_unmet(instance, held("ab s0 t0"))
    assert unmet.code == "places_full"
    assert "ab worth 5" in unmet.reason


def test_compulsory_meetings_never_give_way() -> None:
    instance = question(Request(id="ab", between=("a", "b"), must=True), "ac", days=(1,), places=2)
    (unmet,) = explain_unmet(instance, held("ab s0 t0"))
    assert "give way" not in unmet.reason


def test_no_common_slot_blames_nobody() -> None:
    instance = question("ab", people=[Participant(id="a", unavailable=("s0", "s1", "s2"))])
    (unmet,) = explain_unmet(instance, ())
    assert (unmet.code, unmet.blocking) == ("no_common_slot", ())


def test_every_cause_of_a_large_timetable_passes_the_checker() -> None:
    instance = forum(120, 2)
    meetings = serve_first_come(instance)
    result = answer(instance, meetings, unmet=explain_unmet(instance, meetings))
    assert check(instance, result).violations == ()


def test_comparison_says_who_gains_and_who_loses() -> None:
    instance = question(
        Request(id="ab", between=("a", "b"), weight=5), Request(id="ac", between=("a", "c")), "bd"
    )
    first = answer(instance, held("ab s0 t0", "bd s1 t0"))
    second = answer(instance, held("ac s0 t0", "bd s2 t0"))
    found = compare_timetables(first, second, instance)
    assert (found.same, len(found.moved)) == (0, 1)
    assert [meeting.request for meeting in found.gone] == ["ab"]
    assert [meeting.request for meeting in found.come] == ["ac"]
    assert found.gains == (("c", 1, 1),)
    assert found.losses == (("b", -5, -1), ("a", -4, 0))
    assert found.goals == (("weight", 6, 2),)
