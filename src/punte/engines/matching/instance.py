"""The question: which offers can fill which needs."""

import re
from dataclasses import dataclass, field
from typing import Final

from punte.kernel.errors import InvalidInputError, Problem

_CPV: Final = re.compile(r"([0-9]{8})(?:-[0-9])?")


def cpv_digits(code: str) -> str | None:
    """
    Return the eight digits of a CPV code with or without its check digit; ``None`` if it is none.

    Examples
    --------
    >>> cpv_digits("35722000-1")
    '35722000'
    """
    found = _CPV.fullmatch(code)
    return found.group(1) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    A need or an offer.

    Parameters
    ----------
    id
        Unique on its side.
    lang
        Language tag as declared; a hint for readers, never trusted by the ranking.
    title, text
        What is asked or offered; either may be empty.
    cpv
        Declared CPV codes, eight digits each.
    capability
        Declared capability codes of the forum's own list.
    org_id
        Organisation it belongs to; empty when not said.
    """

    id: str
    lang: str = ""
    title: str = ""
    text: str = ""
    cpv: tuple[str, ...] = ()
    capability: tuple[str, ...] = ()
    org_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    Needs and offers to be matched.

    Parameters
    ----------
    needs, offers
        Items with ids that are unique on their side.

    Raises
    ------
    InvalidInputError
        If one id stands twice on a side.
    """

    needs: tuple[Item, ...]
    offers: tuple[Item, ...]
    _by_id: dict[str, dict[str, Item]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        sides = {"needs": self.needs, "offers": self.offers}
        problems = []
        for side, items in sides.items():
            seen: set[str] = set()
            for place, item in enumerate(items):
                if item.id in seen:
                    problems.append(
                        Problem(place=f"{side}[{place}].id", what=f"{item.id!r} stands twice.")
                    )
                seen.add(item.id)
        if problems:
            raise InvalidInputError("The question", problems)
        object.__setattr__(
            self,
            "_by_id",
            {side: {item.id: item for item in items} for side, items in sides.items()},
        )

    def need(self, need_id: str) -> Item | None:
        """Return the need of that id."""
        return self._by_id["needs"].get(need_id)

    def offer(self, offer_id: str) -> Item | None:
        """Return the offer of that id."""
        return self._by_id["offers"].get(offer_id)

    @property
    def reversed(self) -> "Question":
        """The same question asked from the offers' side."""
        return Question(needs=self.offers, offers=self.needs)
