"""The rates that a loan plan is computed with, each with where it was read and whether a person has verified it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.funding.bridge import LoanFigures
from punte.web.finance.instruments import data_words
from punte.web.finance.loan_words import way_words
from punte.web.ui.templatetags.ui import number, percent

MOST_STEPS = 6
"""So many values of an index are listed; of a longer one the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A rate behind the figures, in words."""

    kind: str
    name: str
    value: str
    source: str
    verified: bool


def ways_with_sources(found: LoanFigures) -> list[tuple[Any, str, bool]]:
    """Return each way to have the money with the source of its terms and whether they are verified; the instrument has its own page."""
    said = [
        ("", True),
        *((data_words(one.source), one.verified) for one in found.portfolio.alternatives),
    ]
    return [(way, *one) for way, one in zip(found.comparison.ways, said, strict=True)]


def rates_behind(portfolio: Any) -> list[Behind]:  # noqa: ANN401 - the engine's type is the bridge's to know
    """Return the national curve, the indices, the models and the scenarios of a plan, with their sources."""
    return [
        *_curve(portfolio.national),
        *(
            Behind(
                kind=_("index"),
                name=index.id,
                value="; ".join(
                    f"{day.isoformat()}: {exact_percent(rate)}"
                    for day, rate in index.points[-MOST_STEPS:]
                ),
                source=data_words(index.source),
                verified=index.verified,
            )
            for index in portfolio.indices
        ),
        *(_model(model) for model in portfolio.models),
        *(
            Behind(
                kind=_("scenario"),
                name=way_words(one.name) or one.id,
                value=_scenario(one),
                source=data_words(one.source),
                verified=one.verified,
            )
            for one in portfolio.scenarios
        ),
    ]


def _curve(curve: Any) -> list[Behind]:  # noqa: ANN401 - the engine's type is the bridge's to know
    if curve is None:
        return []
    quotes = {quote.term: quote for quote in curve.quotes}
    rest = [point for point in curve.points if point[0] not in quotes]
    found = [
        Behind(
            kind=_("national curve"),
            name=way_words(curve.name),
            value="; ".join(_at_term(term, rate) for term, rate in rest),
            source=data_words(curve.source),
            verified=curve.verified,
        )
    ]
    return (found if rest else []) + [
        Behind(
            kind=_("national curve"),
            name=way_words(curve.name),
            value=_at_term(term, rate)
            + (f" ({quotes[term].day.isoformat()})" if quotes[term].day else ""),
            source=data_words(quotes[term].source or curve.source),
            verified=quotes[term].verified,
        )
        for term, rate in curve.points
        if term in quotes
    ]


def _at_term(term: float, rate: float) -> str:
    words = ngettext(
        "%(rate)s at %(term)s year", "%(rate)s at %(term)s years", 1 if term == 1 else 2
    )
    return words % {"rate": exact_percent(rate), "term": number(term, 1 if term % 1 else 0)}


def _digits(rate: float) -> int:
    """Return the decimals that a rate in per cent needs, between two and six [count]."""
    exponent = Decimal(str(rate)).normalize().as_tuple().exponent
    return max(2, min(6, -int(exponent) - 2))


def exact_percent(rate: float) -> str:
    """Return a rate in per cent with as many decimals as it was entered with, at least two."""
    return percent(rate, _digits(rate))


def _points(rate: float) -> str:
    return number(Decimal(str(rate)) * 100, _digits(rate))


def _scenario(one: Any) -> str:  # noqa: ANN401 - the engine's type is the bridge's to know
    """Return by how much a scenario moves rates, how it builds up, and when it is over."""
    said = [
        _("%(points)s points from %(day)s")
        % {"points": _points(one.shift), "day": one.start.isoformat()}
    ]
    if one.ramp_years:
        words = ngettext("after %(years)d year", "in %(years)d yearly steps", one.ramp_years)
        said.append(words % {"years": one.ramp_years})
    if one.back_years:
        words = ngettext(
            "over again after %(years)d year", "over again after %(years)d years", one.back_years
        )
        said.append(words % {"years": one.back_years})
    return ", ".join(said)


def _model(model: Any) -> Behind:  # noqa: ANN401 - the engine's type is the bridge's to know
    return Behind(
        kind=_("random rate"),
        name=model.index,
        value=_("from %(start)s to %(mean)s, moves by %(points)s points a year")
        % {
            "start": exact_percent(model.start),
            "mean": exact_percent(model.mean),
            "points": _points(model.volatility),
        },
        source=data_words(model.source),
        verified=model.verified,
    )
