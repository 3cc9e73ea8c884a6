"""What was taken from elsewhere is what its decision page says, byte by byte."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
READER = ROOT / "src/punte/web/ui/static/ui/vendor/qr-0.7.0"
PAGE = ROOT / "docs/decisions/web-0002-reading-badges.md"


def test_the_reader_of_badges_is_the_one_that_was_decided() -> None:
    told = dict(re.findall(r"\| `([\w.-]+)` \| `([0-9a-f]{64})` \|", PAGE.read_text("utf-8")))
    kept = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in READER.iterdir()}
    assert kept == told
    assert len(told) == 3
