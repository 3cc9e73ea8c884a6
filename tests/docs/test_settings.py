"""A setting that is not documented does not exist for those who run a site."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r'"((?:PUNTE|DATABASE)_[A-Z_]+)"')
PAGE = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")


def test_every_setting_is_documented() -> None:
    read = (ROOT / "src" / "punte" / "config" / "settings.py").read_text("utf-8")
    named = set(NAME.findall(read))
    assert len(named) > 15
    assert {name for name in named if f"`{name}`" not in PAGE} == set()


def test_every_documented_setting_is_read_somewhere() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    documented = re.findall(r"`((?:PUNTE|DATABASE)_[A-Z_]+)`", PAGE)
    assert [name for name in documented if name not in code] == []
