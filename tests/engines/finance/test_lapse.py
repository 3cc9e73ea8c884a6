from dataclasses import replace
from datetime import date, timedelta

import pytest

from engines.finance.questions import safe_like
from punte.engines.finance.checked import checked
from punte.engines.finance.instance import Milestone, Portfolio
from punte.engines.finance.lapse import lapse
from punte.engines.finance.schedule import schedule
from punte.kernel.errors import InvalidInputError, PunteError

IN_TIME, TOO_LATE = date(2030, 6, 1), date(2031, 3, 1)


def waiting(*milestones: Milestone, waits: dict[int, str], **changes: object) -> Portfolio:
    portfolio = safe_like(milestones=milestones, **changes)
    draws = tuple(
        replace(draw, milestone=waits[number], project=f"P{number % 2}")
        if number in waits
        else draw
        for number, draw in enumerate(portfolio.draws)
    )
    return checked(replace(portfolio, draws=draws))


def coin(identifier: str, p_late: float) -> Milestone:
    return Milestone(id=identifier, dates=(IN_TIME, TOO_LATE), weights=(1 - p_late, p_late))


def test_expected_loss_is_exact() -> None:
    portfolio = waiting(coin("M", 0.25), waits={9: "M"})
    found = lapse(portfolio, schedule(portfolio), worlds=4000, seed=0)
    risk = found.draws[9]
    assert risk.p_drawn == 0.75
    assert risk.at_risk_cents == found.at_risk_cents == round(157_533_333_333 * 0.25)
    assert risk.median_day == date(
        2030, 11, 15
    )  # the plan, because the milestone is likely met before
    assert found.p_nothing_lapses == pytest.approx(0.75, abs=4 * found.standard_error)
    assert found.projects == (("P1", found.at_risk_cents),)


def test_draws_that_wait_for_nothing_never_lapse() -> None:
    portfolio = waiting(coin("M", 1.0), waits={9: "M"})
    found = lapse(portfolio, schedule(portfolio), worlds=10, seed=0)
    assert [risk.p_drawn for risk in found.draws] == [1.0] * 9 + [0.0]
    assert found.draws[9].median_day is None
    assert found.quantiles[0] == (0.5, 157_533_333_333)


def test_joint_samples_are_read_world_by_world() -> None:
    halves = tuple(IN_TIME if world < 50 else TOO_LATE for world in range(100))
    first = Milestone(id="A", dates=halves, weights=(0.01,) * 100, joint=True)
    same = replace(first, id="B")
    opposite = replace(first, id="B", dates=halves[::-1])
    together = waiting(first, same, waits={8: "A", 9: "B"})
    against = waiting(first, opposite, waits={8: "A", 9: "B"})
    one = lapse(together, schedule(together), worlds=1, seed=0)
    other = lapse(against, schedule(against), worlds=1, seed=0)
    assert one.joint
    assert one.worlds == 100
    assert one.at_risk_cents == other.at_risk_cents
    assert one.p_nothing_lapses == 0.5
    assert other.p_nothing_lapses == 0.0
    assert one.quantiles[-1][1] == 2 * other.quantiles[-1][1]


def test_a_request_takes_its_time() -> None:
    last = date(2030, 12, 31)
    sure = Milestone(id="M", dates=(last - timedelta(days=60),), weights=(1.0,))
    portfolio = waiting(sure, waits={9: "M"})
    assert lapse(portfolio, schedule(portfolio), worlds=5, seed=0).at_risk_cents == 0
    slow = waiting(sure, waits={9: "M"}, request_lag_days=61)
    assert lapse(slow, schedule(slow), worlds=5, seed=0).at_risk_cents == 157_533_333_333


def test_never_counts_as_lapsed() -> None:
    never = Milestone(id="M", dates=(IN_TIME, None), weights=(0.9, 0.1))
    portfolio = waiting(never, waits={9: "M"}, request_lag_days=30)
    found = lapse(portfolio, schedule(portfolio), worlds=50, seed=0)
    assert found.draws[9].p_drawn == pytest.approx(0.9)


def test_expected_service_of_certain_dates_is_the_ledger() -> None:
    portfolio = waiting(
        Milestone(id="M", dates=(date(2026, 6, 1),), weights=(1.0,)), waits={9: "M"}
    )
    ledger = schedule(portfolio)
    found = lapse(portfolio, ledger, worlds=3, seed=0)
    expected = {line.year: line.service_cents / 100 for line in ledger.years if line.service_cents}
    assert dict(found.expected_service) == pytest.approx(expected)


def test_a_year_of_delay_moves_service_by_a_year() -> None:
    late = Milestone(id="M", dates=(date(2027, 5, 15),), weights=(1.0,))
    portfolio = waiting(late, waits={0: "M"})
    moved = dict(lapse(portfolio, schedule(portfolio), worlds=1, seed=0).expected_service)
    on_time = waiting(replace(late, dates=(date(2026, 1, 1),)), waits={0: "M"})
    plain = dict(lapse(on_time, schedule(on_time), worlds=1, seed=0).expected_service)
    assert moved[2027] == pytest.approx(plain[2027] - 2_502_000_000 * 0.032)
    assert sum(moved.values()) == pytest.approx(sum(plain.values()))


def test_without_end_or_distribution_it_says_so() -> None:
    portfolio = waiting(coin("M", 0.5), waits={9: "M"})
    ledger = schedule(portfolio)
    endless = replace(portfolio, instrument=replace(portfolio.instrument, availability_end=None))
    with pytest.raises(PunteError, match="no availability_end"):
        lapse(endless, ledger, worlds=5, seed=0)
    with pytest.raises(PunteError, match="has no distribution"):
        lapse(replace(portfolio, milestones=()), ledger, worlds=5, seed=0)


def test_probabilities_must_sum_to_one() -> None:
    wrong = Milestone(id="M", dates=(IN_TIME, TOO_LATE), weights=(0.6, 0.6))
    with pytest.raises(InvalidInputError, match="sum to 120"):
        waiting(wrong, waits={9: "M"})
