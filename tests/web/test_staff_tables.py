"""The tables of organisers and their staff fold on a telephone by one mechanism, and each cell there says its column."""

import re
from pathlib import Path

import pytest

import punte.web

FOLDERS = (
    "agenda",
    "cooperation",
    "mailing",
    "organiser",
    "people",
    "registration",
    "setup",
)
WIDE = {
    "cooperation/board.html": "a map of the hall",
    "cooperation/poll.html": "a grid of names by dates, with ticks in it",
    "organiser/board.html": "a map of places by slots",
    "organiser/import_preview.html": "the columns of somebody else's file",
}
"""Tables that stay as wide as they are, and why."""
ROOT = Path(punte.web.__file__).parent / "templates"
TEMPLATES = sorted(
    str(path.relative_to(ROOT))
    for folder in FOLDERS
    for path in (ROOT / folder).glob("*.html")
    if "<table" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_table_of_staff_folds(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    stiff = [one for one in re.findall(r"<table[^>]*>", text) if "folds" not in one]
    assert not stiff or name in WIDE, f"{name}: {stiff}"


def test_what_stays_wide_is_still_there() -> None:
    assert WIDE.keys() <= set(TEMPLATES)
