"""The file ``punte.finance.instruments/1``: instruments with sourced terms, and each country's share."""

from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from punte.engines.finance.envelopes import (
    Catalogue,
    CountryShare,
    InstrumentKind,
    SourcedAmount,
)
from punte.engines.finance.terms import term_problems
from punte.formats.finance_fields import Cents, Country, Currency, Day, Many
from punte.formats.finance_portfolio import InstrumentFile, instrument_of
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.kernel.errors import InvalidInputError, Problem

INSTRUMENTS: Final = "punte.finance.instruments/1"
SHIPPED: Final = ("instruments", "romania-portfolio", "romania-projects")
"""Data files that come with Punte: facts with their sources, unknown where unknown."""


class NamedInstrumentFile(InstrumentFile):
    """An instrument with its kind and currency."""

    kind: InstrumentKind
    currency: Currency = "EUR"


class AmountFile(Record):
    """An amount with its source; the date may be a month."""

    amount: Cents
    date: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}(-\d{2})?$")
    source: Many[str] = ()
    verified: bool = False
    note: str = ""


class ShareFile(Record):
    """What one country has of an instrument."""

    instrument: str
    country: Country
    name: str
    tentative: AmountFile | None = None
    approved: AmountFile | None = None
    prefinancing: AmountFile | None = None
    paid: AmountFile | None = None
    note: str = ""


class InstrumentsFile(Record):
    """The whole file."""

    format: Literal["punte.finance.instruments/1"]
    compiled: Day
    note: str = ""
    instruments: Many[NamedInstrumentFile] = Field(min_length=1)
    allocations: Many[ShareFile] = ()


def shipped_bytes(name: str) -> bytes:
    """Return a data file that comes with Punte; ``name`` is one of ``SHIPPED``."""
    return resources.files("punte.formats").joinpath("finance_data", f"{name}.json").read_bytes()


def shipped_catalogue() -> Catalogue:
    """Return the instruments that come with Punte."""
    content = shipped_bytes("instruments")
    return parse_catalogue(
        parse_json(content, source="instruments.json"), source="instruments.json"
    )


def read_catalogue(path: Path) -> Catalogue:
    """
    Return the catalogue of a file.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    return parse_catalogue(parse_json(read_bytes(path), source=str(path)), source=str(path))


def parse_catalogue(record: dict[str, Any], *, source: str) -> Catalogue:
    """
    Return the catalogue of a JSON object.

    Raises
    ------
    InvalidInputError
        With every fault: duplicates, a share of an unknown instrument, pre-financing above what was approved.
    """
    check_format(record, INSTRUMENTS, source=source)
    file = validate(record, InstrumentsFile, source=source)
    instruments = tuple(instrument_of(found) for found in file.instruments)
    problems = _problems(file)
    for idx, found in enumerate(instruments):
        problems += term_problems(found, f"instruments[{idx}]")
    if problems:
        raise InvalidInputError(source, problems)
    return Catalogue(
        compiled=file.compiled,
        note=file.note,
        instruments=instruments,
        kinds=tuple((found.id, found.kind) for found in file.instruments),
        shares=tuple(
            CountryShare(
                instrument=share.instrument,
                country=share.country,
                name=share.name,
                tentative=_amount_of(share.tentative),
                approved=_amount_of(share.approved),
                prefinancing=_amount_of(share.prefinancing),
                paid=_amount_of(share.paid),
                note=share.note,
            )
            for share in file.allocations
        ),
    )


def _problems(file: InstrumentsFile) -> list[Problem]:
    known = [found.id for found in file.instruments]
    problems = [
        Problem(place="instruments", what=f"{name!r} stands twice.")
        for name in sorted({name for name in known if known.count(name) > 1})
    ]
    seen: set[tuple[str, str]] = set()
    for idx, share in enumerate(file.allocations):
        at = f"allocations[{idx}]"
        if share.instrument not in known:
            problems.append(
                Problem(place=f"{at}.instrument", what=f"{share.instrument!r} is not in this file.")
            )
        if (share.instrument, share.country) in seen:
            problems.append(Problem(place=at, what=f"{share.country} stands twice."))
        seen.add((share.instrument, share.country))
        if (
            share.approved
            and share.prefinancing
            and share.prefinancing.amount > share.approved.amount
        ):
            problems.append(Problem(place=f"{at}.prefinancing", what="is above what was approved."))
    return problems


def _amount_of(file: AmountFile | None) -> SourcedAmount | None:
    if file is None:
        return None
    return SourcedAmount(
        cents=file.amount,
        day=file.date,
        source=file.source,
        verified=file.verified,
        note=file.note,
    )
