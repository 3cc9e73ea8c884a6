"""Who was offered, granted and paid how much of an instrument: three things, kept apart, each with its source."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from punte.engines.finance.instance import Instrument

InstrumentKind = Literal["loan", "grant", "bond", "budget"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedAmount:
    """
    An amount as a source gives it.

    Parameters
    ----------
    cents
        [cents], >= 0.
    day
        When it was stated: a day, or a month ``2026-02`` where no day is known.
    verified
        Whether the figure was read in the source named.
    """

    cents: int
    day: str | None
    source: tuple[str, ...]
    verified: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryShare:
    """
    What one country has of an instrument; ``None`` is unknown, not nothing.

    Parameters
    ----------
    country
        ISO 3166 code of two letters, as the EU writes it.
    tentative, approved, prefinancing, paid
        Announced; the most that was granted; the part to be paid ahead; what has arrived.
    """

    instrument: str
    country: str
    name: str
    tentative: SourcedAmount | None
    approved: SourcedAmount | None
    prefinancing: SourcedAmount | None
    paid: SourcedAmount | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """
    Instruments and shares as they were known on a day.

    Parameters
    ----------
    kinds
        ``(instrument id, kind)``.
    """

    compiled: date
    note: str
    instruments: tuple[Instrument, ...]
    kinds: tuple[tuple[str, InstrumentKind], ...]
    shares: tuple[CountryShare, ...]
