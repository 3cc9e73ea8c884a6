"""No verb writes over what it reads; devices take answers; odd files and limits are refused, with exit code 2."""

import os
from pathlib import Path

import click
import pytest

from punte.cli.main import cli, main
from punte.cli.parameters import InputFile, OutputFile, Seconds

ENGINES = ("timetable", "matching", "roadmap", "finance", "eligibility")
PLAN = '{"format": "punte.roadmap.plan/1", "activities": [{"id": "A", "duration": 5}]}'


def run(*words: object) -> int | str | None:
    with pytest.raises(SystemExit) as caught:
        main([str(word) for word in words])
    return caught.value.code


def verbs() -> list[tuple[str, click.Command]]:
    found = []
    for engine in ENGINES:
        group = cli.get_command(click.Context(cli), engine)
        assert isinstance(group, click.Group)
        found += [(f"{engine} {name}", verb) for name, verb in sorted(group.commands.items())]
    return found


@pytest.mark.parametrize(("name", "verb"), verbs())
def test_every_verb_holds_its_files_against_each_other(name: str, verb: click.Command) -> None:
    for param in verb.params:
        if isinstance(param.type, click.Path):
            assert isinstance(param.type, InputFile | OutputFile), (name, param.name)
        if param.name == "time_limit":
            assert isinstance(param.type, Seconds), name
        if param.name == "output":
            assert isinstance(param.type, OutputFile), name


def written(path: Path, text: str = PLAN) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("way", ["same", "dots", "symbolic", "hard"])
def test_an_output_is_no_input(
    way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, out = written(tmp_path / "P.json"), tmp_path / "S.json"
    if way == "same":
        out = plan
    elif way == "dots":
        (tmp_path / "in").mkdir()
        out = tmp_path / "in" / ".." / "P.json"
    elif way == "symbolic":
        out.symlink_to(plan)
    else:
        os.link(plan, out)
    for words in (
        ("schedule", plan, "-o", out),
        ("risk", "-o", out, plan),
        ("baseline", plan, "-o", out),
        ("import", plan, "-o", out),
        ("export", plan, "--svg", out),
    ):
        assert run("roadmap", *words) == 2
        assert "Give the output another name" in capsys.readouterr().err
    assert plan.read_text() == PLAN


@pytest.mark.parametrize(
    "words",
    [
        ("timetable", "solve", "X", "-o", "X"),
        ("timetable", "repair", "X", "R", "C", "-o", "O", "--instance-out", "C"),
        ("timetable", "import", "folder", "-o", "folder/requests.csv"),
        ("matching", "rank", "X", "R", "-o", "R"),
        ("matching", "assign", "X", "-o", "X"),
        ("finance", "schedule", "X", "--csv", "X"),
        ("finance", "allocate", "X", "-o", "X"),
        ("eligibility", "check", "X", "-o", "X"),
        ("eligibility", "check", "X", "--rules", "R", "-o", "R"),
        ("roadmap", "export", "X", "--svg", "N", "--ics", "N"),
    ],
)
def test_no_engine_overwrites_what_it_reads(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    files = [written(tmp_path / name) for name in ("X", "R", "C", "folder/requests.csv")]
    assert run(*words) == 2
    assert "Give the output another name" in capsys.readouterr().err
    assert [file.read_text() for file in files] == [PLAN] * len(files)


def test_answers_go_into_devices_and_through_links(tmp_path: Path) -> None:
    plan = written(tmp_path / "P.json")
    assert run("roadmap", "baseline", plan, "-o", "/dev/null") == 0
    assert Path("/dev/null").is_char_device()
    real, link, pipe = tmp_path / "B.json", tmp_path / "link.json", tmp_path / "pipe"
    real.write_text("old")
    link.symlink_to(real)
    assert run("roadmap", "baseline", plan, "-o", link) == 0
    assert link.is_symlink()
    assert '"punte.roadmap.baseline/1"' in real.read_text()
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("roadmap", "baseline", plan, "-o", pipe) == 0
        assert os.read(reader, 10**6) == real.read_bytes()
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("limit", ["nan", "inf", "-inf", "-1"])
@pytest.mark.parametrize(
    "words",
    [
        ("roadmap", "schedule", "P", "-o", "O"),
        ("timetable", "solve", "P", "-o", "O"),
        ("timetable", "bound", "P"),
        ("finance", "allocate", "P", "-o", "O"),
        ("matching", "rank", "P", "Q", "-o", "O"),
    ],
)
def test_a_time_limit_is_a_number(words: tuple[str, ...], limit: str, tmp_path: Path) -> None:
    plan, other = written(tmp_path / "P"), written(tmp_path / "Q")
    names = {"P": plan, "Q": other, "O": tmp_path / "O"}
    assert run(*(names.get(word, word) for word in words), "--time-limit", limit) == 2


@pytest.mark.parametrize("text", [r"\ud800", r"\u0000", r"a\uDFFFb"])
@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("roadmap", "import"), '"format": "punte.roadmap.plan/1", "name": "%s"'),
        (("roadmap", "import"), '"%s": 1'),
        (("timetable", "solve"), '"format": "punte.timetable.instance/1", "slots": ["%s"]'),
        (("finance", "schedule"), '"kind": "%s"'),
        (("finance", "allocate"), '"format": "%s"'),
        (("eligibility", "check"), '"name": {"of": "%s"}'),
    ],
)
def test_text_that_no_file_can_hold_is_refused_with_its_place(
    words: tuple[str, ...],
    body: str,
    text: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = written(tmp_path / "X.json", "{" + body % text + "}")
    assert run(*words, file, "-o", tmp_path / "O.json") == 2
    said = capsys.readouterr().err
    assert "holds NUL or half a character" in said
    assert str(file) in said


def test_a_cell_too_long_for_a_table_is_refused_by_every_importer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "x" * 140_000
    plan = written(tmp_path / "plan.csv", f"id,duration,name\nA,1,{long}\n")
    meetings = written(tmp_path / "requests.csv", f"a,b\nA,{long}\n")
    codes = written(tmp_path / "cpv.csv", f"CODE,EN\n03000000-1,{long}\n")
    for words in (
        ("roadmap", "import", plan, "-o", tmp_path / "O"),
        ("timetable", "import", meetings, "-o", tmp_path / "O"),
        ("data", "import", "cpv", codes),
    ):
        assert run(*words) == 2, words
        assert "line 2: This is no CSV: field larger than field limit" in capsys.readouterr().err
