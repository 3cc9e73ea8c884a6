"""Refuse a question that makes no sense, with every fault and its place."""

from collections import Counter
from collections.abc import Iterator
from math import isfinite

from punte.engines.finance.curves import is_rising
from punte.engines.finance.instance import (
    Draw,
    Instrument,
    LoanTerms,
    Milestone,
    Portfolio,
    RateSpec,
)
from punte.engines.finance.periods import MAX_PAYMENTS, maturity_of, payment_periods
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.money import Money

MAX_RATE = 1.0
"""Largest believable yearly rate [fraction]: 3 means that somebody wrote per cent."""


def checked(portfolio: Portfolio, *, source: str = "The portfolio") -> Portfolio:
    """
    Return ``portfolio`` unchanged if it makes sense.

    Raises
    ------
    InvalidInputError
        With every fault: negative amounts, a draw outside the availability or above the envelope, a first principal after
        maturity, a grace that reaches maturity, shares above 100 %, an unknown index or milestone, duplicates.
    """
    problems = list(_problems(portfolio))
    if problems:
        raise InvalidInputError(source, problems)
    return portfolio


def _problems(portfolio: Portfolio) -> Iterator[Problem]:
    yield from _instrument_problems(portfolio.instrument)
    for kind, ids in (
        ("draws", [draw.id for draw in portfolio.draws]),
        ("indices", [index.id for index in portfolio.indices]),
        ("milestones", [milestone.id for milestone in portfolio.milestones]),
        ("alternatives", [alternative.id for alternative in portfolio.alternatives]),
    ):
        for found, count in Counter(ids).items():
            if count > 1:
                yield Problem(place=kind, what=f"{found!r} stands {count} times.")
    if not portfolio.draws:
        yield Problem(place="draws", what="there is no draw.", remedy="Give at least one.")
    for idx, index in enumerate(portfolio.indices):
        if not index.points or not is_rising([float(day.toordinal()) for day, _ in index.points]):
            yield Problem(
                place=f"indices[{idx}].points", what="the days must rise, and there must be one."
            )
    indices = {index.id for index in portfolio.indices}
    milestones = {milestone.id for milestone in portfolio.milestones}
    for idx, draw in enumerate(portfolio.draws):
        yield from _draw_problems(portfolio.instrument, draw, f"draws[{idx}]", indices)
        if draw.milestone is not None and draw.milestone not in milestones and milestones:
            yield Problem(
                place=f"draws[{idx}].milestone",
                what=f"{draw.milestone!r} is no milestone of this file.",
                remedy="Add its distribution or correct the id.",
            )
    for idx, alternative in enumerate(portfolio.alternatives):
        for draw in portfolio.draws[:1]:
            yield from loan_problems(
                alternative.loan, draw, f"alternatives[{idx}].loan", indices, None
            )
    for idx, milestone in enumerate(portfolio.milestones):
        yield from _milestone_problems(milestone, f"milestones[{idx}]")
    yield from _envelope_problems(portfolio)
    yield from _model_problems(portfolio, indices)


def _model_problems(portfolio: Portfolio, indices: set[str]) -> Iterator[Problem]:
    modelled = {model.index for model in portfolio.models}
    for idx, model in enumerate(portfolio.models):
        if model.index not in indices:
            yield Problem(place=f"models[{idx}].index", what=f"{model.index!r} is no index here.")
        if model.speed <= 0 or model.volatility < 0:
            yield Problem(
                place=f"models[{idx}]", what="speed must be above 0, volatility at least 0."
            )
    if len(modelled) < len(portfolio.models):
        yield Problem(place="models", what="two models move one index.")
    for idx, scenario in enumerate(portfolio.scenarios):
        for name in scenario.indices:
            if name not in indices:
                yield Problem(place=f"scenarios[{idx}].indices", what=f"{name!r} is no index here.")
    for idx, pair in enumerate(portfolio.correlations):
        known = {pair.first, pair.second} <= modelled and pair.first != pair.second
        if not known or not -1 < pair.value < 1:
            yield Problem(
                place=f"correlations[{idx}]",
                what=f"{pair.first!r} and {pair.second!r} at {pair.value:g} are no pair of modelled indices within -1..1.",
            )


