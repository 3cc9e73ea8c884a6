import json
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main


def _case(**changes: Any) -> dict[str, Any]:
    case = {
        "format": "punte.eligibility.case/1",
        "name": "Mobile bridge",
        "categories": ["1g"],
        "participants": [{"country": "RO", "role": "borrower"}, {"country": "FR"}],
        "entities": [
            {
                "id": "lead",
                "country": "RO",
                "management_country": "RO",
                "controlled_by": "RO",
                "facilities": ["RO"],
                "share": 0.8,
            }
        ],
        "components": [
            {"id": "deck", "origin": "RO", "cost": "700.00"},
            {"id": "engine", "origin": "US", "cost": 300},
        ],
        "flags": {"harmful_components": False},
    }
    return {**case, **changes}


def _run(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["eligibility", *words])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def _write(path: Path, record: dict[str, Any]) -> str:
    path.write_text(json.dumps(record), encoding="utf-8")
    return str(path)


def test_check_exits_zero_for_eligible_and_writes_the_verdict(tmp_path: Path) -> None:
    out = tmp_path / "V.json"
    code = _run("check", _write(tmp_path / "C.json", _case()), "--on", "2026-03-01", "-o", str(out))
    verdict = json.loads(out.read_text(encoding="utf-8"))
    assert (code, verdict["format"], verdict["state"]) == (
        0,
        "punte.eligibility.verdict/1",
        "eligible",
    )
    assert (verdict["seed"], verdict["runtime_s"] >= 0) == (None, True)


def test_check_exits_one_for_no_and_names_the_smallest_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = _case(participants=[{"country": "RO", "role": "borrower"}])
    assert _run("check", _write(tmp_path / "C.json", alone), "--on", "2026-06-01") == 1
    told = capsys.readouterr().out
    assert "this way closed on 2026-05-30" in told
    assert "add a participating country" in told


def test_check_asks_for_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("check", _write(tmp_path / "C.json", _case(flags={})), "--on", "2026-03-01") == 1
    assert "flags.harmful_components" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"participants": [{"country": "ZZ"}]}, "“ZZ” is no country code"),
        ({"contract_date": "2026-02-30"}, "is no date of the calendar"),
        ({"categories": ["9z"]}, "is no category of SAFE"),
        ({"categories": []}, "categories: is empty"),
        ({"colour": "blue"}, "colour: this key is not known here"),
        ({"components": [{"id": "a", "origin": "RO", "cost": -5}]}, "is negative"),
        (
            {"components": [{"id": "a", "cost": 1, "parts": [{"id": "b", "cost": 2}]}]},
            "more than the whole",
        ),
        ({"entities": [{"id": "a", "share": 0.7}, {"id": "b", "share": 0.6}]}, "sum to 130%"),
        (
            {"entities": [{"id": "a", "share": 1.5}]},
            "A share lies between 0 and 100 %; a file writes 15 % as 0.15",
        ),
    ],
)
def test_nonsense_exits_two_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], said: str
) -> None:
    out = tmp_path / "V.json"
    code = _run(
        "check", _write(tmp_path / "C.json", _case(**changes)), "--on", "2026-03-01", "-o", str(out)
    )
    assert (code, out.exists()) == (2, False)
    assert said in capsys.readouterr().err


def test_rules_with_a_typo_are_refused_with_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = {
        "format": "punte.eligibility.rules/1",
        "id": "X",
        "title": "X",
        "version": "1",
        "rules": [
            {
                "id": "a",
                "title": "A",
                "text": "A",
                "article": "1",
                "test": {"outside_shar": {"zones": ["EU"], "at_most": 0.35}},
                "sources": [],
                "verified": False,
            }
        ],
        "requirements": [["a"]],
    }
    code = _run(
        "check", _write(tmp_path / "C.json", _case()), "--rules", _write(tmp_path / "R.json", rules)
    )
    assert code == 2
    assert "rules[0].test.outside_shar: this key is not known here" in capsys.readouterr().err


def test_rules_show_tells_what_is_not_verified(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("rules", "show", "SAFE") == 0
    told = capsys.readouterr().out
    assert "NOT VERIFIED" in told
    assert "Article 16(10)" in told


def test_compose_ranks_consortia_and_names_the_missing_partner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firm = {
        key: _case()["entities"][0][key]
        for key in ("country", "management_country", "controlled_by", "facilities")
    }
    offer = {
        "organisation": firm,
        "price": "1000.00",
        "match": 0.5,
        "components": [{"id": "x", "origin": "RO", "cost": 1000}],
        "flags": {"harmful_components": False},
    }
    question = {
        "format": "punte.eligibility.question/1",
        "categories": ["1g"],
        "parts": ["deck", "engine"],
        "participants": _case()["participants"],
        "offers": [
            {**offer, "id": "A", "covers": ["deck"]},
            {**offer, "id": "B", "covers": ["engine"]},
        ],
    }
    out = tmp_path / "K.json"
    code = _run(
        "compose", _write(tmp_path / "Q.json", question), "--on", "2026-09-01", "-o", str(out)
    )
    written = json.loads(out.read_text(encoding="utf-8"))
    assert (code, written["status"], sorted(written["consortia"][0]["members"])) == (
        0,
        "optimal",
        ["A", "B"],
    )

    question["offers"] = question["offers"][:1]
    assert _run("compose", _write(tmp_path / "Q.json", question), "--on", "2026-09-01") == 1
    assert (
        "for engine, established, managed and controlled in EU, EEA_EFTA, UA"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "9999-12-31"])
def test_a_case_is_judged_on_any_day(tmp_path: Path, day: str) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps(_case()))
    assert _run("check", str(case), "--on", day) in {0, 1}
