"""The twelve reference cases that others have computed; each says where it comes from in ``roadmap_reference.json``."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engines.roadmap.plans import plan
from punte.engines.roadmap.baseline import (
    Baseline,
    EarnedSchedule,
    EarnedValue,
    interpolate_schedule,
)
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.instance import Activity, Length, Link, Plan
from punte.engines.roadmap.pert import estimate_by_pert, mean_length, normal_share
from punte.engines.roadmap.risk import find_chance
from punte.engines.roadmap.simulate import simulate
from shared_data import shared


def case(name: str) -> dict[str, Any]:
    found = json.loads(shared("roadmap_reference.json").read_text())
    chosen: dict[str, Any] = next(c for c in found["cases"] if c["id"] == name)
    return chosen


def from_arcs(arcs: list[list[int]]) -> Plan:
    """Turn activities on arcs into activities on nodes."""
    return plan(
        {f"{i}-{j}": length for i, j, length in arcs},
        *(
            Link(first=f"{i}-{j}", second=f"{k}-{m}")
            for i, j, _ in arcs
            for k, m, _ in arcs
            if j == k
        ),
    )


@pytest.mark.parametrize("name", ["cpm_taylor_8_5", "cpm_taylor_8_6"])
def test_published_tables_cell_by_cell(name: str) -> None:
    found = case(name)
    path = find_critical_path(from_arcs([row[:3] for row in found["expected"]]))
    assert path.length == found["duration"]
    for i, j, _, *cells in found["expected"]:
        d = path.dates[f"{i}-{j}"]
        computed = [d.early_start, d.early_finish, d.late_start, d.late_finish, d.total_float]
        assert computed == cells, (i, j)
    if "critical" in found:
        nodes = found["critical"].split("-")
        assert list(path.critical) == [f"{i}-{j}" for i, j in pairwise(nodes)]


def test_general_foundry() -> None:
    found = case("cpm_general_foundry")
    question = plan(
        {name: length for name, (length, _) in found["activities"].items()},
        *(f"{p} {name}" for name, (_, before) in found["activities"].items() for p in before),
    )
    path = find_critical_path(question)
    assert path.length == found["expected"]["duration"]
    assert list(path.critical) == found["expected"]["critical"]


def three_points(activities: dict[str, list[Any]]) -> Plan:
    return Plan(
        activities=tuple(
            Activity(id=n, duration=Length(likely=m, low=a, high=b, shape="pert"))
            for n, (a, m, b, *_) in activities.items()
        ),
        links=tuple(
            Link(first=p, second=n)
            for n, (*_, before) in activities.items()
            if isinstance(before, list)
            for p in before
        ),
    )


def test_pert_of_fourteen_activities() -> None:
    found = case("pert_14_activities")
    question, expected = three_points(found["activities"]), found["expected"]
    for activity in question.activities:
        assert mean_length(activity.duration) == pytest.approx(
            expected["te"][activity.id], abs=found["tolerance"]
        )
    answer, computed = estimate_by_pert(question), expected["computed_here"]
    for name, slack in expected["slack_published"].items():
        assert answer.slack[name] == pytest.approx(slack, abs=found["tolerance"])
    assert answer.mean == pytest.approx(computed["duration"], abs=1e-4)
    assert list(answer.critical) == computed["critical"]
    assert answer.variance == pytest.approx(computed["variance"], abs=1e-4)
    assert answer.chance_by(55) == pytest.approx(computed["p_within_55_normal"], abs=1e-4)


def test_pert_of_24_days() -> None:
    found = case("pert_taylor_24_days")
    chain = {name: found["activities"][name] for name in found["critical"]}
    question = three_points(chain)
    links = tuple(Link(first=i, second=j) for i, j in pairwise(found["critical"]))
    answer = estimate_by_pert(Plan(activities=question.activities, links=links))
    assert answer.mean == found["expected"]["duration"]
    assert answer.chance_by(28) == pytest.approx(found["expected"]["p_le_28"], abs=0.0005)


def test_merge_bias_of_independent_paths() -> None:
    found = case("paths_independent_stevenson")
    question = Plan(
        activities=tuple(
            Activity(id=name, duration=Length(likely=mean, shape="normal", sd=sd))
            for name, (mean, sd) in found["paths"].items()
        )
    )
    ends = simulate(question, draws=400_000, seed=1).ends
    for value, share in found["expected"].items():
        chance = find_chance(ends, float(value))
        noise = (chance.high - chance.low) / 2
        assert chance.share == pytest.approx(share, abs=found["tolerance"] + noise), value


def test_pert_mean_is_a_sum_of_sixths() -> None:
    """The scan lost the inputs; what is left to test is that a sum of three-point means can print as this number."""
    mean = case("pert_mean_20_83")["expected"]["mean"]
    sixths = Length(likely=20, low=20, high=25)
    assert round(mean_length(sixths), 2) == mean


def test_poseidon() -> None:
    found = case("pert_poseidon")
    mean, variance = found["inputs"]["mean"], found["inputs"]["variance"]
    for value, key in ((25, "p_25"), (30, "p_30")):
        share = normal_share(value, mean, variance)
        assert share == pytest.approx(found["expected"][key], abs=found["tolerance"])


def test_pmkc() -> None:
    found = case("pert_pmkc_6")
    question, expected = three_points(found["activities"]), found["expected"]
    answer = estimate_by_pert(question)
    assert {a.id: mean_length(a.duration) for a in question.activities} == expected["te"]
    assert answer.mean == expected["duration"]
    assert list(answer.critical) == expected["critical"]
    assert answer.variance == pytest.approx(expected["variance"], abs=1e-4)


def test_earned_value_at_midpoint() -> None:
    found = case("evm_utd_midpoint")
    given, expected = found["inputs"], found["expected"]
    value = EarnedValue(
        budget=given["BAC"],
        planned=given["PV"],
        earned=given["BAC"] * given["percent_complete"],
        actual=given["AC"],
    )
    assert value.earned == expected["EV"]
    assert value.schedule_index == pytest.approx(expected["SPI"], abs=1e-7)
    assert value.cost_index == pytest.approx(expected["CPI"], abs=1e-7)
    assert value.schedule_variance == expected["SV"]
    assert value.cost_variance == expected["CV"]
    assert value.estimate_at_completion == pytest.approx(expected["EAC"])


def test_earned_schedule_invariants() -> None:
    assert case("es_formula_lipke")["formula"].startswith("ES = C +")
    values = [0.0, 5.0, 20.0, 50.0, 80.0, 100.0]
    assert [interpolate_schedule(values, v) for v in values] == [0, 1, 2, 3, 4, 5]
    assert interpolate_schedule(values, 35) == 2.5
    late = EarnedSchedule(at=8, earned=interpolate_schedule(values, 100), planned_duration=5)
    value = EarnedValue(budget=100, planned=100, earned=100)
    assert (value.schedule_index, value.schedule_variance) == (1, 0)
    assert late.index == pytest.approx(5 / 8)
    assert late.variance == 5 - 8
    assert late.forecast == pytest.approx(8)
    assert Baseline(name="", plan_sha256="", starts={}, finishes={}, budgets={}).end == 0


def test_psplib_bounds_hold_together() -> None:
    """The twelfth case, a set of instances, is measured by ``bench/roadmap.py``; its table is read here."""
    assert case("psplib")["expected"] == "psplib/best_known.csv"
    rows = np.genfromtxt(shared("psplib/best_known.csv"), delimiter=",", skip_header=1, dtype=str)
    assert (rows[:, 2].astype(int) <= rows[:, 3].astype(int)).all()
    assert len(rows) == 1560
