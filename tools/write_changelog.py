"""Make a release's part of the CHANGELOG from ``changes.d``: ``python tools/write_changelog.py 0.1.0 2026-11-24``."""

import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRAGMENTS = ROOT / "changes.d"
CHANGELOG = ROOT / "CHANGELOG.md"
KINDS = ("added", "changed", "fixed", "removed", "security")
MARK = "<!-- releases -->"


def gather(folder: Path = FRAGMENTS) -> dict[str, list[str]]:
    """Return the lines of each kind, in the order of the fragments' names."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.glob("*.md")):
        kind = path.stem.rpartition(".")[2]
        if kind in KINDS:
            found[kind] += [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    return found


def section(title: str, lines: dict[str, list[str]]) -> str:
    """Return one release as Markdown."""
    parts = [f"## {title}"]
    parts += [
        f"### {kind.capitalize()}\n" + "\n".join(f"- {line}" for line in lines[kind])
        for kind in KINDS
        if lines.get(kind)
    ]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write the release into the CHANGELOG and take its fragments away."""
    if len(sys.argv) != 3:
        print("Say the version and the day: write_changelog.py 0.1.0 2026-11-24")
        return 2
    text = CHANGELOG.read_text("utf-8")
    release = section(f"{sys.argv[1]} - {sys.argv[2]}", gather())
    CHANGELOG.write_text(text.replace(MARK, f"{MARK}\n\n{release}", 1), encoding="utf-8")
    for path in FRAGMENTS.glob("*.*.md"):
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
