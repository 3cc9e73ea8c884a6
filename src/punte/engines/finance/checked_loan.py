"""What is wrong with the terms that a draw becomes a loan with."""

from collections.abc import Iterator
from math import isfinite

from punte.engines.finance.curves import is_rising
from punte.engines.finance.instance import Draw, Instrument, LoanTerms, RateSpec
from punte.engines.finance.periods import MAX_PAYMENTS, maturity_of, payment_periods
from punte.kernel.errors import Problem
from punte.kernel.phrases import say

MAX_RATE = 1.0
"""Largest believable yearly rate [fraction]: 3 means that somebody wrote per cent."""


def loan_problems(
    loan: LoanTerms, draw: Draw, at: str, indices: set[str], instrument: Instrument | None
) -> Iterator[Problem]:
    """Yield what is wrong with the terms of one draw; ``instrument`` adds its limits."""
    fault = _maturity_problem(loan, draw, at)
    if fault is not None:
        yield fault
        return
    last = maturity_of(loan, draw.day)
    years = (last - draw.day).days / 365.25
    yield from _grace_problems(loan, at, years, instrument)
    yield from _principal_problems(loan, at, len(payment_periods(loan, draw.day)))
    yield from _rate_problems(loan.rate, f"{at}.rate", indices)
    yield from _cost_problems(loan, at)


def _maturity_problem(loan: LoanTerms, draw: Draw, at: str) -> Problem | None:
    """Return what leaves a loan without a maturity, or with more payments than can be listed; the rest needs one."""
    if (loan.maturity is None) == (loan.maturity_years is None):
        return Problem(
            place=at,
            what=say("give either the years to maturity or its day, and exactly one of them."),
        )
    if loan.maturity_years is not None and not 1 <= loan.maturity_years <= 100:
        return Problem(
            place=f"{at}.maturity_years",
            what=say("is %(years)s, must lie in 1 to 100.", years=loan.maturity_years),
        )
    last = maturity_of(loan, draw.day)
    if last <= draw.day:
        return Problem(
            place=f"{at}.maturity",
            what=say("%(last)s is not after the draw, %(day)s.", last=last, day=draw.day),
        )
    if (last - draw.day).days * loan.payments_per_year > 366 * MAX_PAYMENTS:
        return Problem(
            place=f"{at}.maturity",
            what=say("%(last)s gives more than %(most)s payments.", last=last, most=MAX_PAYMENTS),
        )
    if loan.first_payment is not None and not draw.day < loan.first_payment <= last:
        return Problem(
            place=f"{at}.first_payment",
            what=say(
                "%(first)s is not between the draw, %(day)s, and maturity, %(last)s.",
                first=loan.first_payment,
                day=draw.day,
                last=last,
            ),
        )
    return None


def _cost_problems(loan: LoanTerms, at: str) -> Iterator[Problem]:
    for idx, cost in enumerate(loan.costs):
        if cost.amount_cents < 0 or not 0 <= cost.rate <= 1:
            yield Problem(
                place=f"{at}.costs[{idx}]",
                what=say(
                    "“%(name)s” must be an amount of at least 0 or a rate between 0 and 100 %%.",
                    name=cost.name,
                ),
            )
    if loan.payment_lag_business_days < 0:
        yield Problem(place=f"{at}.payment_lag_business_days", what=say("is negative."))


def _grace_problems(
    loan: LoanTerms, at: str, years: float, instrument: Instrument | None
) -> Iterator[Problem]:
    grace = loan.grace_years
    if grace is not None and grace < 0:
        yield Problem(
            place=f"{at}.grace_years",
            what=say("is %(found)s, must be at least 0.", found=f"{grace:g}"),
        )
    if grace is not None and grace >= years - 0.01:
        yield Problem(
            place=f"{at}.grace_years",
            what=say(
                "a grace of %(grace)s years reaches the maturity of %(years)s years.",
                grace=f"{grace:g}",
                years=f"{years:.1f}",
            ),
            remedy=say("Shorten the grace or lengthen the loan."),
        )
    if instrument is None:
        return
    limit = instrument.max_maturity_years
    if limit is not None and years > limit + 0.02:
        yield Problem(
            place=f"{at}.maturity_years",
            what=say(
                "%(years)s years are above the %(limit)s of the instrument.",
                years=f"{years:.1f}",
                limit=limit,
            ),
            remedy=say("Shorten the loan, or correct the instrument's term and its source."),
        )
    yield from _limit_of_grace(loan, at, instrument.max_grace_years)


