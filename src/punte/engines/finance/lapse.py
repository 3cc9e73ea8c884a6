"""Draws that wait for milestones: when they are paid, and what lapses at the end of availability."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from punte.engines.finance.instance import Draw, Milestone, Portfolio
from punte.engines.finance.result import Ledger
from punte.kernel.errors import PunteError

_NEVER = date.max.toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRisk:
    """
    One draw that waits.

    Parameters
    ----------
    p_drawn
        Probability that it can be paid by the end of availability [fraction], exact for the distribution given.
    at_risk_cents
        Amount times the probability that it lapses [cents].
    expected_interest_cents
        Interest of the loan if it is drawn, times ``p_drawn`` [cents]; terms as in the ledger.
    median_day
        Day by which it is paid with probability one half; ``None`` when it rather lapses.
    """

    draw: str
    project: str | None
    milestone: str | None
    amount_cents: int
    p_drawn: float
    at_risk_cents: int
    expected_interest_cents: int
    median_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """
    What lapses in all.

    Parameters
    ----------
    worlds
        Simulated worlds read together.
    quantiles
        ``(probability, cents)``: with that probability no more than this lapses.
    p_nothing_lapses
        With its standard error of sampling [fraction].
    expected_service
        ``(year, major units)``: debt service with each draw delayed as its milestone is, lapsed draws without any.
    projects
        ``(project, cents at risk)``, largest first.
    """

    end: date
    worlds: int
    joint: bool
    at_risk_cents: int
    quantiles: tuple[tuple[float, int], ...]
    p_nothing_lapses: float
    standard_error: float
    draws: tuple[DrawRisk, ...]
    projects: tuple[tuple[str, int], ...]
    expected_service: tuple[tuple[int, float], ...]


def lapse(portfolio: Portfolio, ledger: Ledger, *, worlds: int, seed: int) -> Lapse:
    """
    Return the money at risk of lapsing.

    Milestones that come as joint samples are read together, world by world, so that what drives two of them counts twice; others are
    sampled on their own with ``seed``. The expected loss needs no sampling, only the quantiles of the sum do.

    Parameters
    ----------
    worlds
        Worlds to sample when no joint samples say how many there are, >= 1.

    Raises
    ------
    PunteError
        If the instrument has no end of availability, or joint samples differ in number.
    """
    end = portfolio.instrument.availability_end
    if end is None:
        raise PunteError(
            "Nothing can lapse: the instrument has no availability_end. Give it with its source."
        )
    known = {milestone.id for milestone in portfolio.milestones}
    for draw in portfolio.draws:
        if draw.milestone is not None and draw.milestone not in known:
            raise PunteError(
                f"Draw {draw.id!r} waits for {draw.milestone!r}, which has no distribution of dates: hand one in."
            )
    days, joint = _milestone_days(portfolio, worlds, seed)
    count = next((len(found) for found in days.values()), worlds)
    lapsed = np.zeros(count, dtype=np.int64)
    risks = []
    years: dict[int, float] = {}
    for draw in portfolio.draws:
        paid = _paid_days(draw, days, count, portfolio.request_lag_days)
        lapsed += draw.amount_cents * (paid > end.toordinal())
        risk = _draw_risk(portfolio, draw, ledger, end)
        risks.append(risk)
        _add_service(draw, ledger, paid[paid <= end.toordinal()], count, years)
    nothing = float(np.mean(lapsed == 0))
    return Lapse(
        end=end,
        worlds=count,
        joint=joint,
        at_risk_cents=sum(risk.at_risk_cents for risk in risks),
        quantiles=tuple(
            (level, int(np.quantile(lapsed, level, method="inverted_cdf")))
            for level in (0.5, 0.8, 0.95)
        ),
        p_nothing_lapses=nothing,
        standard_error=float(np.sqrt(nothing * (1 - nothing) / count)),
        draws=tuple(risks),
        projects=_by_project(risks),
        expected_service=tuple(sorted(years.items())),
    )


def _by_project(risks: list[DrawRisk]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for risk in risks:
        if risk.project is not None:
            sums[risk.project] = sums.get(risk.project, 0) + risk.at_risk_cents
    return tuple(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _milestone_days(
    portfolio: Portfolio, worlds: int, seed: int
) -> tuple[dict[str, NDArray[np.int64]], bool]:
    """Return for each milestone its day number in each world, and whether they were joint."""
    lengths = {len(found.dates) for found in portfolio.milestones if found.joint}
    if len(lengths) > 1:
        raise PunteError(
            f"Joint samples must be of one length, found {sorted(lengths)}: one entry for each world."
        )
    count = lengths.pop() if lengths else worlds
    generator = np.random.Generator(np.random.SFC64(seed))
    days = {}
    for milestone in portfolio.milestones:
        numbers = np.array([_number(day) for day in milestone.dates], dtype=np.int64)
        if not milestone.joint:
            numbers = generator.choice(numbers, size=count, p=np.array(milestone.weights))
        days[milestone.id] = numbers
    return days, all(found.joint for found in portfolio.milestones)


def _number(day: date | None) -> int:
    return _NEVER if day is None else day.toordinal()


def _paid_days(
    draw: Draw, days: dict[str, NDArray[np.int64]], count: int, lag_days: int
) -> NDArray[np.int64]:
    planned = draw.day.toordinal()
    if draw.milestone is None:
        return np.full(count, planned, dtype=np.int64)
    return np.maximum(days[draw.milestone] + lag_days, planned)


def _draw_risk(portfolio: Portfolio, draw: Draw, ledger: Ledger, end: date) -> DrawRisk:
    found: dict[str, Milestone] = {milestone.id: milestone for milestone in portfolio.milestones}
    interest = next(line.interest_cents for line in ledger.draws if line.draw == draw.id)
    if draw.milestone is None:
        p_drawn = 1.0
        median: date | None = draw.day
    else:
        milestone = found[draw.milestone]
        paid = sorted(
            (max(_number(day) + portfolio.request_lag_days, draw.day.toordinal()), weight)
            for day, weight in zip(milestone.dates, milestone.weights, strict=True)
        )
        p_drawn = min(sum(weight for number, weight in paid if number <= end.toordinal()), 1.0)
        median = _median(paid, end)
    return DrawRisk(
        draw=draw.id,
        project=draw.project,
        milestone=draw.milestone,
        amount_cents=draw.amount_cents,
        p_drawn=p_drawn,
        at_risk_cents=round(draw.amount_cents * (1 - p_drawn)),
        expected_interest_cents=round(interest * p_drawn),
        median_day=median,
    )


def _median(paid: list[tuple[int, float]], end: date) -> date | None:
    total = 0.0
    for number, weight in paid:
        total += weight
        if total >= 0.5 - 1e-12:
            return date.fromordinal(number) if number <= end.toordinal() else None
    return None


def _add_service(
    draw: Draw,
    ledger: Ledger,
    paid: NDArray[np.int64],
    count: int,
    years: dict[int, float],
) -> None:
    """Add a draw's service, delayed by whole months as its draw is, weighed by how often that happens."""
    delays = np.round((paid - draw.day.toordinal()) / 30.436875).astype(np.int64)
    months, often = np.unique(delays, return_counts=True)
    for flow in ledger.flows:
        if flow.draw != draw.id or not flow.service_cents:
            continue
        month = flow.pay_day.year * 12 + flow.pay_day.month - 1
        for delay, times in zip(months.tolist(), often.tolist(), strict=True):
            year = (month + delay) // 12
            years[year] = years.get(year, 0.0) + flow.service_cents / 100 * times / count
