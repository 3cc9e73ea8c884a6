import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from punte.cli.main import main
from shared_data import shared

SAFE: dict[str, Any] = {
    "format": "punte.finance.portfolio/1",
    "name": "two draws",
    "instrument": {
        "id": "SAFE",
        "envelope": "1000000.00",
        "availability_end": "2030-12-31",
        "max_maturity_years": 45,
        "max_grace_years": 10,
        "prefinancing_share": 0.15,
    },
    "loans": {
        "safe": {
            "maturity_years": 45,
            "first_principal_year": 11,
            "principal_payments": 35,
            "grace_years": 10,
            "rate": 0.03,
        }
    },
    "draws": [
        {"id": "D1", "date": "2026-05-15", "amount": "150000.00", "loan": "safe"},
        {"id": "D2", "date": "2027-05-15", "amount": 850000, "loan": "safe"},
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    record = json.loads(json.dumps(SAFE))
    *steps, last = path.split("/")
    place = record
    for step in steps:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    return record


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["finance", *arguments])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def test_schedule_writes_a_whole_answer(tmp_path: Path) -> None:
    question, answer, table = (tmp_path / name for name in ("p.json", "s.json", "s.csv"))
    question.write_text(json.dumps(SAFE), encoding="utf-8")
    assert run("schedule", str(question), "-o", str(answer), "--csv", str(table)) == 0
    record = json.loads(answer.read_text(encoding="utf-8"))
    assert record["format"] == "punte.finance.schedule/1"
    assert record["input_sha256"] == sha256(question.read_bytes()).hexdigest()
    assert record["totals"]["drawn"] == "1000000.00"
    assert record["totals"]["horizon"] == "2072-05-15"
    assert record["headroom"]["left"] == "0.00"
    assert record["reconciliation"]["holds"] is True
    years = {line["year"]: line for line in record["years"]}
    assert years[2027]["interest"] == "4500.00"
    assert years[2028]["interest"] == "30000.00"
    assert all(flow["rate_reason"] for flow in record["flows"])
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(record["flows"]) == 92


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("draws/0/amount", "-5", "draws[0].amount: an amount cannot be negative"),
        ("draws/0/amount", "0", "draws[0].amount: is 0"),
        ("draws/0/amount", "1.005", "at most two decimals"),
        (
            "draws/1/date",
            "2031-01-01",
            "draws[1].date: 2031-01-01 lies after the end of availability",
        ),
        ("draws/0/date", "2027-02-30", "this date does not exist in the calendar"),
        ("draws/0/date", "15.05.2026", "write a date as YYYY-MM-DD"),
        ("draws/0/loan", "nobody", "'nobody' is no entry of loans"),
        ("draws/1/amount", 900000, "above the envelope of EUR 1,000,000.00"),
        ("draws/1/id", "D1", "“D1” stands 2 times"),
        ("currency", "EUX", "unknown currency"),
        ("loans/safe/grace_years", 45, "a grace of 45 years reaches the maturity"),
        ("loans/safe/grace_years", 11, "above the 10 allowed"),
        ("loans/safe/first_principal_year", 46, "comes after maturity"),
        ("loans/safe/principal_payments", 30, "30 payments from number 11 end with number 40"),
        ("loans/safe/maturity_years", 50, "above the 45 of the instrument"),
        ("loans/safe/rate", 3.0, "loans.safe.rate"),
        ("loans/safe/rates", 0.03, "this key is not known here"),
        ("loans/safe/day_count", "31/360", "unknown day count"),
        ("loans/safe/calendar", "moon", "unknown calendar"),
        ("loans/safe/shares", [0.6, 0.6], "custom"),
        ("instrument/prefinancing_share", 1.2, "instrument.prefinancing_share"),
        ("instrument/envelope", -1, "instrument.envelope"),
    ],
)
def test_nonsense_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str, value: Any, said: str
) -> None:
    question, answer = tmp_path / "p.json", tmp_path / "s.json"
    record = changed(path, value)
    if said == "custom":
        record["loans"]["safe"] |= {
            "profile": "custom",
            "first_principal_year": 44,
            "principal_payments": 2,
        }
        said = "above 100 %"
    question.write_text(json.dumps(record), encoding="utf-8")
    assert run("schedule", str(question), "-o", str(answer)) == 2
    assert said in capsys.readouterr().err
    assert not answer.exists()


def test_a_case_is_answered_under_the_names_of_its_publication(tmp_path: Path) -> None:
    case = {
        "kind": "amortisation_table",
        "inputs": {"principal": "1000", "annual_rate": "12", "term_months": 2},
    }
    question, answer = tmp_path / "c.json", tmp_path / "a.json"
    question.write_text(json.dumps(case), encoding="utf-8")
    assert run("schedule", str(question), "-o", str(answer)) == 0
    found = json.loads(answer.read_text(encoding="utf-8"))["answer"]
    # By hand: 1000 x 0.01 / (1 - 1.01 ** -2) = 507.5124, then 502.49 at 1 %.
    assert found["periodic_payment"] == "507.51"
    assert [row["balance"] for row in found["rows"]] == ["502.49", "0.00"]
    assert found["rows"][1]["payment_amount"] == "507.51"


def test_all_published_cases_are_equal_or_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reference", str(shared("finance_reference.json"))) == 0
    assert "50 cases: 47 equal, 3 with a named deviation, 0 out." in capsys.readouterr().out


@pytest.mark.parametrize("name", ["monthly_payment", "never_heard_of"])
def test_a_wrong_or_unknown_value_is_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    case = {
        "id": "wrong",
        "kind": "amortisation_table",
        "inputs": {"principal": "1000", "annual_rate": "12", "term_months": 2},
        "expected": {name: "507.52"},
    }
    question = tmp_path / "c.json"
    question.write_text(json.dumps({"cases": [case]}), encoding="utf-8")
    assert run("reference", str(question)) == 1
    assert f"out {name}: expected 507.52" in capsys.readouterr().out


def test_help_names_every_verb() -> None:
    from punte.cli.finance import group

    text = CliRunner().invoke(group, ["--help"]).output
    assert all(verb in text for verb in ("schedule", "reference"))


@pytest.mark.parametrize(
    "expected",
    [
        "nothing",
        [["ISDA"]],
        {"rows_head": "target"},
        {"rows_head": [{"balance": "1.00"}]},
        {"amortization_ranges": [{"start_payment": 1, "end_payment": 9}]},
        {"monthly_payment": "1e400"},
    ],
)
def test_a_malformed_publication_is_out_and_no_fault_of_ours(
    tmp_path: Path, expected: object
) -> None:
    inputs = {"principal": "1000", "annual_rate": "12", "term_months": 2}
    case = {"kind": "amortisation_table", "inputs": inputs, "expected": expected}
    question = tmp_path / "c.json"
    question.write_text(json.dumps(case), encoding="utf-8")
    assert run("reference", str(question)) == 1
