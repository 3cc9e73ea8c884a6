"""Rates in the file ``punte.finance.portfolio/1``: indices, the national curve, stated shifts and models."""

from typing import Annotated

from pydantic import Field

from punte.engines.finance.curves import Curve, Quote
from punte.formats.finance_fields import Day, DayCountName, Id, Many, Rate
from punte.formats.reading import Record


class IndexFile(Record):
    """A rate in time; each value holds until the next."""

    id: Id
    points: Many[Annotated[tuple[Day, Rate], Field(strict=False)]]
    source: str = ""
    verified: bool = False


class QuoteFile(Record):
    """Where the rate of one term of a curve was read, and of which day it is."""

    term: float
    day: Day | None = None
    source: str = ""
    verified: bool = False


class CurveFile(Record):
    """Zero rates by term in years, compounded once a year; ``quotes`` say where single ones were read."""

    name: str
    points: Many[Annotated[tuple[float, Rate], Field(strict=False)]] = Field(min_length=1)
    day_count: DayCountName = "act/365f"
    source: str = ""
    verified: bool = False
    quotes: Many[QuoteFile] = ()


class ScenarioFile(Record):
    """Indices moved by a stated amount."""

    id: Id
    name: str = ""
    shift: Rate
    start: Day
    ramp_years: int = Field(default=0, ge=0, le=50)
    back_years: int | None = Field(default=None, ge=1, le=100)
    indices: Many[str] = ()
    source: str = ""
    verified: bool = False


class ModelFile(Record):
    """A random index drawn back to its mean."""

    index: str
    start: Rate
    mean: Rate
    speed: float
    volatility: float
    source: str = ""
    verified: bool = False


def curve_of(file: CurveFile) -> Curve:
    """Return the curve of an entry."""
    return Curve(
        name=file.name,
        points=file.points,
        day_count=file.day_count,
        source=file.source,
        verified=file.verified,
        quotes=tuple(Quote(**quote.model_dump()) for quote in file.quotes),
    )
