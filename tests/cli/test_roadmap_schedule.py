import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from punte.cli.main import main
from shared_data import shared


def run(*words: object) -> int | str | None:
    with pytest.raises(SystemExit) as caught:
        main([str(word) for word in words])
    return caught.value.code


@pytest.mark.parametrize("name", ["j301_1", "j3021_1"])
def test_psplib_is_solved_checked_and_equals_the_published_optimum(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared(f"psplib/j30/{name}.sm")
    rows = [row.split(",") for row in shared("psplib/best_known.csv").read_text().splitlines()]
    best = next(int(row[2]) for row in rows if row[1] == name)
    answer, imported = tmp_path / "S.json", tmp_path / "P.json"
    assert run("roadmap", "schedule", source, "-o", answer, "--quiet") == 0
    found = json.loads(answer.read_text())
    assert found["format"] == "punte.roadmap.schedule/1"
    assert (found["status"], found["makespan"], found["bound"]) == ("optimal", best, best)
    assert set(found["starts"]) == {str(job) for job in range(1, 33)}
    assert run("roadmap", "check", source, answer) == 0
    assert run("roadmap", "import", source, "-o", imported) == 0
    assert "Right: optimal" in capsys.readouterr().out
    # The same plan in another file is another file: its hash is not the schedule's.
    assert run("roadmap", "check", imported, answer) == 1
    assert "made for another file" in capsys.readouterr().out


def test_check_names_what_is_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan, answer = tmp_path / "P.json", tmp_path / "S.json"
    plan.write_text(
        '{"format": "punte.roadmap.plan/1", "activities": [{"id": "A", "duration": 2}, {"id": "B", "duration": 1}],'
        ' "links": [{"from": "A", "to": "B"}]}'
    )
    answer.write_text(
        '{"format": "punte.roadmap.schedule/1", "status": "feasible", "makespan": 2, "starts": {"A": 0, "B": 1}}'
    )
    assert run("roadmap", "check", plan, answer) == 1
    assert "B starts at 1; FS +0 after A allows 2" in capsys.readouterr().out


def test_a_schedule_of_another_file_fails_the_check_and_is_used_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, other, answer = tmp_path / "P.json", tmp_path / "Q.json", tmp_path / "S.json"
    plan.write_text(
        '{"format": "punte.roadmap.plan/1", "activities": [{"id": "A", "duration": 2}]}'
    )
    other.write_text(plan.read_text() + "\n")
    assert run("roadmap", "schedule", plan, "-o", answer, "--quiet") == 0
    assert run("roadmap", "check", plan, answer) == 0
    capsys.readouterr()
    assert run("roadmap", "check", other, answer) == 1
    assert "instance: The schedule was made for another file" in capsys.readouterr().out
    words = ("--schedule", answer, "-o", tmp_path / "B.json")
    assert run("roadmap", "baseline", other, *words) == 2
    assert run("roadmap", "export", other, "--schedule", answer, "--svg", tmp_path / "G.svg") == 2
    assert "made for another file" in capsys.readouterr().err


def test_starts_beyond_all_dates_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, answer = tmp_path / "P.json", tmp_path / "S.json"
    plan.write_text(
        '{"format": "punte.roadmap.plan/1", "unit": "day", "start": "2026-01-05", "calendar": "W",'
        ' "calendars": [{"id": "W", "weekdays": [1, 2]}], "activities": [{"id": "A", "duration": 2}]}'
    )
    for start in (10**9, -(10**9), 10**30):
        answer.write_text(
            '{"format": "punte.roadmap.schedule/1", "status": "feasible", "makespan": 2,'
            f' "starts": {{"A": {start}}}}}'
        )
        assert run("roadmap", "check", plan, answer) == 1
        assert "beyond all dates" in capsys.readouterr().out


def test_schedule_without_an_answer_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, answer = tmp_path / "P.json", tmp_path / "S.json"
    plan.write_text(
        '{"format": "punte.roadmap.plan/1", "unit": "day", "start": "2026-01-05", "activities": [{"id": "A", "duration": 9,'
        ' "constraint": {"type": "FNLT", "at": "2026-01-08"}}]}'
    )
    assert run("roadmap", "schedule", plan, "-o", answer, "--quiet") == 1
    assert json.loads(answer.read_text())["status"] == "infeasible"
    assert "A must keep FNLT 4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('"activities": [{"id": "A", "duration": -1}]', "'A' has a negative duration"),
        (
            (
                '"activities": [{"id": "A", "duration": 1}, {"id": "B", "duration": 1}], "links": [{"from": "A", "to": "B"}, '
                '{"from": "B", "to": "A"}]'
            ),
            "wait for each other in a circle",
        ),
        (
            '"activities": [{"id": "M", "duration": 0}, {"id": "N", "duration": 0}], "links": [{"from": "M", "to": "N"}]',
            "M -> N is a path of milestones only",
        ),
        (
            '"activities": [{"id": "A", "duration": 1}], "links": [{"from": "Z", "to": "A"}]',
            "the predecessor 'Z' of 'A'",
        ),
        (
            (
                '"unit": "day", "start": "2026-01-05", "calendar": "W", "calendars": [{"id": "W", "exceptions": '
                '[{"first": "2026-01-06", "last": "9999-12-31"}]}], "activities": [{"id": "A", "duration": 2}]'
            ),
            "calendar 'W' works on only one day from 2026-01-05 on, the last 2026-01-05",
        ),
        ('"activities": [{"id": "A\\u0000", "duration": 1}]', "activities[0].id: the text"),
        (
            '"activities": [{"id": "A\\u001b[2J", "duration": 1}]',
            "'A\\x1b[2J' has a control character",
        ),
        (
            '"activities": [{"id": "A", "duration": 1, "cost": 1000000000000000000000000000000}]',
            "activities[0].cost: a number of 31 digits is more than",
        ),
        (
            (
                '"activities": [{"id": "A", "duration": 1, "demands": {"R": 4611686018427387904}}], '
                '"resources": [{"id": "R", "capacity": 4611686018427387904}]'
            ),
            "resources[0].capacity: 4,611,686,018,427,387,904 is more than",
        ),
        (
            '"unit": "day", "start": "9999-12-30", "activities": [{"id": "A", "duration": 9}]',
            "beyond the year 9999; the longest are 'A'",
        ),
        (
            '"unit": "day", "start": "0001-01-01", "activities": [{"id": "A", "duration": 9}]',
            "Give a day from 1900 on",
        ),
        (
            (
                '"unit": "day", "start": "2026-03-01", "activities": [{"id": "A", "duration": 1, '
                '"constraint": {"type": "SNET", "at": "2026-02-01"}}]'
            ),
            "'A' has a date 28 units before the programme starts",
        ),
    ],
)
def test_nonsense_is_refused_with_the_names(
    body: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "P.json"
    plan.write_text('{"format": "punte.roadmap.plan/1", ' + body + "}")
    assert run("roadmap", "schedule", plan, "-o", tmp_path / "S.json") == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("ending", ["", ".json", ".csv", ".xml", ".sm"])
def test_a_device_without_an_end_is_no_plan(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path("/dev/zero") if not ending else tmp_path / f"p{ending}"
    if ending:
        file.symlink_to("/dev/zero")
    assert run("roadmap", "import", file, "-o", tmp_path / "out.json") == 2
    said = "are read" if ending else "end in nothing are not read"
    assert said in capsys.readouterr().err


def test_a_kill_keeps_the_best_schedule(tmp_path: Path) -> None:
    source, answer = shared("psplib/j120/j12011_1.sm"), tmp_path / "S.json"
    before = signal.getsignal(signal.SIGTERM)
    sent: list[int] = []

    def kill_once_scheduling() -> None:
        while signal.getsignal(signal.SIGTERM) is before:
            time.sleep(0.05)
        time.sleep(2)
        sent.append(signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=kill_once_scheduling, daemon=True).start()
    code = run("roadmap", "schedule", source, "-o", answer, "--quiet", "--time-limit", "100")
    assert sent, "the signal was not awaited"
    found = json.loads(answer.read_text())
    assert (code, found["status"]) in {(0, "feasible"), (1, "unknown")}
    assert run("roadmap", "check", source, answer) == 0


def test_check_refutes_a_bound_that_an_earlier_start_beats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, answer = tmp_path / "P.json", tmp_path / "S.json"
    plan.write_text(
        '{"format": "punte.roadmap.plan/1", "unit": "day", "start": "2026-01-05", "calendar": "c",'
        ' "calendars": [{"id": "c", "weekdays": [1, 2, 3, 4, 5]}], "activities": [{"id": "A", "duration": 2},'
        ' {"id": "B", "duration": 3}], "links": [{"from": "A", "to": "B"}]}'
    )

    def says(status: str, makespan: int, bound: int, a: int, b: int) -> int | str | None:
        answer.write_text(
            f'{{"format": "punte.roadmap.schedule/1", "status": "{status}", "makespan": {makespan},'
            f' "bound": {bound}, "starts": {{"A": {a}, "B": {b}}}}}'
        )
        return run("roadmap", "check", plan, answer)

    assert says("optimal", 5, 5, 0, 2) == 0
    assert says("feasible", 10, 5, 0, 7) == 0
    # The same two a week later, and B alone after the days off.
    assert says("optimal", 12, 12, 7, 9) == 1
    assert "the end is at 5" in capsys.readouterr().out
    assert says("optimal", 10, 10, 0, 7) == 1
    assert "with B earlier (1 moved in all)" in capsys.readouterr().out
