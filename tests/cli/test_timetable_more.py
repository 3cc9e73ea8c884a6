"""The timetable verbs beyond solving, end to end through files."""

import json
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["timetable", *map(str, words)])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


@pytest.fixture
def forum(tmp_path: Path) -> Path:
    """A folder with a solved forum: I.json and R.json."""
    small = ["--participants", "24", "--requests", "40", "--slots-per-day", "4", "--seed", "3"]
    assert run("generate", *small, "-o", tmp_path / "I.json") == 0
    found = json.loads((tmp_path / "I.json").read_text())
    found["objective"] = ["weight"]
    (tmp_path / "I.json").write_text(json.dumps(found))
    assert run("solve", tmp_path / "I.json", "-o", tmp_path / "R.json", "--time-limit", "20") == 0
    return tmp_path


def changes(folder: Path, **record: Any) -> Path:
    path = folder / "C.json"
    path.write_text(json.dumps({"format": "punte.timetable.changes/1", **record}))
    return path


def test_generate_prints_the_same_forum_again(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("generate", "--participants", "30", "--tables", "loose", "--seed", "5")
    assert run(*words) == 0
    first = capsys.readouterr().out
    assert run(*words) == 0
    assert capsys.readouterr().out == first
    record = json.loads(first)
    assert (len(record["participants"]), len(record["requests"])) == (30, 120)
    assert len(record["slots"]) == 32


def test_generate_refuses_more_pairs_than_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("generate", "--participants", "4", "--requests", "900") == 2
    assert "give at most" in capsys.readouterr().err


def test_repair_writes_an_answer_that_its_own_question_confirms(
    forum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = json.loads((forum / "R.json").read_text())["meetings"][0]["request"]
    requests = json.loads((forum / "I.json").read_text())["requests"]
    person = next(r["between"][0] for r in requests if r["id"] == away)
    file = changes(forum, no_show=[person])
    outputs = ("-o", forum / "R2.json", "--instance-out", forum / "I2.json")
    assert run("repair", forum / "I.json", forum / "R.json", file, *outputs) == 0
    assert f"{person} is absent" in capsys.readouterr().out
    assert run("check", forum / "I2.json", forum / "R2.json") == 0
    held = {m["request"] for m in json.loads((forum / "R2.json").read_text())["meetings"]}
    assert not held & {r["id"] for r in requests if person in r["between"]}


def test_repair_refuses_the_wrong_question_and_unknown_ids(
    forum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("generate", "--participants", "10", "--requests", "9", "-o", forum / "other.json")
    file = changes(forum)
    words = ("repair", forum / "other.json", forum / "R.json", file, "-o", forum / "R2.json")
    assert run(*words) == 2
    assert "answers another file" in capsys.readouterr().err
    file = changes(forum, no_show=["nobody"])
    words = ("repair", forum / "I.json", forum / "R.json", file, "-o", forum / "R2.json")
    assert run(*words) == 2
    assert "'nobody' is no participant" in capsys.readouterr().err
    assert not (forum / "R2.json").exists()


def test_compare_names_what_moved(forum: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads((forum / "R.json").read_text())
    gone = record["meetings"].pop()
    (forum / "R2.json").write_text(json.dumps(record))
    words = ("compare", forum / "R.json", forum / "R2.json", "--instance", forum / "I.json")
    assert run(*words) == 0
    shown = capsys.readouterr().out
    assert f"gone {gone['request']}" in shown
    assert "loses weight" in shown


def test_export_writes_every_format(forum: Path) -> None:
    files = {name: forum / f"out.{name}" for name in ("ics", "csv", "xlsx", "html")}
    options = [word for name, path in files.items() for word in (f"--{name}", path)]
    assert run("export", forum / "R.json", "--instance", forum / "I.json", *options) == 0
    heads = {name: path.read_bytes()[:15] for name, path in files.items()}
    assert heads["ics"] == b"BEGIN:VCALENDAR"
    assert heads["html"].lower() == b"<!doctype html>"
    assert heads["xlsx"][:2] == b"PK"


def test_export_to_a_calendar_asks_for_the_question(
    forum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", forum / "R.json", "--ics", forum / "out.ics") == 2
    assert "--instance" in capsys.readouterr().err


def test_show_prints_the_board_and_one_agenda(
    forum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("show", forum / "R.json") == 0
    assert "place" in capsys.readouterr().out
    person = json.loads((forum / "I.json").read_text())["requests"][0]["between"][0]
    words = ("show", forum / "R.json", "--instance", forum / "I.json", "--participant", person)
    assert run(*words) == 0
    assert "weight" in capsys.readouterr().out


def test_a_spreadsheet_of_requests_becomes_a_timetable(tmp_path: Path) -> None:
    (tmp_path / "requests.csv").write_bytes(
        "from;to\nMAI;Țepeș\nMAI;Știu\n".encode("cp1250", "replace")
    )
    options = ("--day", "2025-11-05", "--to", "10:00", "--tables", "1")
    words = ("import", tmp_path / "requests.csv", "-o", tmp_path / "I.json", *options)
    assert run(*words) == 0
    assert run("solve", tmp_path / "I.json", "-o", tmp_path / "R.json") == 0
    assert run("check", tmp_path / "I.json", tmp_path / "R.json") == 0
    assert len(json.loads((tmp_path / "R.json").read_text())["meetings"]) == 2