def _limit_of_grace(loan: LoanTerms, at: str, limit: float | None) -> Iterator[Problem]:
    """Find a grace that is longer than allowed, whether it is called so or principal only begins so late."""
    if limit is None:
        return
    free = (loan.first_principal_payment - 1) / loan.payments_per_year
    if loan.profile != "bullet" and free > limit + 0.01:
        yield Problem(
            place=f"{at}.first_principal_payment",
            what=say(
                "no principal is paid for %(years)s years; at most %(limit)s are allowed.",
                years=f"{free:g}",
                limit=f"{limit:g}",
            ),
            remedy=say(
                "Let principal begin earlier, or correct the instrument's term and its source."
            ),
        )
    grace = loan.grace_years
    if grace is not None and grace > limit:
        yield Problem(
            place=f"{at}.grace_years",
            what=say(
                "%(years)s years are above the %(limit)s allowed.",
                years=f"{grace:g}",
                limit=limit,
            ),
        )


def _principal_problems(loan: LoanTerms, at: str, payments: int) -> Iterator[Problem]:
    if loan.interest != "periodic" and loan.profile != "bullet":
        yield Problem(
            place=f"{at}.interest",
            what=say("interest paid with the principal needs all principal at maturity."),
        )
    if loan.profile == "bullet":
        return
    first, count = loan.first_principal_payment, loan.principal_payments
    if first < 1 or count < 1:
        yield Problem(
            place=at, what=say("the first principal payment and their number must be at least 1.")
        )
    elif first > payments:
        yield Problem(
            place=f"{at}.first_principal_payment",
            what=say(
                "payment %(first)s comes after maturity, which is payment %(payments)s.",
                first=first,
                payments=payments,
            ),
            remedy=say("Begin repaying earlier or lengthen the loan."),
        )
    elif first + count - 1 != payments:
        yield Problem(
            place=f"{at}.principal_payments",
            what=say(
                "%(count)s payments from number %(first)s end with number %(end)s, maturity is number %(payments)s.",
                count=count,
                first=first,
                end=first + count - 1,
                payments=payments,
            ),
            remedy=say(
                "Give %(count)s principal payments, or another first payment or maturity.",
                count=payments - first + 1,
            ),
        )
    if loan.profile == "custom":
        yield from _share_problems(loan, at)


def _share_problems(loan: LoanTerms, at: str) -> Iterator[Problem]:
    if len(loan.shares) != loan.principal_payments:
        yield Problem(
            place=f"{at}.shares",
            what=say(
                "holds %(parts)s parts for %(payments)s principal payments.",
                parts=len(loan.shares),
                payments=loan.principal_payments,
            ),
        )
    if any(share < 0 for share in loan.shares):
        yield Problem(place=f"{at}.shares", what=say("a share is negative."))
    total = sum(loan.shares)
    if abs(total - 1) > 1e-9:
        yield Problem(
            place=f"{at}.shares",
            what=say("sum to %(total)s, above 100 %%.", total=f"{total:.6%}")
            if total > 1
            else say("sum to %(total)s, below 100 %%.", total=f"{total:.6%}"),
            remedy=say("Shares of the draw must sum to 1."),
        )


def _rate_problems(spec: RateSpec, at: str, indices: set[str]) -> Iterator[Problem]:
    rates = [spec.rate, spec.spread, *(rate for _, rate in spec.steps)]
    rates += [bound for bound in (spec.floor, spec.cap) if bound is not None]
    for rate in rates:
        if not isfinite(rate) or abs(rate) >= MAX_RATE:
            yield Problem(
                place=at,
                what=say("%(rate)s is no yearly rate.", rate=f"{rate:g}"),
                remedy=say("In a file write 0.032 for 3.2 %%."),
            )
    if spec.kind == "steps" and (
        not spec.steps
        or spec.steps[0][0] != 0
        or not is_rising([float(year) for year, _ in spec.steps])
    ):
        yield Problem(place=f"{at}.steps", what=say("must begin with year 0 and rise."))
    if spec.kind in {"reset", "floating"}:
        if spec.index not in indices:
            yield Problem(
                place=f"{at}.index",
                what=say("“%(name)s” is no index of this plan.", name=spec.index),
                remedy=say("Add it under indices."),
            )
        if spec.every_years < 1 or spec.lag_days < 0:
            yield Problem(
                place=at,
                what=say("a rate is set again after at least 1 year, and never after its day."),
            )
    if spec.floor is not None and spec.cap is not None and spec.floor > spec.cap:
        yield Problem(place=at, what=say("the floor is above the cap."))
