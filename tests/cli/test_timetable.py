"""Good and bad input through the command line: exit codes, messages with place and remedy, nothing half-written."""

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main
from shared_data import shared

SMALL: dict[str, Any] = {
    "format": "punte.timetable.instance/1",
    "slots": [
        {
            "id": f"s{hour}",
            "day": "2025-11-05",
            "start": f"2025-11-05T{hour}:00+02:00",
            "end": f"2025-11-05T{hour}:20+02:00",
        }
        for hour in (10, 11, 12)
    ],
    "places": [{"id": "T1"}],
    "participants": [{"id": "P1"}, {"id": "P2"}, {"id": "P3"}],
    "requests": [
        {"id": "R1", "between": ["P1", "P2"], "weight": 5},
        {"id": "R2", "between": ["P1", "P3"]},
    ],
}


def _run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def _written(path: Path, record: dict[str, Any]) -> Path:
    path.write_text(json.dumps(record), encoding="utf-8")
    return path


def test_solve_then_check_then_break(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = _written(tmp_path / "I.json", SMALL)
    answer = tmp_path / "R.json"
    assert _run("timetable", "solve", question, "-o", answer, "--seed", "3") == 0
    assert _run("timetable", "check", question, answer) == 0
    record = json.loads(answer.read_text(encoding="utf-8"))
    assert record["status"] == "optimal"
    assert record["objective"][0] == {"name": "weight", "value": 6, "bound": 6, "proved": True}
    record["meetings"][1]["slot"] = record["meetings"][0]["slot"]
    record["objective"][0]["value"] = 7
    capsys.readouterr()
    assert _run("timetable", "check", question, _written(answer, record)) == 1
    said = capsys.readouterr().out
    assert "parallel: P1 has 2 meetings at once" in said
    assert "place_capacity" in said
    assert "weight is 6, the result says 7" in said


def test_an_infeasible_question_exits_with_one_and_writes_the_answer(tmp_path: Path) -> None:
    must = [{**request, "must": True, "slots": ["s10"]} for request in SMALL["requests"]]
    question = _written(tmp_path / "I.json", {**SMALL, "requests": must})
    answer = tmp_path / "R.json"
    assert _run("timetable", "solve", question, "-o", answer) == 1
    assert json.loads(answer.read_text(encoding="utf-8"))["status"] == "infeasible"
    assert _run("timetable", "check", question, answer) == 0


def _with(key: str, value: object) -> dict[str, Any]:
    return {**SMALL, key: value}


SLOT = SMALL["slots"][0]
REQUEST = SMALL["requests"][0]
BAD = [
    (_with("format", "punte.roadmap.plan/1"), "expected 'punte.timetable.instance/1'"),
    (_with("colour", "red"), "colour: this key is not known here"),
    ({key: value for key, value in SMALL.items() if key != "slots"}, "slots: this key is missing"),
    (_with("slots", []), "there is no slot"),
    (_with("slots", [{**SLOT, "end": "2025-11-05T09:00+02:00"}]), "ends before it begins"),
    (_with("slots", [{**SLOT, "start": "2025-11-05T10:00"}]), "has no UTC offset"),
    (_with("slots", [{**SLOT, "start": "ten"}]), "slots[0].start"),
    (_with("slots", [{**SLOT, "day": "5 November"}]), "slots[0].day"),
    (_with("slots", [SLOT, SLOT]), "'s10' stands 2 times"),
    (_with("slots", [SLOT, {**SLOT, "id": "x"}]), "begins before 's10' has ended"),
    (_with("places", [{"id": "T1", "capacity": "1"}]), "places[0].capacity"),
    (_with("places", [{"id": "T1", "capacity": 0}]), "must be at least 1"),
    (_with("places", [{"id": "T1", "capacity": True}]), "places[0].capacity"),
    (_with("participants", [{"id": "P1"}, {"id": "P1"}]), "'P1' stands 2 times"),
    (_with("participants", [{"id": ""}]), "participants[0].id"),
    (_with("requests", [{**REQUEST, "between": ["P1", "P9"]}]), "'P9' is no participant"),
    (_with("requests", [{**REQUEST, "between": ["P1", "P1"]}]), "nobody can meet oneself"),
    (_with("requests", [{**REQUEST, "between": ["P1"]}]), "at least two participants"),
    (_with("requests", [REQUEST, REQUEST]), "'R1' stands 2 times"),
    (_with("requests", [{**REQUEST, "weight": -1}]), "must be at least 0"),
    (_with("requests", [{**REQUEST, "weight": 1.5}]), "requests[0].weight"),
    (_with("requests", [{**REQUEST, "weight": 10**30}]), "requests[0].weight"),
    (_with("requests", [{**REQUEST, "locked": {"slot": "s99"}}]), "'s99' is no slot"),
    (_with("precedences", [["R1", "R2"], ["R2", "R1"]]), "a circle"),
    (_with("precedences", [["R1"]]), "precedences[0]"),
    (_with("objective", ["beauty"]), "objective[0]"),
    (_with("rules", {"max_break_spread": -1}), "rules.max_break_spread"),
]


@pytest.mark.parametrize(("record", "said"), BAD)
def test_bad_questions_are_refused_with_their_place(
    record: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = _written(tmp_path / "I.json", record)
    assert _run("timetable", "solve", question, "-o", tmp_path / "R.json") == 2
    shown = capsys.readouterr().err
    assert "I.json" in shown
    assert said in shown
    assert [path.name for path in tmp_path.iterdir()] == ["I.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps(SMALL).encode()[:-40], "no JSON"),
        (b"\x89PNG\r\n\x1a\n" * 50, "no UTF-8"),
        (b"[]", "one JSON object"),
        (b"   ", "empty"),
        (b"{" * 200_000, "no JSON"),
    ],
)
def test_what_is_no_json_object_is_refused(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = tmp_path / "I.json"
    question.write_bytes(content)
    assert _run("timetable", "solve", question, "-o", tmp_path / "R.json") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "R.json").exists()


def test_a_hundred_megabytes_of_garbage_are_refused_unread(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = tmp_path / "I.json"
    with question.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert _run("timetable", "check", question, question) == 2
    assert "at most" in capsys.readouterr().err


def test_all_faults_come_in_one_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = {
        **SMALL,
        "requests": [
            {**REQUEST, "between": ["P1", "P1"]},
            {**REQUEST, "id": "R5", "between": ["P8", "P9"]},
        ],
        "places": [{"id": "T1", "capacity": -2}],
    }
    question = _written(tmp_path / "I.json", record)
    assert _run("timetable", "solve", question, "-o", tmp_path / "R.json") == 2
    shown = capsys.readouterr().err
    for said in ("4 problems", "oneself", "'P8'", "'P9'", "places[0].capacity"):
        assert said in shown


def test_an_unwritable_output_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = _written(tmp_path / "I.json", SMALL)
    assert _run("timetable", "solve", question, "-o", tmp_path / "none" / "R.json") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_girona_archive_is_imported(tmp_path: Path) -> None:
    source = shared("b2b/udg/tic-12.original.dzn")
    target = tmp_path / "I.json"
    assert _run("timetable", "import", source, "-o", target, "--max-break-spread", "none") == 0
    record = json.loads(target.read_text(encoding="utf-8"))
    assert (len(record["participants"]), len(record["requests"])) == (42, 125)
    assert (len(record["slots"]), len(record["places"])) == (8, 21)
    assert record["rules"]["max_break_spread"] is None
    assert all(request["must"] for request in record["requests"])
    assert record["objective"] == ["breaks"]


DZN = """nBusiness = 2; nMeetings = 1; nTables = 1; nTotalSlots = 2; nMorningSlots = 1;
requested = [|1, 2,3, |]; meetingsxBusiness = [{1,2},{1,2}]; nMeetingsBusiness = [1,1];
forbidden = [{0},{1}]; fixed = [0]; precedences = [{}];
"""


def test_a_small_girona_file_means_what_it_says(tmp_path: Path) -> None:
    source = tmp_path / "x.dzn"
    source.write_text(DZN, encoding="utf-8")
    assert _run("timetable", "import", source, "-o", tmp_path / "I.json") == 0
    record = json.loads((tmp_path / "I.json").read_text(encoding="utf-8"))
    assert [person["unavailable"] for person in record["participants"]] == [[], ["S01"]]
    assert record["rules"]["max_break_spread"] == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DZN[:-10], "cut off"),
        (DZN.replace("nTables = 1;", ""), "nTables is missing"),
        (DZN.replace("|1, 2,3, |", "|1, 7,3, |"), "holds 7"),
        (DZN.replace("|1, 2,3, |", "|1, 1,3, |"), "oneself"),
        (DZN.replace("|1, 2,3, |", "|1, x,3, |"), "cannot be read"),
        (DZN.replace("fixed = [0]", "fixed = [0,0]"), "has 2 entries, expected 1"),
    ],
)
def test_bad_girona_files_are_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "x.dzn"
    source.write_text(text, encoding="utf-8")
    assert _run("timetable", "import", source, "-o", tmp_path / "I.json") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "I.json").exists()


