import json
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
    assert run("roadmap", "check", imported, answer) == 0
    assert "Right: optimal" in capsys.readouterr().out


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
