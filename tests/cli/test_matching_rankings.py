"""A ranking is read back by evaluate and assign, whichever way round it was made and however long it is."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main
from punte.formats import json_lines, rankings, reading

NEEDS = [{"id": "N1", "title": "radar mobil"}, {"id": "N2", "title": "pod mobil"}]
OFFERS = [
    {"id": "O1", "title": "radar"},
    {"id": "O2", "title": "pod"},
    {"id": "O3", "title": "pod radar"},
]


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def ranked(path: Path, *rows: tuple[str, str, int, float]) -> Path:
    return lines(
        path,
        [{"need_id": n, "offer_id": o, "rank": r, "score": s} for n, o, r, s in rows],
    )


@pytest.fixture
def turned(tmp_path: Path) -> Path:
    """Return a ranking of needs for each offer."""
    needs, offers = lines(tmp_path / "n.jsonl", NEEDS), lines(tmp_path / "o.jsonl", OFFERS)
    output = tmp_path / "T.jsonl"
    words = ["matching", "rank", needs, offers, "-o", output, "--encoder", "none", "--reverse"]
    assert run(*words) == 0
    return output


def test_a_reversed_ranking_is_evaluated_over_its_offers(
    turned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    qrels = tmp_path / "q.tsv"
    qrels.write_text("N1\tO1\t1\nN2\tO2\t1\n", "utf-8")
    assert run("matching", "evaluate", turned, qrels, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["ranked"], answer["judged"], answer["missing"]) == ("needs", 2, 0)
    assert answer["figures"]["R@1"]["value"] == 1.0
    assert run("matching", "evaluate", turned, qrels) == 0
    assert "2 offers with a relevant need, 0 without a list" in capsys.readouterr().out


def test_a_reversed_ranking_is_assigned_like_any_other(turned: Path, tmp_path: Path) -> None:
    output = tmp_path / "A.json"
    assert run("matching", "assign", turned, "-o", output, "--per-need", 1, "--per-offer", 1) == 0
    pairs = json.loads(output.read_text("utf-8"))["pairs"]
    assert [(p["need_id"], p["offer_id"]) for p in pairs] == [("N1", "O1"), ("N2", "O2")]


def test_which_way_round_it_is_can_be_said_where_it_cannot_be_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matches = ranked(tmp_path / "M.jsonl", ("N1", "O1", 1, 1.0), ("N2", "O2", 1, 1.0))
    qrels = tmp_path / "q.tsv"
    qrels.write_text("N1\tO1\t1\nN3\tO1\t1\n", "utf-8")
    assert run("matching", "evaluate", matches, qrels) == 0
    assert "2 needs with a relevant offer, 1 without a list" in capsys.readouterr().out
    assert run("matching", "evaluate", matches, qrels, "--reverse") == 0
    assert "1 offers with a relevant need, 0 without a list" in capsys.readouterr().out


def test_a_ranking_that_is_neither_names_its_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("N1", "O1", 1, 1.0), ("N1", "O2", 1, 1.0), ("N2", "O2", 1, 1.0), ("N1", "O1", 3, 1.0)]
    matches = ranked(tmp_path / "M.jsonl", *rows)
    assert run("matching", "assign", matches, "-o", tmp_path / "A.json") == 2
    said = capsys.readouterr().err
    assert "line 2: the rank 1 stands twice for need 'N1'" in said
    assert "line 4: the offer 'O1' stands twice for need 'N1'" in said
    assert run("matching", "evaluate", matches, matches, "--reverse") == 2
    assert "line 3: the rank 1 stands twice for offer 'O2'" in capsys.readouterr().err


def test_a_long_ranking_is_read_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = [{"kind": "shared_terms", "terms": ["radar" * 100]}]
    made = [
        {"need_id": f"N{n}", "offer_id": f"O{o}", "rank": o, "score": 1.0, "reasons": reasons}
        for n in range(200)
        for o in range(1, 51)
    ]
    path = lines(tmp_path / "M.jsonl", made)
    size = path.stat().st_size
    monkeypatch.setattr(reading, "MAX_BYTES", size // 2)
    tracemalloc.start()
    found = rankings.read_ranking(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(map(len, found.lists.values())) == 10_000
    assert peak < size / 2
    monkeypatch.setattr(rankings, "MOST_BYTES", size - 1)
    assert run("matching", "assign", path, "-o", tmp_path / "A.json") == 2
    assert f"at most {size - 1:,} are read" in capsys.readouterr().err


def test_one_endless_line_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "M.jsonl"
    path.write_text('\n{"need_id": "' + "x" * 5_000, "utf-8")
    monkeypatch.setattr(json_lines, "MOST_OF_A_LINE", 1_000)
    assert run("matching", "assign", path, "-o", tmp_path / "A.json") == 2
    assert "line 2: is longer than 1,000 bytes" in capsys.readouterr().err


def test_quotas_of_unknown_needs_and_offers_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matches = ranked(tmp_path / "M.jsonl", ("N1", "O1", 1, 1.0))
    quotas = tmp_path / "Q.json"
    quotas.write_text(
        '{"format": "punte.matching.quotas/1", "needs": {"N1": 1, "N9": 1}, "offers": {"N1": 2}}'
    )
    words = ["matching", "assign", matches, "-o", tmp_path / "A.json", "--quotas", quotas]
    assert run(*words) == 2
    said = capsys.readouterr().err
    assert "needs.N9: stands in no line of the ranking" in said
    assert "offers.N1: stands in no line of the ranking" in said


def test_a_first_line_without_a_finite_gain_is_no_header(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matches = ranked(tmp_path / "M.jsonl", ("N1", "O1", 1, 1.0))
    qrels = tmp_path / "q.tsv"
    for gain in ("nan", "inf", "-Infinity"):
        qrels.write_text(f"N1 O1 {gain}\nN1 O2 1\n", "utf-8")
        assert run("matching", "evaluate", matches, qrels) == 2
        assert "line 1: expected need, offer and gain" in capsys.readouterr().err


@pytest.mark.parametrize("score", [1e308, -1e308, 2e12])
def test_scores_beyond_any_reason_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], score: float
) -> None:
    rows = [("N1", "O1", 1, score), ("N1", "O2", 2, -score)]
    matches = ranked(tmp_path / "M.jsonl", *rows)
    assert run("matching", "assign", matches, "-o", tmp_path / "A.json") == 2
    assert "line 1, score" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        ("fusion", "words", 1e308),
        ("fusion", "hub", 1e308),
        ("bm25", "k1", 1e308),
        ("bm25", "k3", 1e308),
        ("bm25", "k1", 1e-320),
        ("floors", "words", 1e200),
        ("gate", "power", 1e9),
    ],
)
def test_weights_beyond_any_reason_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], group: str, name: str, value: float
) -> None:
    needs, offers = lines(tmp_path / "n.jsonl", NEEDS), lines(tmp_path / "o.jsonl", OFFERS)
    shipped = Path(reading.__file__).parent / "data" / "matching_weights.json"
    weights = json.loads(shipped.read_text("utf-8"))
    weights[group][name] = value
    path = tmp_path / "W.json"
    path.write_text(json.dumps(weights), "utf-8")
    words = ["matching", "rank", needs, offers, "-o", tmp_path / "M.jsonl", "--encoder", "none"]
    assert run(*words, "--weights", path) == 2
    assert f"{group}.{name}" in capsys.readouterr().err
