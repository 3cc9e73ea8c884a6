import json
from pathlib import Path

import pytest

from punte.cli.main import main


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


@pytest.fixture
def matches(tmp_path: Path) -> Path:
    rows = [("N1", "O1", 1, 9.0), ("N1", "O2", 2, 8.0), ("N2", "O1", 1, 1.0)]
    path = tmp_path / "M.jsonl"
    path.write_text(
        "".join(
            json.dumps({"need_id": n, "offer_id": o, "rank": r, "score": s}) + "\n"
            for n, o, r, s in rows
        ),
        "utf-8",
    )
    return path


def test_assign_writes_pairs_and_regrets(matches: Path, tmp_path: Path) -> None:
    output = tmp_path / "A.json"
    assert run("matching", "assign", matches, "-o", output, "--per-offer", 1) == 0
    answer = json.loads(output.read_text("utf-8"))
    assert answer["format"] == "punte.matching.assignment/1"
    assert answer["status"] == "optimal"
    assert (answer["seed"], answer["runtime_s"] >= 0) == (None, True)
    assert [(p["need_id"], p["offer_id"]) for p in answer["pairs"]] == [("N1", "O2"), ("N2", "O1")]
    assert answer["regrets"][0] == {
        "need_id": "N1",
        "offers": 1,
        "worth": 7.0,
        "best": 15.0,
        "regret": 8.0,
    }


def test_quotas_are_read_and_refused(
    matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quotas, output = tmp_path / "Q.json", tmp_path / "A.json"
    quotas.write_text('{"format": "punte.matching.quotas/1", "offers": {"O1": 0}}', "utf-8")
    assert run("matching", "assign", matches, "-o", output, "--quotas", quotas) == 0
    assert len(json.loads(output.read_text("utf-8"))["pairs"]) == 1
    quotas.write_text('{"format": "punte.matching.quotas/1", "offers": {"O1": -1}}', "utf-8")
    assert run("matching", "assign", matches, "-o", output, "--quotas", quotas) == 2
    assert "offers.O1" in capsys.readouterr().err


def test_codes_are_suggested_in_the_language_of_the_item(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PUNTE_DATA", str(tmp_path / "data"))
    items = tmp_path / "n.jsonl"
    items.write_text(
        '{"id": "N", "lang": "ro", "title": "Poduri de asalt"}\n{"id": "E"}\n', "utf-8"
    )
    assert run("matching", "suggest-codes", items) == 2
    assert "punte data import cpv" in capsys.readouterr().err
    vocabulary = tmp_path / "cpv.tsv"
    vocabulary.write_text(
        "code\ten\tro\n44212000\tBridges\tPoduri\n35722000\tRadar\tRadar\n", "utf-8"
    )
    assert run("data", "import", "cpv", vocabulary) == 0
    capsys.readouterr()
    assert run("matching", "suggest-codes", items, "--top", 1) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert (found["id"], found["code"], found["label"]) == ("N", "44212000", "Poduri")
