"""Where activities stand in the picture of a network, and what a running activity does to the critical path."""

from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as st

from engines.roadmap.plans import link, plan
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.explain import find_why
from punte.engines.roadmap.instance import Plan, Progress
from punte.engines.roadmap.layout import lay_out
from punte.engines.roadmap.network import build_network
from punte.formats.roadmap_network import draw_network, picture_network


def diamond() -> Plan:
    return plan({"A": 2, "B": 5, "C": 1, "D": 3}, "A B", "A C", "B D", "C SS D")


@st.composite
def networks(draw: st.DrawFn) -> Plan:
    count = draw(st.integers(1, 12))
    names = [f"N{k}" for k in range(count)]
    pairs = draw(st.sets(st.sampled_from(list(combinations(names, 2)) or [("N0", "N0")])))
    links = [f"{a} {b}" for a, b in sorted(pairs) if a != b]
    return plan(dict.fromkeys(names, 1.0), *links)


@given(networks())
def test_links_lead_to_the_right_and_nothing_lies_on_anything(question: Plan) -> None:
    network = build_network(question)
    found = lay_out(network)
    for (first, second), way in zip(network.ends, found.ways, strict=True):
        assert way[0] == found.places[first]
        assert way[-1] == found.places[second]
        assert all(after[0] == before[0] + 1 for before, after in pairwise(way))
    for one, other in combinations(found.places, 2):
        assert one[0] != other[0] or abs(one[1] - other[1]) > 0.99
    assert lay_out(network) == found


def test_crossings_are_avoided_where_they_can_be() -> None:
    crossed = plan(dict.fromkeys("ABXY", 1.0), "A Y", "B X")
    places = dict(zip("ABXY", lay_out(build_network(crossed)).places, strict=True))
    assert (places["A"][1] < places["B"][1]) == (places["Y"][1] < places["X"][1])


def test_the_critical_path_is_marked_by_colour_and_word() -> None:
    picture = picture_network(find_critical_path(diamond()))
    critical = {line.first + line.second for line in picture.lines if line.is_critical}
    assert critical == {"AB", "BD"}
    assert {box.id for box in picture.boxes if box.is_critical} == {"A", "B", "D"}
    assert [line.label for line in picture.lines if line.second == "D"] == ["", "SS"]
    named = replace(diamond(), name="<Plan & co>")
    words = {"critical": "hotărâtor", "network": "rețea"}
    told = picture_network(find_critical_path(named), lambda text: words.get(text, text))
    root = fromstring(draw_network(told, lambda text: words.get(text, text)))
    titles = [t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "<Plan & co>: rețea"
    assert sum(title.endswith("hotărâtor") for title in titles) == 3


def test_what_is_left_of_a_running_activity_decides_whether_it_is_critical() -> None:
    question = plan({"A": 10, "B": 4, "C": 2}, "A C", "B C")
    begun = Progress(actual_start=0, percent_complete=0.5)
    activities = (replace(question.activities[0], progress=begun), *question.activities[1:])
    running = replace(question, activities=activities, status_at=6)
    path = find_critical_path(running)
    # Five of A's ten days are left from instant 6: it ends at 11, and C waits for it alone.
    assert path.dates["A"].early_finish == 11
    assert path.dates["A"].total_float == 0
    assert path.dates["B"].total_float == 1
    assert path.critical == ("A", "C")
    assert find_why(path, "A").limiters == ("A", "C")


def test_a_begin_that_was_holds_nothing_any_more() -> None:
    question = plan({"A": 10, "B": 4}, "A SS B")
    begun = Progress(actual_start=0, percent_complete=0.9)
    activities = (replace(question.activities[0], progress=begun), question.activities[1])
    path = find_critical_path(replace(question, activities=activities, status_at=9))
    assert path.dates["B"].early_start == 9
    assert path.dates["A"].total_float == 3
    assert link("A SS B").type == "SS"