def test_bound_says_what_nothing_can_beat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = _written(tmp_path / "I.json", SMALL)
    assert _run("timetable", "bound", question) == 0
    assert "weight: bound 6 (reached)" in capsys.readouterr().out
    must = [{**request, "must": True, "slots": ["s10"]} for request in SMALL["requests"]]
    _written(question, {**SMALL, "requests": must})
    assert _run("timetable", "bound", question) == 1
    assert "no timetable" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_or_a_kill_writes_the_best_timetable_so_far(
    number: signal.Signals, tmp_path: Path
) -> None:
    source = shared("b2b/udg/ticf-13crafc.original.dzn")
    question, answer = tmp_path / "I.json", tmp_path / "R.json"
    assert _run("timetable", "import", source, "-o", question, "--max-break-spread", "2") == 0
    before = signal.getsignal(number)
    sent: list[int] = []

    def interrupt_once_solving() -> None:
        while signal.getsignal(number) is before:
            time.sleep(0.05)
        time.sleep(3)
        sent.append(number)
        os.kill(os.getpid(), number)

    threading.Thread(target=interrupt_once_solving, daemon=True).start()
    code = _run("timetable", "solve", question, "-o", answer, "--time-limit", "100")
    assert sent, "the signal was not awaited"
    assert signal.getsignal(number) is before
    record = json.loads(answer.read_text(encoding="utf-8"))
    assert (code, record["status"]) in {(0, "feasible"), (0, "optimal"), (1, "unknown")}
    assert _run("timetable", "check", question, answer) == 0
