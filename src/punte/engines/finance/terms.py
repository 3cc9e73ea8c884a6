"""What a person chose among sources, held against the figures that the plan computes with: a choice never changes one in silence."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from punte.engines.finance.instance import Instrument, Term
from punte.kernel.errors import Problem
from punte.kernel.money import Money, MoneyError
from punte.kernel.phrases import say

Figure = int | float | date

FIGURES: Final[Mapping[str, str]] = {
    "envelope": "envelope_cents",
    "availability_end": "availability_end",
    "prefinancing_share": "prefinancing_share",
    "maturity_years": "max_maturity_years",
    "max_maturity_years": "max_maturity_years",
    "grace_years": "max_grace_years",
    "max_grace_years": "max_grace_years",
}
"""Field of a term to the figure of the instrument that it is about; other fields are told and compute nothing."""


def _figure(term: Term) -> Figure | None:
    """Return a term's value as the figure it is about; ``None`` where it is no such number or day."""
    name, text = FIGURES[term.field], str(term.value).strip()
    try:
        if name == "envelope_cents":
            return Money.parse(text).cents
        if name == "availability_end":
            return date.fromisoformat(text)
        number = float(text)
    except (ValueError, MoneyError):
        return None
    if name == "prefinancing_share":
        return number
    return int(number) if number.is_integer() else None


def _shown(name: str, figure: Figure) -> str:
    if name == "envelope_cents" and isinstance(figure, int):
        return f"{Money(figure).amount:,.2f}"
    return str(figure)


def term_problems(instrument: Instrument, at: str = "instrument") -> Iterator[Problem]:
    """Yield choices without a reason, two for one field, and those that say another figure than the one in use."""
    taken: set[str] = set()
    for idx, term in enumerate(instrument.terms):
        if not term.chosen:
            continue
        place = f"{at}.terms[{idx}]"
        if not term.reason.strip():
            yield Problem(
                place=f"{place}.reason",
                what=say("“%(field)s” is chosen without a reason.", field=term.field),
                remedy=say("Say why this source is the one used."),
            )
        name = FIGURES.get(term.field, term.field)
        if name in taken:
            yield Problem(
                place=f"{place}.chosen",
                what=say("two values of “%(field)s” are chosen.", field=term.field),
                remedy=say("Choose one; the others stay beside it."),
            )
        taken.add(name)
        if term.field in FIGURES:
            yield from _contradiction(instrument, term, name, place)


def _contradiction(instrument: Instrument, term: Term, name: str, place: str) -> Iterator[Problem]:
    figure, used = _figure(term), getattr(instrument, name)
    if figure is None:
        yield Problem(
            place=f"{place}.value",
            what=say(
                "“%(value)s” is chosen for %(field)s, and no figure.",
                value=str(term.value)[:60],
                field=term.field,
            ),
            remedy=say("Write the bare number or day."),
        )
    elif used is not None and used != figure:
        yield Problem(
            place=f"{place}.value",
            what=say(
                "%(value)s is chosen for %(field)s, the plan computes with %(used)s.",
                value=_shown(name, figure),
                field=term.field,
                used=_shown(name, used),
            ),
            remedy=say("Change the figure with the choice, so that both say one thing."),
        )


def settled(instrument: Instrument) -> Instrument:
    """Return the instrument with chosen values in the place of figures that it does not state itself."""
    given = {
        FIGURES[term.field]: _figure(term)
        for term in instrument.terms
        if term.chosen and term.field in FIGURES
    }
    open_figures = {
        name: value for name, value in given.items() if getattr(instrument, name) is None
    }
    return replace(instrument, **open_figures)  # type: ignore[arg-type] # each figure has its own type
