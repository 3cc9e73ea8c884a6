"""What people write is kept whole or refused with the limit, never cut unseen."""

import re
from pathlib import Path

CUT = re.compile(
    r"(?:\.strip\(\)|\.split\(\)\)|\.POST\.get\([^)]*\)|data\.get\([^)]*\))\[:[\w.]+\]"
)
AREAS = (
    *(f"apps/{name}" for name in ("forum", "people", "market", "meetings", "cooperation")),
    *(f"web/{name}" for name in ("agenda", "setup", "delegate", "registration", "people")),
    *(f"web/{name}" for name in ("organiser", "mailing", "cooperation")),
)
LOOKED_UP = {
    "apps/cooperation/desk.py": 2,  # a code that is looked up and told back
    "web/cooperation/desk.py": 2,  # what a device calls itself
    "web/cooperation/hall.py": 1,  # the code of a slot
    "web/cooperation/walk_in.py": 2,  # what is shown again, and the code of a category
    "web/cooperation/topic_steps.py": 1,  # a time that its refusal quotes
    "web/organiser/audit.py": 1,  # what the log is searched for
    "web/people/merging.py": 1,  # an account that is looked up
    "web/people/standing.py": 2,  # a name that is looked up
}
"""Where cut texts are looked up or shown and not kept, and how many."""


def test_no_action_and_no_page_cuts_what_was_written() -> None:
    root = Path(__file__).parents[2] / "src/punte"
    found = {
        str(path.relative_to(root)): len(cuts)
        for area in AREAS
        for path in sorted((root / area).rglob("*.py"))
        if (cuts := [one for one in CUT.findall(path.read_text()) if "GET" not in one])
    }
    assert {name: count for name, count in found.items() if count > LOOKED_UP.get(name, 0)} == {}
