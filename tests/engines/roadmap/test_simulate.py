import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engines.roadmap.plans import link, plan, working_week
from engines.roadmap.test_solve import small_plans
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.draws import draw_lengths, normal_quantile, read_laws
from punte.engines.roadmap.instance import (
    Activity,
    Correlation,
    Length,
    Link,
    Milestone,
    Plan,
    Progress,
    Risk,
)
from punte.engines.roadmap.risk import (
    assess_milestones,
    estimate_chance,
    find_chance,
    find_quantile_interval,
    rank_drivers,
)
from punte.engines.roadmap.simulate import rerun, simulate

DRAWS = 20_000


def uncertain(name: str, low: float, likely: float, high: float, **more: object) -> Activity:
    length = Length(likely=likely, low=low, high=high, **more)  # type: ignore[arg-type]
    return Activity(id=name, duration=length)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(small_plans())
def test_certain_lengths_give_the_critical_path(question: Plan) -> None:
    """Calendars, lags, link types and dates: the pass over draws and the integer dates agree."""
    path, outcome = find_critical_path(question), simulate(question, draws=3)
    found = {a.id: row for a, row in zip(question.activities, outcome.finishes, strict=True)}
    for name, dates in path.dates.items():
        assert found[name] == pytest.approx(dates.early_finish), name
    assert outcome.ends == pytest.approx(path.length)


@pytest.mark.parametrize(
    ("length", "law"),
    [
        (Length(likely=4, low=2, high=9), stats.triang(2 / 7, 2, 7)),
        (Length(likely=4, low=2, high=9, shape="uniform"), stats.uniform(2, 7)),
        (
            Length(likely=4, low=2, high=9, shape="pert"),
            stats.beta(1 + 4 * 2 / 7, 1 + 4 * 5 / 7, 2, 7),
        ),
        (Length(likely=40, shape="normal", sd=3), stats.norm(40, 3)),
    ],
)
def test_draws_follow_their_law(length: Length, law: stats.rv_continuous) -> None:
    laws = read_laws(Plan(activities=(Activity(id="A", duration=length),)))
    found = draw_lengths(laws, DRAWS, 7)[0]
    assert stats.kstest(found, law.cdf).pvalue > 0.01


def test_normal_quantile_is_right_to_nine_digits() -> None:
    shares = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 4001), [1e-12, 0.02425, 0.97575]])
    found = np.array([normal_quantile(share) for share in shares])
    assert found == pytest.approx(stats.norm.ppf(shares), rel=2e-9, abs=2e-9)


def test_a_risk_comes_as_often_as_it_says_and_hits_all_its_activities() -> None:
    risk = Risk(id="R", probability=0.3, activities=("A", "B"), impact=Length(likely=10))
    question = plan({"A": 5, "B": 5}, "A B", risks=(risk,))
    ends = simulate(question, draws=DRAWS, seed=3).ends
    assert set(ends.tolist()) == {10.0, 30.0}
    assert float((ends > 10).mean()) == pytest.approx(0.3, abs=0.01)


def test_correlation_widens_the_end_and_is_what_was_asked() -> None:
    activities = (uncertain("A", 0, 10, 20), uncertain("B", 0, 10, 20))
    free = Plan(activities=activities, links=(link("A B"),))
    tied = replace(free, correlations=(Correlation(id="G", rho=0.8, members=("A", "B")),))
    loose, close = simulate(free, draws=DRAWS), simulate(tied, draws=DRAWS)
    assert close.ends.std() > 1.25 * loose.ends.std()
    # Spearman's correlation of a normal copula is 6 / pi * asin(rho / 2).
    wanted = 6 / np.pi * np.arcsin(0.4)
    assert stats.spearmanr(close.lengths[0], close.lengths[1])[0] == pytest.approx(wanted, abs=0.02)
    assert abs(stats.spearmanr(loose.lengths[0], loose.lengths[1])[0]) < 0.03


def test_criticality_of_two_like_paths_is_a_half() -> None:
    activities = (uncertain("A", 1, 5, 9), uncertain("B", 1, 5, 9), uncertain("C", 1, 2, 3))
    outcome = simulate(Plan(activities=activities, links=(link("A C"), link("B C"))), draws=DRAWS)
    assert outcome.critical == pytest.approx([0.5, 0.5, 1.0], abs=0.02)


def test_the_same_luck_serves_a_changed_plan() -> None:
    activities = tuple(uncertain(f"A{n}", 1, 5, 12) for n in range(20))
    links = tuple(link(f"A{n} A{n + 2}") for n in range(18))
    first = Plan(activities=activities, links=links)
    before = simulate(first, draws=2000, seed=5)
    longer = replace(
        first, activities=(*activities[:3], uncertain("A3", 4, 8, 15), *activities[4:])
    )
    new = replace(longer, activities=(uncertain("NEW", 1, 2, 3), *longer.activities))
    for changed in (longer, new):
        shortcut, afresh = rerun(before, changed), simulate(changed, draws=2000, seed=5)
        assert (shortcut.finishes == afresh.finishes).all()
        assert (shortcut.critical == afresh.critical).all()
    shifted = rerun(before, longer).ends - before.ends
    assert (shifted >= -1e-9).all()
    assert not (simulate(first, draws=2000, seed=6).ends == before.ends).all()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(small_plans(), small_plans(), st.integers(0, 99))