def _instrument_problems(instrument: Instrument) -> Iterator[Problem]:
    if instrument.envelope_cents is not None and instrument.envelope_cents < 0:
        yield Problem(
            place="instrument.envelope", what="is negative.", remedy="Give the amount without sign."
        )
    share = instrument.prefinancing_share
    if share is not None and not 0 <= share <= 1:
        yield Problem(
            place="instrument.prefinancing_share",
            what=f"is {share:.2%}, a share lies between 0 and 100 %.",
            remedy="Write 0.15 for 15 %.",
        )
    for name, years in (
        ("max_maturity_years", instrument.max_maturity_years),
        ("max_grace_years", instrument.max_grace_years),
    ):
        if years is not None and years < 0:
            yield Problem(place=f"instrument.{name}", what=f"is {years}, must be at least 0.")


def _envelope_problems(portfolio: Portfolio) -> Iterator[Problem]:
    envelope = portfolio.instrument.envelope_cents
    total = sum(draw.amount_cents for draw in portfolio.draws)
    if envelope is not None and total > envelope >= 0:
        over = Money(total - envelope, portfolio.currency)
        yield Problem(
            place="draws",
            what=f"together they are {over} above the envelope of {Money(envelope, portfolio.currency)}.",
            remedy="Lower a draw or correct the envelope.",
        )


def _draw_problems(
    instrument: Instrument, draw: Draw, at: str, indices: set[str]
) -> Iterator[Problem]:
    if draw.amount_cents <= 0:
        yield Problem(
            place=f"{at}.amount",
            what=f"is {Money(draw.amount_cents).amount}, a draw is above 0.",
            remedy="Payments back are principal of the loan, not negative draws.",
        )
    end = instrument.availability_end
    if end is not None and draw.day > end:
        yield Problem(
            place=f"{at}.date",
            what=f"{draw.day} lies after the end of availability, {end}.",
            remedy="Draw earlier; what is not drawn by then lapses.",
        )
    yield from loan_problems(draw.loan, draw, f"{at}.loan", indices, instrument)


def loan_problems(
    loan: LoanTerms, draw: Draw, at: str, indices: set[str], instrument: Instrument | None
) -> Iterator[Problem]:
    """Yield what is wrong with the terms of one draw; ``instrument`` adds its limits."""
    if (loan.maturity is None) == (loan.maturity_years is None):
        yield Problem(
            place=at, what="give either maturity_years or maturity, and exactly one of them."
        )
        return
    if loan.maturity_years is not None and not 1 <= loan.maturity_years <= 100:
        yield Problem(
            place=f"{at}.maturity_years", what=f"is {loan.maturity_years}, must lie in 1..100."
        )
        return
    last = maturity_of(loan, draw.day)
    if last <= draw.day:
        yield Problem(place=f"{at}.maturity", what=f"{last} is not after the draw, {draw.day}.")
        return
    if (last - draw.day).days * loan.payments_per_year > 366 * MAX_PAYMENTS:
        yield Problem(
            place=f"{at}.maturity", what=f"{last} gives more than {MAX_PAYMENTS} payments."
        )
        return
    if loan.first_payment is not None and not draw.day < loan.first_payment <= last:
        yield Problem(
            place=f"{at}.first_payment",
            what=f"{loan.first_payment} is not between the draw, {draw.day}, and maturity, {last}.",
        )
        return
    years = (last - draw.day).days / 365.25
    yield from _grace_problems(loan, at, years, instrument)
    yield from _principal_problems(loan, at, len(payment_periods(loan, draw.day)))
    yield from _rate_problems(loan.rate, f"{at}.rate", indices)
    yield from _cost_problems(loan, at)


def _cost_problems(loan: LoanTerms, at: str) -> Iterator[Problem]:
    for idx, cost in enumerate(loan.costs):
        if cost.amount_cents < 0 or not 0 <= cost.rate <= 1:
            yield Problem(
                place=f"{at}.costs[{idx}]",
                what=f"{cost.name!r} must be an amount >= 0 or a rate between 0 and 100 %.",
            )
    if loan.payment_lag_business_days < 0:
        yield Problem(place=f"{at}.payment_lag_business_days", what="is negative.")


