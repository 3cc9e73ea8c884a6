"""The generated pages are what the code says, and links inside the documentation lead somewhere."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import write_changelog  # noqa: E402
import write_cli_reference  # noqa: E402
import write_personal_data  # noqa: E402

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_cli_reference_is_current() -> None:
    page = write_cli_reference.PAGE.read_text("utf-8")
    assert page == write_cli_reference.write(), "Run `make reference`."


def test_the_page_of_personal_data_is_current() -> None:
    assert write_personal_data.PAGE.read_text("utf-8") == write_personal_data.write(), (
        "Run `make reference`."
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        target
        for target in LINK.findall(page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_fragments_have_a_known_kind() -> None:
    names = [
        path.name for path in write_changelog.FRAGMENTS.glob("*.md") if path.name != "README.md"
    ]
    unknown = [name for name in names if name.split(".")[-2] not in write_changelog.KINDS]
    assert unknown == []


def test_a_release_gathers_its_fragments(tmp_path: Path) -> None:
    (tmp_path / "b.added.md").write_text("A board.\n", encoding="utf-8")
    (tmp_path / "a.fixed.md").write_text("A clock.\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("Not a fragment.\n", encoding="utf-8")
    found = write_changelog.section("1.0", write_changelog.gather(tmp_path))
    assert found == "## 1.0\n\n### Added\n- A board.\n\n### Fixed\n- A clock.\n"
