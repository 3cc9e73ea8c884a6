"""
Write ``docs/reference/personal-data.md`` from the list that the site works from: ``make reference``.

``--check`` writes nothing and fails where the page is not what the list says.
"""

import os
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "personal-data.md"
HEAD = """# What is kept about people

Written by `make reference` from `src/punte/apps/people/kept_fields.py`; do not edit. The same list stands on the page `/privacy/`,
and a round each night empties or deletes by it. A field that is neither on the list nor declared to say nothing about a person
turns the suite red (`tests/security/test_personal_fields.py`).
"""
COLUMNS = "| what | for what | how long | then |\n|---|---|---|---|"


def write() -> str:
    """Return the page."""
    from django.utils import translation

    from punte.apps.people.kept_by_clock import CLOCKED
    from punte.apps.people.kept_fields import STANDING

    with translation.override("en"):
        parts = [HEAD]
        for title, rows in (
            ("Ends by itself", CLOCKED),
            ("Stays until somebody ends it", STANDING),
        ):
            lines = [
                f"| {row.what} (`{row.table}`) | {row.purpose} | {row.how_long} | {row.what_then} |"
                for row in rows
            ]
            parts.append(f"\n## {title}\n\n{COLUMNS}\n" + "\n".join(lines) + "\n")
    return "".join(parts)


def main() -> int:
    """Write the page, or compare it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    os.environ.setdefault("DATABASE_URL", "postgres://nobody@localhost/nowhere")
    os.environ.setdefault("PUNTE_SECRET_KEY", "x" * 72)
    django.setup()
    text = write()
    if "--check" in sys.argv:
        if PAGE.read_text("utf-8") == text:
            return 0
        print(f"{PAGE.name} is not what the list says: run `make reference`.")
        return 1
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
