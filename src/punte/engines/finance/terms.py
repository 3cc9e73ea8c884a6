"""What a person chose among sources, held against the figures that a plan computes with."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from punte.engines.finance.instance import Instrument, Portfolio, Term
from punte.kernel.errors import Problem
from punte.kernel.money import Money, MoneyError
from punte.kernel.phrases import say

Figure = int | float | date

OF_INSTRUMENT: Final[Mapping[str, str]] = {
    "envelope": "envelope_cents",
    "availability_end": "availability_end",
    "prefinancing_share": "prefinancing_share",
    "max_maturity_years": "max_maturity_years",
    "max_grace_years": "max_grace_years",
}
"""Field of a term to the figure of the instrument that it is about."""
OF_LOANS: Final = ("maturity_years", "grace_years")
"""Fields that each loan states; what sources say of other fields is told and computes nothing."""


def _figure(term: Term) -> Figure | None:
    """Return a term's value as the figure it is about; ``None`` where it is no such number or day."""
    text = str(term.value).strip()
    try:
        if term.field == "envelope":
            return Money.parse(text).cents
        if term.field == "availability_end":
            return date.fromisoformat(text)
        number = float(text)
    except (ValueError, MoneyError):
        return None
    if term.field in {"prefinancing_share", "grace_years"}:
        return number
    return int(number) if number.is_integer() else None


def _shown(field: str, figure: Figure) -> str:
    if field == "envelope" and isinstance(figure, int):
        return f"{Money(figure).amount:,.2f}"
    return f"{figure:g}" if isinstance(figure, float) else str(figure)


def term_problems(instrument: Instrument, at: str = "instrument") -> Iterator[Problem]:
    """Yield choices without a reason, and a second one for a field."""
    taken: set[str] = set()
    for idx, term in enumerate(instrument.terms):
        if term.chosen and not term.reason.strip():
            yield Problem(
                place=f"{at}.terms[{idx}].reason",
                what=say("“%(field)s” is chosen without a reason.", field=term.field),
                remedy=say("Say why this source is the one used."),
            )
        if term.chosen and term.field in taken:
            yield Problem(
                place=f"{at}.terms[{idx}].chosen",
                what=say("two values of “%(field)s” are chosen.", field=term.field),
                remedy=say("Choose one; the others stay beside it."),
            )
        if term.chosen:
            taken.add(term.field)


def contradictions(portfolio: Portfolio) -> Iterator[Problem]:
    """Yield each chosen value beside another one that the plan computes with."""
    for idx, term in enumerate(portfolio.instrument.terms):
        if not term.chosen or term.field not in (*OF_INSTRUMENT, *OF_LOANS):
            continue
        place, figure = f"instrument.terms[{idx}].value", _figure(term)
        if figure is None:
            yield Problem(
                place=place,
                what=say(
                    "“%(value)s” is chosen for %(field)s, and no figure.",
                    value=str(term.value)[:60],
                    field=term.field,
                ),
                remedy=say("Write the bare number or day."),
            )
            continue
        used = [found for found in _used(portfolio, term.field) if found != figure]
        if used:
            yield Problem(
                place=place,
                what=say(
                    "%(value)s is chosen for %(field)s, the plan computes with %(used)s.",
                    value=_shown(term.field, figure),
                    field=term.field,
                    used=_shown(term.field, used[0]),
                ),
                remedy=say("Change the figure with the choice, so that both say one thing."),
            )


def _used(portfolio: Portfolio, field: str) -> Iterator[Figure]:
    if field in OF_INSTRUMENT:
        found = [getattr(portfolio.instrument, OF_INSTRUMENT[field])]
    else:
        found = [getattr(draw.loan, field) for draw in portfolio.draws]
    yield from (figure for figure in found if figure is not None)


def settled(instrument: Instrument) -> Instrument:
    """Return the instrument with chosen values in the place of figures that it does not state itself."""
    given = {
        OF_INSTRUMENT[term.field]: _figure(term)
        for term in instrument.terms
        if term.chosen and term.field in OF_INSTRUMENT
    }
    open_figures = {
        name: value for name, value in given.items() if getattr(instrument, name) is None
    }
    return replace(instrument, **open_figures)  # type: ignore[arg-type] # each figure has its own type
