import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from icalendar import Calendar as ICalendar

from punte.engines.roadmap.baseline import freeze_baseline
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.instance import Plan
from punte.formats.roadmap import parse_plan
from punte.formats.roadmap_csv import parse_csv
from punte.formats.roadmap_gantt import Gantt, draw_gantt
from punte.formats.roadmap_ical import write_ical
from punte.formats.roadmap_psplib import parse_psplib
from punte.formats.roadmap_risk import baseline_record, read_baseline
from punte.formats.roadmap_writing import plan_record
from punte.formats.writing import as_json, write_json
from punte.kernel.errors import InvalidInputError, PunteError
from shared_data import shared

FULL = {
    "format": "punte.roadmap.plan/1",
    "name": "Drone wall (synthetic)",
    "unit": "day",
    "start": "2026-01-05",
    "calendar": "RO",
    "calendars": [
        {
            "id": "RO",
            "weekdays": [1, 2, 3, 4, 5],
            "hours": {"1": ["08:00-16:00"]},
            "exceptions": [{"name": "Day off", "first": "2026-01-24", "last": "2026-01-26", "working": False}],
        },
        {"id": "MD", "parent": "RO", "exceptions": [{"first": "2026-01-07", "last": "2026-01-07", "working": False}]},
    ],
    "activities": [
        {"id": "A", "name": "Tender", "duration": {"likely": 20, "low": 15, "high": 40, "shape": "pert"}, "stage": "One"},
        {"id": "B", "duration": 5, "calendar": "MD", "demands": {"R": 2}, "cost": 70, "cost_at": "finish"},
        {"id": "M", "duration": 0, "income": 50, "constraint": {"type": "FNLT", "at": "2026-12-31"}},
        {"id": "D", "duration": {"likely": 3, "shape": "normal", "sd": 0.5},
         "progress": {"actual_start": "2026-01-05", "actual_finish": "2026-01-07", "percent_complete": 1.0}},
    ],
    "links": [
        {"from": "A", "to": "B", "type": "SS", "lag": 3, "calendar": "elapsed"},
        {"from": "B", "to": "M", "type": "FS"},
    ],
    "resources": [{"id": "R", "name": "Range", "capacity": 2, "changes": [{"at": "2026-03-02", "capacity": 4}]}],
    "cash": {"unit": "EUR thousand", "opening": 10, "inflows": [{"at": "2026-02-01", "amount": 60, "name": "first"}]},
    "risks": [{"id": "K", "name": "Appeal", "probability": 0.2, "activities": ["A"],
               "impact": {"likely": 10, "low": 5, "high": 30, "shape": "triangular"}}],
    "correlations": [{"id": "G", "rho": 0.5, "members": ["A", "K"]}],
    "milestones": [{"id": "P", "activity": "M", "target": "2026-06-30", "kind": "payment", "required_probability": 0.8}],
    "status_at": "2026-01-09",
}  # fmt: skip


def full() -> Plan:
    return parse_plan(json.dumps(FULL).encode(), source="full.json")


def test_a_plan_is_written_as_it_was_read() -> None:
    assert plan_record(full()) == FULL
    assert parse_plan(as_json(plan_record(full())), source="again.json") == full()


def test_dates_of_a_file_become_instants() -> None:
    plan = full()
    assert plan.status_at == 5  # the end of Friday 9 January
    assert plan.milestones[0].target == (date(2026, 6, 30) - date(2026, 1, 5)).days + 1
    assert plan.cash is not None
    assert plan.cash.inflows[0].at == 27  # the beginning of 1 February
    done = plan.activities[3].progress
    assert done is not None
    assert (done.actual_start, done.actual_finish) == (0, 3)