def _grace_problems(
    loan: LoanTerms, at: str, years: float, instrument: Instrument | None
) -> Iterator[Problem]:
    grace = loan.grace_years
    if grace is not None and grace < 0:
        yield Problem(place=f"{at}.grace_years", what=f"is {grace:g}, must be at least 0.")
    if grace is not None and grace >= years - 0.01:
        yield Problem(
            place=f"{at}.grace_years",
            what=f"a grace of {grace:g} years reaches the maturity of {years:.1f} years.",
            remedy="Shorten the grace or lengthen the loan.",
        )
    if instrument is None:
        return
    limit = instrument.max_maturity_years
    if limit is not None and years > limit + 0.02:
        yield Problem(
            place=f"{at}.maturity_years",
            what=f"{years:.1f} years are above the {limit} of the instrument.",
            remedy="Shorten the loan, or correct the instrument's term and its source.",
        )
    limit = instrument.max_grace_years
    if grace is not None and limit is not None and grace > limit:
        yield Problem(
            place=f"{at}.grace_years", what=f"{grace:g} years are above the {limit} allowed."
        )


def _principal_problems(loan: LoanTerms, at: str, payments: int) -> Iterator[Problem]:
    if loan.interest != "periodic" and loan.profile != "bullet":
        yield Problem(
            place=f"{at}.interest",
            what=f"{loan.interest!r} needs the profile 'bullet', found {loan.profile!r}.",
        )
    if loan.profile == "bullet":
        return
    first, count = loan.first_principal_payment, loan.principal_payments
    if first < 1 or count < 1:
        yield Problem(
            place=at, what="the first principal payment and their number must be at least 1."
        )
    elif first > payments:
        yield Problem(
            place=f"{at}.first_principal_payment",
            what=f"payment {first} comes after maturity, which is payment {payments}.",
            remedy="Begin repaying earlier or lengthen the loan.",
        )
    elif first + count - 1 != payments:
        yield Problem(
            place=f"{at}.principal_payments",
            what=f"{count} payments from number {first} end with number {first + count - 1}, maturity is number {payments}.",
            remedy=f"Give {payments - first + 1} principal payments, or another first payment or maturity.",
        )
    if loan.profile == "custom":
        yield from _share_problems(loan, at)


def _share_problems(loan: LoanTerms, at: str) -> Iterator[Problem]:
    if len(loan.shares) != loan.principal_payments:
        yield Problem(
            place=f"{at}.shares",
            what=f"holds {len(loan.shares)} parts for {loan.principal_payments} principal payments.",
        )
    if any(share < 0 for share in loan.shares):
        yield Problem(place=f"{at}.shares", what="a share is negative.")
    total = sum(loan.shares)
    if abs(total - 1) > 1e-9:
        yield Problem(
            place=f"{at}.shares",
            what=f"sum to {total:.6%}, {'above' if total > 1 else 'below'} 100 %.",
            remedy="Shares of the draw must sum to 1.",
        )


def _rate_problems(spec: RateSpec, at: str, indices: set[str]) -> Iterator[Problem]:
    rates = [spec.rate, spec.spread, *(rate for _, rate in spec.steps)]
    rates += [bound for bound in (spec.floor, spec.cap) if bound is not None]
    for rate in rates:
        if not isfinite(rate) or abs(rate) >= MAX_RATE:
            yield Problem(
                place=at, what=f"{rate:g} is no yearly rate.", remedy="Write 0.032 for 3.2 %."
            )
    if spec.kind == "steps" and (
        not spec.steps
        or spec.steps[0][0] != 0
        or not is_rising([float(year) for year, _ in spec.steps])
    ):
        yield Problem(place=f"{at}.steps", what="must begin with year 0 and rise.")
    if spec.kind in {"reset", "floating"}:
        if spec.index not in indices:
            yield Problem(
                place=f"{at}.index",
                what=f"{spec.index!r} is no index of this file.",
                remedy="Add it under indices.",
            )
        if spec.every_years < 1 or spec.lag_days < 0:
            yield Problem(place=at, what="every_years must be at least 1, lag_days at least 0.")
    if spec.floor is not None and spec.cap is not None and spec.floor > spec.cap:
        yield Problem(place=at, what="the floor is above the cap.")


def _milestone_problems(milestone: Milestone, at: str) -> Iterator[Problem]:
    if not milestone.dates:
        yield Problem(place=at, what=f"{milestone.id!r} has no date.", remedy="Give at least one.")
    elif any(weight < 0 for weight in milestone.weights) or abs(sum(milestone.weights) - 1) > 1e-9:
        yield Problem(
            place=at,
            what=f"the probabilities of {milestone.id!r} sum to {sum(milestone.weights):.4%}, must be 100 % and none below 0.",
        )
