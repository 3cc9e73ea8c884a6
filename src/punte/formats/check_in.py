"""``punte.check-in.bundle/1``: what a desk scanned while it had no network."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from punte.formats.moments import Moment
from punte.formats.reading import Record, check_format, parse_json, validate

BUNDLE_FORMAT: Final = "punte.check-in.bundle/1"
MOST_SCANS: Final = 20_000


class ScanRecord(Record):
    """One scan: the identifier that its desk drew, the badge's code, what happened and when."""

    id: Annotated[UUID, Field(strict=False)]
    code: str = Field(max_length=20)
    kind: Literal["in", "undo"] = "in"
    at: Moment
    desk: str = Field(default="", max_length=40)

    @property
    def moment(self) -> datetime:
        """When it happened, with its time zone."""
        return self.at


class BundleRecord(Record):
    """The whole file; ``dropped`` are scans that people at the desk threw away, for the record."""

    format: Literal["punte.check-in.bundle/1"]
    desk: str = Field(default="", max_length=40)
    scans: list[ScanRecord] = Field(max_length=MOST_SCANS)
    dropped: list[ScanRecord] = Field(default_factory=list, max_length=MOST_SCANS)


def parse_bundle(content: bytes, *, source: str) -> BundleRecord:
    """
    Return the bundle that a JSON text holds.

    Raises
    ------
    InvalidInputError
        With every fault and its place.
    """
    record = parse_json(content, source=source)
    check_format(record, BUNDLE_FORMAT, source=source)
    return validate(record, BundleRecord, source=source)
