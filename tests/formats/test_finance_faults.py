"""Faults of meaning in finance files are refused with their place; a choice among sources never changes a figure in silence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main
from punte.formats.finance_allocation import parse_allocation
from punte.formats.finance_instruments import parse_catalogue, shipped_bytes
from punte.formats.finance_portfolio import parse_portfolio
from punte.kernel.errors import InvalidInputError

Edit = Callable[[dict[str, Any]], object]
PORTFOLIO: dict[str, Any] = {
    "format": "punte.finance.portfolio/1",
    "instrument": {"id": "I", "envelope": "1000000", "availability_end": "2030-12-31"},
    "loans": {"l": {"maturity_years": 5, "principal_payments": 5, "rate": 0.03}},
    "draws": [{"id": "d1", "date": "2026-05-15", "amount": "1000", "loan": "l"}],
}
ALLOCATION: dict[str, Any] = {
    "format": "punte.finance.allocation/1",
    "budgets": [{"id": "b", "envelope": "10", "last_year": 2030}],
    "capacities": [{"id": "yard", "per_year": 2}],
    "projects": [
        {
            "id": "x",
            "figures": [{"amount": "1"}],
            "budgets": [{"budget": "b"}],
            "earliest_year": 2028,
            "latest_year": 2028,
            "uses": {"yard": 1},
        }
    ],
}


def chosen(field: str, value: object, reason: str = "the newest") -> dict[str, Any]:
    return {"field": field, "value": value, "source": ["s"], "chosen": True, "reason": reason}


def terms(*found: dict[str, Any]) -> Edit:
    return lambda record: record["instrument"].update(terms=list(found))


def loan(**changes: object) -> Edit:
    return lambda record: record["loans"]["l"].update(changes)


def re_set(**changes: object) -> Edit:
    return loan(rate={"kind": "reset", "index": "eu", **changes})


def refused(parse: Callable[..., object], record: dict[str, Any], edit: Edit) -> str:
    copy = json.loads(json.dumps(record))
    parse(copy, source="P.json")
    edit(copy)
    with pytest.raises(InvalidInputError) as refusal:
        parse(copy, source="P.json")
    return str(refusal.value)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (terms(chosen("a", 1, " ")), "instrument.terms[0].reason: “a” is chosen without a reason."),
        (terms(chosen("a", 1), chosen("a", 2)), "instrument.terms[1].chosen: two values of “a”"),
        (terms(chosen("max_maturity_years", "3")), "5.0 years are above the 3 of the instrument."),
        (lambda r: r["instrument"].update(max_maturity_years=10**400), "max_maturity_years: "),
        (lambda r: r["instrument"].update(max_grace_years=10**30), "max_grace_years: "),
        (re_set(lag_days=10**30), "loans.l.rate"),
        (re_set(every_years=10**30), "loans.l.rate"),
        (loan(rate=-1), "loans.l.rate"),
        (lambda r: r["draws"][0].update(date="0001-01-01"), "draws[0].date: "),
        (lambda r: r["draws"][0].update(id="  "), "draws[0].id: "),
        (
            lambda r: r.update(
                scenarios=[{"id": "s", "shift": 0.01, "start": "9999-12-31", "ramp_years": 5}]
            ),
            "scenarios[0].start: ",
        ),
        (
            lambda r: r.update(national_curve={"name": "n", "points": [[1, -1]]}),
            "national_curve.points[0][1]: ",
        ),
    ],
)
def test_a_portfolio_is_refused_with_its_place(edit: Edit, words: str) -> None:
    told = refused(parse_portfolio, PORTFOLIO, edit)
    assert told.startswith("P.json was refused")
    assert words in told


def test_a_chosen_value_stands_for_a_figure_that_is_not_stated() -> None:
    record = json.loads(json.dumps(PORTFOLIO))
    del record["instrument"]["envelope"]
    record["instrument"]["terms"] = [chosen("envelope", "2000"), chosen("max_maturity_years", "6")]
    instrument = parse_portfolio(record, source="P.json").instrument
    assert (instrument.envelope_cents, instrument.max_maturity_years) == (200_000, 6)


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (
            chosen("envelope", "5"),
            "instrument.terms[0].value: 5.00 is chosen for envelope, the plan computes with 1,000,000.00.",
        ),
        (chosen("availability_end", "2031-12-31"), "the plan computes with 2030-12-31."),
        (chosen("maturity_years", 3), "3 is chosen for maturity_years, the plan computes with 5."),
        (chosen("maturity_years", "5 years"), "“5 years” is chosen for maturity_years, and no"),
    ],
)
@pytest.mark.parametrize("verb", ["schedule", "compare", "simulate"])
def test_the_command_refuses_a_choice_that_the_figures_do_not_use(
    verb: str, term: dict[str, Any], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tmp_path / "P.json"
    record = json.loads(json.dumps(PORTFOLIO))
    agreeing = [chosen("envelope", "1000000.00"), chosen("maturity_years", 5), chosen("rate", 0.5)]
    record["instrument"]["terms"] = agreeing
    asked.write_text(json.dumps(record))
    assert run("finance", verb, asked, "-o", tmp_path / "S.json") == 0
    record["instrument"]["terms"] = [term]
    asked.write_text(json.dumps(record))
    assert run("finance", verb, asked, "-o", tmp_path / "T.json") == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "T.json").exists()


def test_a_catalogue_holds_choices_to_the_same() -> None:
    record = json.loads(shipped_bytes("instruments"))
    parse_catalogue(record, source="I.json")
    record["instruments"][0]["terms"][0].update(chosen=True, reason="")
    with pytest.raises(InvalidInputError) as refusal:
        parse_catalogue(record, source="I.json")
    assert "instruments[0].terms[0].reason" in str(refusal.value)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda r: r["projects"][0].update(
                figures=[{"amount": "1"}, {"amount": "2", "chosen": True}]
            ),
            "projects[0].figures[1].reason: is chosen without a reason.",
        ),
        (
            lambda r: r["projects"][0].update(
                budgets=[{"budget": "b"}, {"budget": "b", "verdict": "not"}]
            ),
            "projects[0].budgets: 'b' stands 2 times.",
        ),
        (lambda r: r["projects"][0].update(uses={"yard": 10**30}), "projects[0].uses.yard: "),
        (lambda r: r["capacities"][0].update(per_year=10**400), "capacities[0].per_year: "),
    ],
)
def test_an_allocation_is_refused_with_its_place(edit: Edit, words: str) -> None:
    assert words in refused(parse_allocation, ALLOCATION, edit)


@pytest.mark.parametrize("edit", [re_set(lag_days=-1), loan(rate=-1), loan(rate="3 %")])
def test_a_rate_is_refused_once_as_what_it_was_written(edit: Edit) -> None:
    assert refused(parse_portfolio, PORTFOLIO, edit).startswith("P.json was refused, 1 problem:")


def test_a_refused_entry_does_not_make_its_list_too_short() -> None:
    told = refused(parse_portfolio, PORTFOLIO, lambda r: r["draws"][0].update(amount="-5"))
    assert told.startswith("P.json was refused, 1 problem:")


def run(*words: object) -> int | str | None:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return stop.value.code


def test_two_answers_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    asked, answer = tmp_path / "P.json", tmp_path / "S.json"
    asked.write_text(json.dumps(PORTFOLIO))
    nowhere = tmp_path / "none" / "x.csv"
    assert run("finance", "schedule", asked, "-o", answer, "--csv", nowhere) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["P.json"]


def test_no_spreadsheet_runs_an_identifier(tmp_path: Path) -> None:
    asked, table = tmp_path / "P.json", tmp_path / "x.csv"
    record = json.loads(json.dumps(PORTFOLIO))
    record["draws"][0]["id"] = "=1+1"
    asked.write_text(json.dumps(record))
    assert run("finance", "schedule", asked, "-o", tmp_path / "S.json", "--csv", table) == 0
    assert all(line.startswith("'=1+1,") for line in table.read_text().splitlines()[1:])
