import json
from pathlib import Path

import pytest

from cli.test_roadmap_schedule import run

PLAN = {
    "format": "punte.roadmap.plan/1",
    "name": "Synthetic",
    "unit": "day",
    "start": "2026-01-05",
    "calendar": "week",
    "calendars": [{"id": "week", "weekdays": [1, 2, 3, 4, 5]}],
    "activities": [
        {"id": "A", "duration": {"likely": 20, "low": 15, "high": 45}, "cost": 5},
        {"id": "B", "duration": {"likely": 10, "low": 8, "high": 15}, "cost": 5},
    ],
    "links": [{"from": "A", "to": "B"}],
    "milestones": [
        {"id": "M", "name": "Law passed", "activity": "B", "target": "2026-02-27", "required_probability": 0.8}
    ],
}  # fmt: skip


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "P.json"
    path.write_text(json.dumps(PLAN))
    return path


def test_risk_gives_chances_quantiles_and_drivers(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "R.json"
    assert run("roadmap", "risk", plan, "-o", output) == 1  # below the required 80 %
    record = json.loads(output.read_text())
    [milestone] = record["milestones"]
    low, high = milestone["interval"]
    assert low < milestone["probability"] < high < 0.8
    assert milestone["below_required"] is True
    assert milestone["planned"]["date"] == "2026-02-13"
    assert record["drivers"][0]["name"] == "A"
    assert [a["criticality"] for a in record["activities"]] == [1.0, 1.0]
    assert "Law passed by 2026-02-27" in capsys.readouterr().out


def test_health_lists_checks_and_fails_on_a_fault(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "H.json"
    assert run("roadmap", "health", plan, "-o", output) == 0
    record = json.loads(output.read_text())
    assert len(record["dcma"]) == 14
    assert (record["seed"], record["runtime_s"] >= 0) == (None, True)
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({**PLAN, "links": [{"from": "A", "to": "B", "lag": -2}]}))
    assert run("roadmap", "health", bad) == 1
    assert "FAIL   2  Leads" in capsys.readouterr().out


def test_baseline_slip_and_scenario(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline, schedule, later = tmp_path / "B.json", tmp_path / "S.json", tmp_path / "L.json"
    assert run("roadmap", "schedule", plan, "-o", schedule, "--time-limit", "2", "--quiet") == 0
    assert run("roadmap", "baseline", plan, "--schedule", schedule, "-o", baseline) == 0
    activities = [
        {"id": "A", "duration": {"likely": 25, "low": 20, "high": 50}},
        PLAN["activities"][1],
    ]  # type: ignore[index]
    later.write_text(json.dumps({**PLAN, "activities": activities}))
    capsys.readouterr()
    assert run("roadmap", "compare", baseline, later) == 0
    assert "A: start +0, finish +7 days" in capsys.readouterr().out
    assert run("roadmap", "compare", plan, later) == 0
    assert "(+7.0 days)" in capsys.readouterr().out
    assert run("roadmap", "explain", plan, "A") == 0
    assert "A is critical" in capsys.readouterr().out


def test_export_and_import_go_round(plan: Path, tmp_path: Path) -> None:
    names = {kind: tmp_path / f"out.{kind}" for kind in ("xml", "ics", "svg", "csv")}
    words = ["--mspdi", names["xml"], "--ics", names["ics"], "--svg", names["svg"]]
    assert run("roadmap", "export", plan, *words, "--draws", "200") == 0
    assert b"<svg" in names["svg"].read_bytes()
    assert names["ics"].read_bytes().startswith(b"BEGIN:VCALENDAR")
    again = tmp_path / "again.json"
    assert run("roadmap", "import", names["xml"], "-o", again) == 0
    assert json.loads(again.read_text())["links"] == [{"from": "1", "to": "2", "type": "FS"}]
    names["csv"].write_text("id,duration,predecessors\nA,3,\nB,4,A\n")
    assert run("roadmap", "import", names["csv"], "-o", again, "--start", "2026-01-05") == 0
    assert json.loads(again.read_text())["start"] == "2026-01-05"
    assert run("roadmap", "export", plan) == 2
    assert run("roadmap", "import", tmp_path / "x.mpp", "-o", again) == 2
