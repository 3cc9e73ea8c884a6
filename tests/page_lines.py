"""A page as a browser reads it, whatever lines its template stands in."""

import re


def in_one_line(page: str | bytes) -> str:
    """Return markup with every run of white space as one space, and none between two tags or beside a tag."""
    text = page.decode() if isinstance(page, bytes) else page
    return re.sub(r"(?<=>) | (?=<)", "", re.sub(r"\s+", " ", text))
