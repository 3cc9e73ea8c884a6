"""One station of a chain, as pages draw it."""

from dataclasses import dataclass

from punte.apps.access.queries import country_name
from punte.apps.market.queries import ListingLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """
    A station of a chain: what it is, what it is called, its own page.

    Parameters
    ----------
    reasons
        Sentences in the reader's language.
    """

    label: str
    title: str
    address: str
    detail: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """The address without a place in the page."""
        return self.address.partition("#")[0]


def in_words(line: ListingLine) -> str:
    """Return whose a need or offer is, as far as the reader may know."""
    country = country_name(line.country) if line.country else ""
    return ", ".join(filter(None, (line.owner, country)))
