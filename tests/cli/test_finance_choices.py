import json
from pathlib import Path
from typing import Any

import pytest

from punte.cli.main import main
from punte.formats.finance_instruments import shipped_bytes, shipped_catalogue


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["finance", *arguments])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def read(path: Path) -> dict[str, Any]:
    record = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(record, dict)
    return record


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    path = tmp_path / "portfolio.json"
    assert run("sample", "romania-portfolio", "-o", str(path)) == 0
    return path


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    path = tmp_path / "projects.json"
    path.write_bytes(shipped_bytes("romania-projects"))
    return path


def test_compare_lays_ways_beside_each_other(portfolio: Path, tmp_path: Path) -> None:
    answer = tmp_path / "c.json"
    assert run("compare", str(portfolio), "-o", str(answer)) == 0
    record = read(answer)
    assert record["format"] == "punte.finance.comparison/1"
    assert [way["id"] for way in record["ways"]] == ["SAFE-RO", "bond-30", "rolled-10"]
    for way in record["ways"]:
        assert way["saving_waterfall"]["total"] == pytest.approx(
            way["saving_of_instrument"], abs=0.05
        )
    assert {cost["id"] for cost in record["ways"][0]["scenarios"]} == {
        "plus-100",
        "ramp-200",
        "shock-300",
    }


def test_simulate_repeats_itself_and_names_what_may_lapse(portfolio: Path, tmp_path: Path) -> None:
    answers = []
    for name in ("one.json", "two.json"):
        path = tmp_path / name
        assert (
            run("simulate", str(portfolio), "-o", str(path), "--paths", "300", "--seed", "3") == 0
        )
        record = read(path)
        assert record.pop("runtime_s") > 0
        answers.append(record)
    assert answers[0] == answers[1]
    assert answers[0]["seed"] == 3
    risky = answers[0]["lapse"]["draws"][-1]
    assert risky["p_drawn"] == 0.7
    assert risky["money_at_risk"] == "472601569.52"
    assert answers[0]["lapse"]["money_at_risk"] == "598628654.72"


def test_milestones_can_be_handed_in_beside_the_portfolio(portfolio: Path, tmp_path: Path) -> None:
    answer, dates = tmp_path / "m.json", tmp_path / "d.json"
    given = {
        "format": "punte.finance.milestones/1",
        "milestones": [
            {"id": "example-deliveries", "samples": ["2029-01-01", "2029-01-01", None]},
            {"id": "example-acceptance", "samples": ["2029-01-01", None, None]},
        ],
    }
    dates.write_text(json.dumps(given), encoding="utf-8")
    arguments = ("simulate", str(portfolio), "-o", str(answer), "--paths", "50")
    assert run(*arguments, "--milestones", str(dates)) == 0
    lapse = read(answer)["lapse"]
    assert lapse["worlds"] == 3
    assert lapse["joint"] is True
    assert [draw["p_drawn"] for draw in lapse["draws"][-2:]] == pytest.approx([2 / 3, 1 / 3])
    given["milestones"][0]["distribution"] = [["2029-01-01", 1.0]]  # type: ignore[index] # both at once
    dates.write_text(json.dumps(given), encoding="utf-8")
    assert run(*arguments, "--milestones", str(dates)) == 2


def test_unknown_amounts_stay_unknown_and_conflicts_wait_for_a_person(
    projects: Path, tmp_path: Path
) -> None:
    answer = tmp_path / "p.json"
    assert run("allocate", str(projects), "-o", str(answer)) == 0
    record = read(answer)
    assert record["status"] == "optimal"
    assert record["gap"] == 0
    causes = {line["project"]: line["code"] for line in record["unfunded"]}
    assert causes.pop("h225m-multi-mission-helicopters") == "sources_disagree"
    assert set(causes.values()) == {"amount_unknown"}
    assert len(causes) == 4
    # Ten projects with one amount each, summed by hand from the published list.
    assert record["cost"] == "6526631000.00"


def test_locks_and_exclusions_show_what_they_cost(projects: Path, tmp_path: Path) -> None:
    first, second, difference = (tmp_path / name for name in ("a.json", "b.json", "d.json"))
    assert run("allocate", str(projects), "-o", str(first), "--no-prices") == 0
    excluded = "offshore-patrol-vessels"
    lock = "radars"
    assert run("allocate", str(projects), "-o", str(second), "--exclude", excluded) == 0
    record = read(second)
    assert record["value_without_decisions"] - record["value"] == 700
    left_out = next(line for line in record["unfunded"] if line["project"] == excluded)
    assert left_out["code"] == "left_out_by_decision"
    assert left_out["in_optimum_without_decisions"] is True
    assert run("compare", str(first), str(second), "-o", str(difference)) == 0
    assert read(difference)["only_in_first"] == [excluded]
    assert run("allocate", str(projects), "--lock", lock) == 1
    assert run("allocate", str(projects), "--lock", lock, "--exclude", lock) == 2
    assert run("allocate", str(projects), "--lock", "nobody") == 2


def test_comparing_what_is_no_plan_is_refused(portfolio: Path, projects: Path) -> None:
    assert run("compare", str(portfolio), str(projects)) == 2


def test_shipped_allocations_are_the_published_ones(capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = shipped_catalogue()
    assert len(catalogue.shares) == 19
    tentative = [share.tentative.cents for share in catalogue.shares if share.tentative]
    assert sum(tentative) == 150_000_000_000_00
    romania = next(share for share in catalogue.shares if share.country == "RO")
    assert romania.approved is not None
    assert romania.prefinancing is not None
    assert romania.approved.cents == 16_680_055_394_00
    assert romania.prefinancing.cents == 2_502_008_309_10
    assert romania.paid is None
    estonia = next(share for share in catalogue.shares if share.country == "EE")
    assert estonia.approved is not None
    assert estonia.tentative is not None
    assert estonia.approved.cents < estonia.tentative.cents
    terms = [term for found in catalogue.instruments for term in found.terms]
    assert not any(term.verified for term in terms)
    spans = [term.value for term in terms if term.field == "maturity_years"]
    assert spans == [45, 40, 30]
    assert run("instruments") == 0
    assert "2,502,008,309.10" in capsys.readouterr().out


def test_prefinancing_above_what_was_approved_is_refused(tmp_path: Path) -> None:
    record = json.loads(shipped_bytes("instruments"))
    share = next(found for found in record["allocations"] if found["country"] == "RO")
    share["prefinancing"]["amount"] = "16680055394.01"
    path = tmp_path / "i.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert run("instruments", str(path)) == 2


def test_an_unknown_country_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(shipped_bytes("instruments"))
    record["allocations"][0]["country"] = "XX"
    path = tmp_path / "i.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert run("instruments", str(path)) == 2
    assert "allocations[0].country: unknown country" in capsys.readouterr().err


def test_correlations_that_contradict_each_other_are_refused(
    portfolio: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = read(portfolio)
    third = {"index": "third", "start": 0.03, "mean": 0.03, "speed": 0.1, "volatility": 0.01}
    record["indices"].append({"id": "third", "points": [["2026-01-01", 0.03]]})
    record["models"].append(third)
    record["correlations"] = [
        ["eu-funding", "ro-10y", 0.9],
        ["eu-funding", "third", 0.9],
        ["ro-10y", "third", -0.9],
    ]
    portfolio.write_text(json.dumps(record), encoding="utf-8")
    assert run("simulate", str(portfolio), "--paths", "10") == 2
    assert "contradict each other" in capsys.readouterr().err
    assert run("simulate", str(portfolio), "--paths", "0") == 2
    assert run("simulate", str(portfolio), "--seed", "-1") == 2
