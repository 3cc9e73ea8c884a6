"""The table of a plan: unchanged it changes nothing, whatever the activities are called and however long they are."""

from itertools import pairwise
from typing import Any

import pytest

from punte.apps.programmes.plan_table import (
    TableError,
    content_from,
    faults_of,
    rows_from,
    rows_of,
)
from punte.kernel.errors import Problem


def sent_back(content: dict[str, Any], **cells: str) -> dict[str, Any]:
    """Return the plan that the form gives when it is sent with these cells changed, ``likely_0="5"``."""
    rows = rows_of(content)
    data = {f"{name}-{n}": value for n, line in enumerate(rows) for name, value in line.items()}
    data |= {name.replace("_", "-"): value for name, value in cells.items()}
    return content_from(rows_from(data), content, start="2027-01-04", status_at="")


def plan_of(names: tuple[str, ...], links: list[dict[str, Any]], length: object = 5) -> Any:
    activities = [{"id": name, "name": name, "duration": length} for name in names]
    return {"activities": activities, "links": links, "start": "2027-01-04"}


@pytest.mark.parametrize("first", ["A-1", "BUFF", "GLASS", "A B", "A+2", "SS", "x FS"])
@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
@pytest.mark.parametrize("lag", [0, 3, -1])
def test_a_link_keeps_its_first_activity_whatever_its_name(first: str, kind: str, lag: int) -> None:
    link = {"from": first, "to": "Z", "type": kind, "lag": lag}
    content = plan_of((first, "A", "BU", "GLA", "Z"), [link])
    assert sent_back(content)["links"] == [link]


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("A", ("A", "FS", 0)),
        ("A-1", ("A-1", "FS", 0)),
        ("A -1", ("A", "FS", -1)),
        ("B-1", ("B", "FS", -1)),
        ("B SS", ("B", "SS", 0)),
        ("BFF+2", ("B", "FF", 2)),
        ("nobody SS+2", ("nobody", "SS", 2)),
    ],
)
def test_what_is_typed_is_read_with_the_names_there_are(
    words: str, link: tuple[str, str, int]
) -> None:
    made = sent_back(plan_of(("A", "A-1", "B", "Z"), []), waits_3=words)["links"]
    assert [(one["from"], one["type"], one["lag"]) for one in made] == [link]


def test_two_links_of_one_pair_keep_their_own_calendars() -> None:
    links = [
        {"from": "A", "to": "Z", "type": "SS", "lag": 2, "lag_calendar": "works"},
        {"from": "A", "to": "Z", "type": "FF", "lag": 1, "lag_calendar": "always"},
    ]
    assert sent_back(plan_of(("A", "Z"), links))["links"] == links


@pytest.mark.parametrize(
    "length",
    [
        {"likely": 10, "sd": 2},
        {"low": 3, "high": 9, "shape": "uniform"},
        {"likely": 5, "low": 3, "high": 9, "shape": "pert"},
        12345.67,
    ],
)
def test_a_length_that_nobody_touched_stays_whole(length: object) -> None:
    content = plan_of(("A", "Z"), [], length)
    kept = sent_back(content, name_0="Another name")["activities"]
    assert [line["duration"] for line in kept] == [length, length]
    changed = sent_back(content, likely_0="7", low_0="", high_0="")["activities"]
    assert [line["duration"] for line in changed] == [7, length]


def test_progress_that_nobody_touched_stays_exact() -> None:
    content = plan_of(("A", "Z"), [])
    progress = {"actual_start": "2027-01-05", "percent_complete": 0.335}
    content["activities"][0]["progress"] = progress
    assert sent_back(content)["activities"][0]["progress"] == progress


@pytest.mark.parametrize("first", ["A, B", "A;B", "wait -3", "12 FS+2"])
def test_a_cell_that_nobody_touched_keeps_links_that_it_could_not_be_read_into(first: str) -> None:
    links = [{"from": first, "to": "Z", "type": "FF", "lag": 2, "calendar": "elapsed"}]
    content = plan_of((first, "Z"), links)
    assert sent_back(content)["links"] == links
    assert sent_back(content, likely_1="9")["links"] == links


def test_a_page_of_the_table_leaves_the_others_as_they_were() -> None:
    names = tuple(f"T{number}" for number in range(7))
    links = [{"from": a, "to": b, "type": "SS", "lag": 1} for a, b in pairwise(names)]
    content = plan_of(names, links)
    rows = rows_of(content, 2, 3)
    assert [row["id"] for row in rows] == ["T2", "T3", "T4", "", "", "", ""]
    rows[0] |= {"name": "Other", "waits": "T6 FF"}
    made = content_from(
        [row for row in rows if row["id"]],
        content,
        start="2027-01-04",
        status_at="",
        first=2,
        shown=3,
    )
    assert [one["id"] for one in made["activities"]] == list(names)
    assert [one for one in made["activities"] if one["name"] == "Other"] == [
        {"id": "T2", "name": "Other", "duration": 5}
    ]
    assert [one for one in made["links"] if one not in links] == [
        {"from": "T6", "to": "T2", "type": "FF", "lag": 0}
    ]
    assert len(made["links"]) == len(links)


def test_each_fault_is_of_its_cell() -> None:
    content = plan_of(("A", "Z"), [{"from": "A", "to": "Z"}])
    with pytest.raises(TableError) as caught:
        sent_back(content, likely_0="x", waits_1="? !", done_1="200")
    cells = {(one.activity, one.field) for one in caught.value.faults}
    assert cells == {(0, "likely"), (1, "waits"), (1, "begun"), (1, "done")}
    checked = [
        Problem(place="activities[1].duration", what="is wrong."),
        Problem(place="links[0]", what="is wrong."),
        Problem(place="links[9]", what="is wrong."),
        Problem(place="calendars[0]", what="is wrong."),
    ]
    found = [(one.activity, one.field, one.problem.place) for one in faults_of(checked, content)]
    assert found == [
        (1, "likely", "Z, Likely"),
        (1, "waits", "Z, Waits for"),
        (None, "", "links[9]"),
        (None, "", "calendars[0]"),
    ]