def test_a_what_if_is_the_whole_recomputation_to_the_bit(
    first: Plan, second: Plan, seed: int
) -> None:
    """Whatever differs between two plans, dates, calendars, links or lengths, and over more than one block of draws."""
    wide = tuple(
        replace(a, duration=Length(likely=a.duration.likely, low=0.5, high=7.5))
        for a in first.activities
    )
    before = simulate(replace(first, activities=wide), draws=300, seed=seed)
    for changed in (second, first, replace(first, activities=(*wide[:2], first.activities[2]))):
        shortcut, afresh = rerun(before, changed), simulate(changed, draws=300, seed=seed)
        assert shortcut.lengths.tobytes() == afresh.lengths.tobytes()
        assert shortcut.finishes.tobytes() == afresh.finishes.tobytes()
        assert shortcut.critical.tobytes() == afresh.critical.tobytes()


def test_the_pass_is_the_textbook_recursion_to_the_bit() -> None:
    """Forward and backward over whole rows in numpy, for links of all four kinds with lags and leads."""
    chance, kinds = random.Random(4), ("FS", "SS", "FF", "SF")
    pairs = {(i, j) for j in range(1, 40) for i in chance.sample(range(j), min(j, 2))}
    links = tuple(
        link(f"A{i} {chance.choice(kinds)} A{j}", chance.randint(-3, 5)) for i, j in sorted(pairs)
    )
    activities = tuple(uncertain(f"A{n}", 1, 4 + n % 5, 15) for n in range(40))
    outcome = simulate(Plan(activities=activities, links=links), draws=1000, seed=2)
    starts, ends = np.zeros((40, 1000)), np.zeros((40, 1000))

    def bound(tie: Link) -> tuple[int, int, np.ndarray]:
        i, j = int(tie.first[1:]), int(tie.second[1:])
        begin = (ends if tie.type[0] == "F" else starts)[i] + tie.lag
        return i, j, begin - outcome.lengths[j] if tie.type[1] == "F" else begin

    for row in range(40):
        for tie in links:
            if tie.second == f"A{row}":
                starts[row] = np.maximum(starts[row], bound(tie)[2])
        ends[row] = starts[row] + outcome.lengths[row]
    assert (outcome.finishes == ends).all()
    on = ends >= ends.max(axis=0) - 1e-7
    for row in range(39, -1, -1):
        for tie in links:
            if tie.second == f"A{row}":
                i, j, begin = bound(tie)
                on[i] |= on[j] & (begin >= starts[j] - 1e-7)
    assert (outcome.critical == on.sum(axis=1) / 1000).all()


def test_progress_leaves_only_the_rest_uncertain() -> None:
    running = replace(
        uncertain("A", 8, 10, 20), progress=Progress(actual_start=0, percent_complete=0.9)
    )
    done = replace(
        uncertain("B", 1, 5, 50),
        progress=Progress(actual_start=0, actual_finish=7, percent_complete=1),
    )
    question = Plan(
        activities=(running, done, uncertain("C", 1, 1, 1)), links=(link("B C"),), status_at=9
    )
    outcome = simulate(question, draws=500)
    assert outcome.finishes_of("B") == pytest.approx(7)
    assert outcome.finishes_of("C") == pytest.approx(10)
    assert outcome.finishes_of("A").min() >= 9.8
    assert outcome.finishes_of("A").max() <= 11.0


def test_fractions_of_days_skip_days_off() -> None:
    question = replace(
        working_week({"A": 1, "B": 1}, "A B"),
        activities=(uncertain("A", 4.5, 4.5, 4.5), uncertain("B", 1, 1, 1)),
    )
    finishes = simulate(question, draws=2).finishes[:, 0]
    assert finishes == pytest.approx([4.5, 7.5])  # half of Friday, half of Monday
    assert date(2026, 1, 5).weekday() == 0


def test_chance_and_interval_and_drivers() -> None:
    activities = (uncertain("BIG", 0, 50, 100, shape="uniform"), uncertain("SMALL", 0, 1, 2))
    milestone = Milestone(id="M", activity="SMALL", target=60, required_probability=0.9)
    question = Plan(activities=activities, links=(link("BIG SMALL"),), milestones=(milestone,))
    outcome = simulate(question, draws=DRAWS)
    [found] = assess_milestones(outcome)
    assert found.chance.low < 0.59 < found.chance.high
    assert found.is_below_required
    assert found.planned == 51
    drivers = rank_drivers(outcome, outcome.ends)
    assert [driver.name for driver in drivers] == ["BIG", "SMALL"]
    assert drivers[0].correlation > 0.99
    assert drivers[0].swing == pytest.approx(90, abs=1)
    low, high = find_quantile_interval(outcome.ends, 0.8)
    assert low < 81 < high < low + 3
    assert find_chance(outcome.ends, 1000).share == 1.0


def test_wilson_interval_of_zero_hits_is_not_empty() -> None:
    chance = estimate_chance(0, 100)
    assert (chance.share, chance.low) == (0.0, 0.0)
    assert chance.high == pytest.approx(0.03699, abs=1e-4)


def test_a_path_of_milestones_with_a_date_is_run() -> None:
    """Milestone-only paths are what made another tool's simulation fall over; with a date they are sound."""
    question = plan({"M": 0, "N": 0, "A": 3}, "M N", "A N")
    assert simulate(question, draws=5).ends == pytest.approx(3)