def test_weeks_round_promises_down_and_waits_up() -> None:
    record = {
        "format": "punte.roadmap.plan/1",
        "unit": "week",
        "start": "2026-01-05",
        "activities": [
            {"id": "A", "duration": 2, "constraint": {"type": "SNET", "at": "2026-01-14"}}
        ],
        "milestones": [
            {"id": "M", "activity": "A", "target": "2026-02-01"},
            {"id": "N", "activity": "A", "target": "2026-01-31"},
        ],
    }
    plan = parse_plan(json.dumps(record).encode(), source="weeks.json")
    assert plan.activities[0].constraint is not None
    assert plan.activities[0].constraint.at == 2
    assert [milestone.target for milestone in plan.milestones] == [4, 3]


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"surprise": 1}, ["surprise"]),
        ({"start": "2026-02-30", "unit": "month"}, ["unit", "start"]),
        (
            {"activities": [{"id": "A", "duration": "long"}, {"id": "A", "duration": 1, "demand": {}}]},
            ["activities[0].duration", "activities[1].demand"],
        ),
        ({"milestones": [{"id": "P", "activity": "Z", "target": "2025-12-01"}]}, ["milestones[0].activity", "milestones[0].target"]),
        ({"links": [{"from": "A", "to": "Q"}, {"from": "B", "to": "B"}]}, ["links[0]", "links[1]"]),
        ({"calendars": [{"id": "RO", "weekdays": []}, {"id": "MD", "parent": "XX"}]}, ["calendars[0].weekdays", "calendars[1].parent"]),
        ({"resources": [{"id": "R", "capacity": 1}]}, ["activities[1].demands"]),
        ({"correlations": [{"id": "G", "rho": 1.5, "members": ["A"]}]}, ["correlations[0].rho"]),
    ],
)  # fmt: skip
def test_faults_are_named_all_at_once(change: dict[str, object], places: list[str]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_plan(json.dumps({**FULL, **change}).encode(), source="bad.json")
    found = [problem.place for problem in caught.value.problems]
    for place in places:
        assert any(one.startswith(place) for one in found), (place, found)


def test_csv_is_read_with_links_as_people_write_them() -> None:
    table = b"id;name;duration;low;high;predecessors;resources\n"
    table += b"A;Start;3;2;8;;crew:2\nB;;2;;;A;\nC;;4;;;A SS+2, B FF-1;crew:1\n1A;;1;;;C;\n"
    plan = parse_csv(table, source="t.csv")
    assert [(x.first, x.second, x.type, x.lag) for x in plan.links] == [
        ("A", "B", "FS", 0),
        ("A", "C", "SS", 2),
        ("B", "C", "FF", -1),
        ("C", "1A", "FS", 0),
    ]
    assert (plan.activities[0].duration.low, plan.resources[0].capacity) == (2.0, 2)


def test_csv_faults_name_row_and_column() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_csv(b"id,duration\nA,long\n,3\n", source="t.csv")
    assert [problem.place for problem in caught.value.problems] == [
        "row 2, column duration",
        "row 3, column id",
    ]
    with pytest.raises(InvalidInputError, match="predecessor 'Z' of 'A'"):
        parse_csv(b"id,duration,predecessors\nA,1,Z\n", source="t.csv")
    with pytest.raises(InvalidInputError, match="no column 'duration'"):
        parse_csv(b"id,length\nA,1\n", source="t.csv")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("id,duration\nA,nan\n", "row 2, column duration: 'nan' is no number"),
        ("id,duration,cost\nA,1,inf\n", "row 2, column cost: 'inf' is no number"),
        ("id,duration,cost\nA,1,nan\n", "row 2, column cost: 'nan' is no number"),
        ("id,duration,cost\nA,1,1e300\n", r"activities\[0\]\.cost: a number of 301 digits"),
        ("id,duration,id\nA,1,B\n", "row 1: the column 'id' stands 2 times"),
        ("id,duration\n\nA,1\n\nB,x\n", "row 5, column duration: 'x'"),
        ("id,duration\nA,1,2\n", "row 2: has more cells than the header has columns: '2'"),
        ('id,duration,name\nA,1,"open\n', "line 2: This is no CSV: unexpected end of data"),
        (f"id,duration,name\nA,1,{'x' * 140_000}\n", "line 2: This is no CSV: field larger"),
        (f"id,duration,predecessors\nA,1,\nB,1,A FS+{'9' * 5000}\n", "is no activity of this plan"),
        (f"id,duration,resources\nA,1,r:{'9' * 5000}\n", "row 2, column resources: 'r:999"),
        (f"id,duration,resources\nA,1,r:{2**62 // 10}\n", "resources.*more than the 1,000,000,000"),
        ("id,duration\nA\x00,1\n", r"the id 'A\\x00' has a control character"),
        ("", "no column 'id'"),
    ],
)
def test_odd_tables_are_refused_with_their_place(table: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        parse_csv(table.encode(), source="t.csv")


SM = """jobs (incl. supersource/sink ):  4
  - renewable                 :  2   R
  - nonrenewable              :  0   N
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     8       4    0
  3      1     4       1    2
  4      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    5    3
************************************************************************
"""


def test_a_small_psplib_file_is_read() -> None:
    plan = parse_psplib(SM.encode(), source="s.sm")
    assert [(a.id, a.duration.likely, a.demands) for a in plan.activities] == [
        ("1", 0, ()),
        ("2", 8, (("R1", 4),)),
        ("3", 4, (("R1", 1), ("R2", 2))),
        ("4", 0, ()),
    ]
    assert len(plan.links) == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("   2        1          1 ", "   2        3          1 ", "line 7: job 2 has 3 modes"),
        ("  3      1     4  ", "  3      1    -4  ", "line 16: '3      1    -4 .* is no row of whole"),
        ("  3      1     4  ", "  3      1    4.5 ", "line 16: .* is no row of whole numbers"),
        ("   3        1          1           4", "   3        1          1           9", "line 8: job 3 names the successor 9"),
        ("   3        1          1           4\n", "", "line 15: job 3 has no line under PRECEDENCE"),
        ("  3      1     4       1    2\n", "", "line 6: job 1 names the successor 3, which has no line under REQ"),
        ("  3      1     4       1    2\n", "  3      1     4       1\n", "line 16: job 3 has 1 requests, and 2 resources"),
        ("  4      1     0       0    0\n", "  4      1     0       0    0\n         2     9       0    0\n", "line 18: job 2 stands"),
        ("    5    3\n", "    5    3    1\n", "line 21: line 2 declares 2 renewable resources, and 3 amounts"),
        ("nonrenewable              :  0", "nonrenewable              :  1", "line 3: it has nonrenewable"),
        ("    5    3\n", "    5    " + "3" * 5000 + "\n", "line 21: .* is no row of whole numbers"),
        ("REQUESTS/DURATIONS", "DURATIONS", "is no row of whole numbers|no section REQUESTS"),
    ],
)  # fmt: skip
def test_faults_of_psplib_files_are_blamed_on_what_is_wrong(old: str, new: str, said: str) -> None:
    assert old in SM
    with pytest.raises(InvalidInputError, match=said):
        parse_psplib(SM.replace(old, new).encode(), source="s.sm")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t[: len(t) // 2], "no section REQUESTS"),
        (lambda t: t.replace("nonrenewable              :  0", "nonrenewable              :  2"), "nonrenewable"),
        (lambda t: t.replace("   2        1          3", "   2        2          3"), "modes"),
        (lambda t: t.replace("   1        1          3 ", "   1        1          4 "), "successors"),
    ],
)  # fmt: skip
def test_damaged_psplib_files_are_refused(change, said: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a lambda
    text = shared("psplib/j30/j301_1.sm").read_text()
    changed = change(text)
    assert changed != text
    with pytest.raises(InvalidInputError, match=said):
        parse_psplib(changed.encode(), source="j.sm")


def dates(plan: Plan) -> tuple[dict[str, int], dict[str, int]]:
    path = find_critical_path(plan)
    return (
        {name: found.early_start for name, found in path.dates.items()},
        {name: found.early_finish for name, found in path.dates.items()},
    )


def test_ical_has_a_day_for_each_activity_and_promise() -> None:
    plan = full()
    calendar = ICalendar.from_ical(write_ical(plan, *dates(plan)))
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert set(events) == {f"activity-{name}@punte" for name in "ABMD"} | {"milestone-P@punte"}
    assert events["milestone-P@punte"]["dtstart"].dt == date(2026, 6, 30)
    assert events["activity-D@punte"]["dtend"].dt == date(2026, 1, 8)
    assert write_ical(plan, *dates(plan)) == write_ical(plan, *dates(plan))
    with pytest.raises(PunteError, match="no start date"):
        write_ical(Plan(activities=()), {}, {})


def test_gantt_names_every_bar_and_escapes_names() -> None:
    plan = full()
    first, *rest = plan.activities
    plan = replace(plan, activities=(replace(first, name="<Tender & co>"), *rest))
    starts, finishes = dates(plan)
    text = draw_gantt(
        Gantt(
            plan=plan,
            starts=starts,
            finishes=finishes,
            critical=frozenset({"A"}),
            ghost={"A": (0, 10)},
            late={"A": 60.0},
        )
    )
    root = fromstring(text)
    spaced = "{http://www.w3.org/2000/svg}"
    titles = [title.text or "" for title in root.iter(f"{spaced}title")]
    assert root.get("role") == "img"
    assert titles[0] == "Drone wall (synthetic): Gantt chart"
    assert any(
        title.startswith("<Tender & co>: 2026-01-12") and title.endswith("critical")
        for title in titles
    )
    assert any(title.startswith("80 %") for title in titles)
    assert any(title == "promised by 2026-06-30" for title in titles)
    assert "baseline" in (root.findtext(f"{spaced}desc") or "")
    assert len(root.findall(f".//{spaced}rect[@class='ghost']")) == 1


def test_a_baseline_file_shows_any_change(tmp_path: Path) -> None:
    baseline, path = freeze_baseline(full(), name="B0", plan_sha256="ab"), tmp_path / "B.json"
    write_json(path, baseline_record(baseline))
    assert read_baseline(path) == baseline
    path.write_text(path.read_text().replace('"budget": 70', '"budget": 71'))
    with pytest.raises(PunteError, match="changed afterwards"):
        read_baseline(path)


@pytest.mark.parametrize("cell", ["1_0", "\u0661\u0662", "nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("column", ["duration", "low", "cost"])
def test_a_cell_that_only_looks_like_a_number_is_refused(cell: str, column: str) -> None:
    cells = {"duration": "5", "low": "4", "high": "9", "cost": "1"} | {column: cell}
    table = f"id,duration,low,high,cost\nA,{','.join(cells.values())}\n"
    with pytest.raises(InvalidInputError, match=rf"row 2, column {column}: .* is no number"):
        parse_csv(table.encode(), source="t.csv")


def test_blanks_around_quotes_are_read_or_told() -> None:
    plan = parse_csv(b'id, duration, name\nA, 1, "x, y"\n', source="t.csv")
    assert plan.activities[0].name == "x, y"
    with pytest.raises(InvalidInputError, match="line 2: something stands between the quote"):
        parse_csv(b'id,duration,name\n"A" ,1,x\n', source="t.csv")
    with pytest.raises(InvalidInputError, match="line 2: something stands between the quote"):
        parse_csv(b'id,duration,name\n"A"B,1,x\n', source="t.csv")


@pytest.mark.parametrize("mark", ["NATO SECRET", "RESTRICTED", "NS"])
def test_a_marked_name_is_refused_whatever_the_file(mark: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"activities\[0\]\.name: is marked '{mark}'"):
        parse_csv(f"id,duration,name\nA,1,{mark}\n".encode(), source="t.csv")
    with pytest.raises(InvalidInputError, match="is marked"):
        parse_csv(f"id,duration,stage\nA,1,{mark}\n".encode(), source="t.csv")


def test_ids_may_be_what_abbreviates_a_marking_elsewhere() -> None:
    table = b"id,duration,predecessors,resources\nNS,1,,NC:1\nNR,1,NS,CTS:1\nCTS,1,NR,\n"
    assert [one.id for one in parse_csv(table, source="t.csv").activities] == ["NS", "NR", "CTS"]
    with pytest.raises(InvalidInputError, match=r"activities\[0\]\.id: is marked 'SECRET'"):
        parse_csv(b"id,duration\nSECRET,1\n", source="t.csv")
