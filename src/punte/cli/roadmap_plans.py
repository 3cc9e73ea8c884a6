"""Which file holds which plan: the one place where the commands read plans."""

import hashlib
from pathlib import Path
from typing import Final

from punte.engines.roadmap.instance import Plan
from punte.formats.reading import read_bytes
from punte.formats.roadmap import parse_plan
from punte.formats.roadmap_csv import parse_csv
from punte.formats.roadmap_mspdi import parse_mspdi
from punte.formats.roadmap_psplib import parse_psplib
from punte.kernel.errors import InvalidInputError, Problem

READERS: Final = {
    ".json": parse_plan,
    ".sm": parse_psplib,
    ".xml": parse_mspdi,
    ".csv": parse_csv,
}
"""File ending to its reader."""


def read_any_plan(path: Path) -> tuple[Plan, str]:
    """
    Return the plan of a file of any kind that is known, and the sha256 of its bytes.

    Raises
    ------
    InvalidInputError
        If the ending is not known, or with every fault of the file.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InvalidInputError(
            str(path),
            [
                Problem(
                    place="",
                    what=f"Files that end in {path.suffix or 'nothing'} are not read.",
                    remedy=f"Give one of {', '.join(READERS)}.",
                )
            ],
        )
    content = read_bytes(path)
    return reader(content, source=str(path)), hashlib.sha256(content).hexdigest()
