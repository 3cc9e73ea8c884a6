"""Refuse a question that makes no sense, with every fault and its place."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from punte.engines.finance.checked_loan import loan_problems
from punte.engines.finance.curves import Curve, is_rising
from punte.engines.finance.instance import (
    Draw,
    Instrument,
    Milestone,
    Portfolio,
)
from punte.engines.finance.scenarios import is_possible
from punte.engines.finance.terms import term_problems
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.money import Money
from punte.kernel.phrases import say


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
    yield from term_problems(portfolio.instrument)
    yield from _twice(portfolio)
    if not portfolio.draws:
        yield Problem(
            place="draws", what=say("there is no draw."), remedy=say("Give at least one.")
        )
    yield from _index_problems(portfolio)
    yield from _curve_problems(portfolio.national)
    indices = {index.id for index in portfolio.indices}
    milestones = {milestone.id for milestone in portfolio.milestones}
    for idx, draw in enumerate(portfolio.draws):
        yield from _draw_problems(portfolio.instrument, draw, f"draws[{idx}]", indices)
        if draw.milestone is not None and draw.milestone not in milestones and milestones:
            yield Problem(
                place=f"draws[{idx}].milestone",
                what=say("“%(name)s” is no milestone of this plan.", name=draw.milestone),
                remedy=say("Add its distribution or correct the id."),
            )
    for idx in range(len(portfolio.alternatives)):
        yield from _alternative_problems(portfolio, idx, indices)
    for idx, milestone in enumerate(portfolio.milestones):
        yield from _milestone_problems(milestone, f"milestones[{idx}]")
    if len({len(found.dates) for found in portfolio.milestones if found.joint}) > 1:
        yield Problem(
            place="milestones",
            what=say("those that are read together must have as many dates each."),
        )
    yield from _envelope_problems(portfolio)
    yield from _model_problems(portfolio, indices)
    yield from _correlation_problems(portfolio)


def _twice(portfolio: Portfolio) -> Iterator[Problem]:
    for kind, ids in (
        ("draws", [draw.id for draw in portfolio.draws]),
        ("indices", [index.id for index in portfolio.indices]),
        ("milestones", [milestone.id for milestone in portfolio.milestones]),
        ("alternatives", [alternative.id for alternative in portfolio.alternatives]),
        ("scenarios", [scenario.id for scenario in portfolio.scenarios]),
    ):
        for found, count in Counter(ids).items():
            if count > 1:
                yield Problem(
                    place=kind,
                    what=say("“%(name)s” stands %(count)s times.", name=found, count=count),
                )


def _alternative_problems(portfolio: Portfolio, idx: int, indices: set[str]) -> Iterator[Problem]:
    """Yield what is wrong with an alternative: once what every draw meets, by draw what only some do."""
    loan, at = portfolio.alternatives[idx].loan, f"alternatives[{idx}].loan"
    found = {
        draw.id: list(loan_problems(loan, draw, at, indices, None)) for draw in portfolio.draws
    }
    common = [
        problem
        for problem in next(iter(found.values()), [])
        if all(problem in other for other in found.values())
    ]
    yield from common
    for name, problems in found.items():
        for problem in problems:
            if problem not in common:
                yield replace(
                    problem,
                    what=say("for the draw “%(name)s”: %(fault)s", name=name, fault=problem.what),
                )


def _index_problems(portfolio: Portfolio) -> Iterator[Problem]:
    for idx, index in enumerate(portfolio.indices):
        if not index.points or not is_rising([float(day.toordinal()) for day, _ in index.points]):
            yield Problem(
                place=f"indices[{idx}].points",
                what=say("the days must rise, and there must be one."),
            )


def _curve_problems(curve: Curve | None) -> Iterator[Problem]:
    if curve is None:
        return
    terms = [term for term, _rate in curve.points]
    if not terms or terms[0] < 0 or not is_rising(terms):
        yield Problem(
            place="national_curve.points",
            what=say("the terms must rise from 0 or more, each once."),
        )
    for quote in curve.quotes:
        if quote.term not in terms:
            yield Problem(
                place="national_curve.quotes",
                what=say("%(term)s years are no term of the curve.", term=f"{quote.term:g}"),
            )


def _model_problems(portfolio: Portfolio, indices: set[str]) -> Iterator[Problem]:
    modelled = {model.index for model in portfolio.models}
    for idx, model in enumerate(portfolio.models):
        if model.index not in indices:
            yield Problem(
                place=f"models[{idx}].index",
                what=say("“%(name)s” is no index of this plan.", name=model.index),
            )
        if model.speed <= 0 or model.volatility < 0:
            yield Problem(
                place=f"models[{idx}]", what=say("speed must be above 0, volatility at least 0.")
            )
    if len(modelled) < len(portfolio.models):
        yield Problem(place="models", what=say("two models move one index."))
    for idx, scenario in enumerate(portfolio.scenarios):
        for name in scenario.indices:
            if name not in indices:
                yield Problem(
                    place=f"scenarios[{idx}].indices",
                    what=say("“%(name)s” is no index of this plan.", name=name),
                )


def _correlation_problems(portfolio: Portfolio) -> Iterator[Problem]:
    modelled = {model.index for model in portfolio.models}
    is_known = True
    for idx, pair in enumerate(portfolio.correlations):
        known = {pair.first, pair.second} <= modelled and pair.first != pair.second
        if not known or not -1 < pair.value < 1:
            is_known = False
            yield Problem(
                place=f"correlations[{idx}]",
                what=say(
                    "“%(first)s” and “%(second)s” at %(value)s are no pair of modelled indices within -1 to 1.",
                    first=pair.first,
                    second=pair.second,
                    value=f"{pair.value:g}",
                ),
            )
    if is_known and not is_possible(portfolio.models, portfolio.correlations):
        yield Problem(
            place="correlations",
            what=say("they contradict each other: no set of rates can move so."),
            remedy=say("Lower one of them."),
        )


def _instrument_problems(instrument: Instrument) -> Iterator[Problem]:
    if instrument.envelope_cents is not None and instrument.envelope_cents < 0:
        yield Problem(
            place="instrument.envelope",
            what=say("is negative."),
            remedy=say("Give the amount without sign."),
        )
    share = instrument.prefinancing_share
    if share is not None and not 0 <= share <= 1:
        yield Problem(
            place="instrument.prefinancing_share",
            what=say("is %(share)s, a share lies between 0 and 100 %%.", share=f"{share:.2%}"),
            remedy=say("Write 0.15 for 15 %%."),
        )
    for name, years in (
        ("max_maturity_years", instrument.max_maturity_years),
        ("max_grace_years", instrument.max_grace_years),
    ):
        if years is not None and years < 0:
            yield Problem(
                place=f"instrument.{name}",
                what=say("is %(found)s, must be at least 0.", found=str(years)),
            )


def _envelope_problems(portfolio: Portfolio) -> Iterator[Problem]:
    envelope = portfolio.instrument.envelope_cents
    total = sum(draw.amount_cents for draw in portfolio.draws)
    if envelope is not None and total > envelope >= 0:
        over = Money(total - envelope, portfolio.currency)
        yield Problem(
            place="draws",
            what=say(
                "together they are %(over)s above the envelope of %(envelope)s.",
                over=str(over),
                envelope=str(Money(envelope, portfolio.currency)),
            ),
            remedy=say("Lower a draw or correct the envelope."),
        )


def _draw_problems(
    instrument: Instrument, draw: Draw, at: str, indices: set[str]
) -> Iterator[Problem]:
    if draw.amount_cents <= 0:
        yield Problem(
            place=f"{at}.amount",
            what=say(
                "is %(found)s, a draw is above 0.", found=str(Money(draw.amount_cents).amount)
            ),
            remedy=say("Payments back are principal of the loan, not negative draws."),
        )
    end = instrument.availability_end
    if end is not None and draw.day > end:
        yield Problem(
            place=f"{at}.date",
            what=say("%(day)s lies after the end of availability, %(end)s.", day=draw.day, end=end),
            remedy=say("Draw earlier; what is not drawn by then lapses."),
        )
    yield from loan_problems(draw.loan, draw, f"{at}.loan", indices, instrument)


def _milestone_problems(milestone: Milestone, at: str) -> Iterator[Problem]:
    if not milestone.dates:
        yield Problem(
            place=at,
            what=say("“%(name)s” has no date.", name=milestone.id),
            remedy=say("Give at least one."),
        )
    elif any(weight < 0 for weight in milestone.weights) or abs(sum(milestone.weights) - 1) > 1e-9:
        yield Problem(
            place=at,
            what=say(
                "the probabilities of “%(name)s” sum to %(total)s, must be 100 %% and none below 0.",
                name=milestone.id,
                total=f"{sum(milestone.weights):.4%}",
            ),
        )
