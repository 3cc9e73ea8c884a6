"""What is noted of a webhook and its calls: the fact, by a code with values, said in the language of whoever reads it."""

import json
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from punte.apps.access.outbound import REASONS

LONGEST_NOTE: Final = 300
"""So much a note holds [characters]."""
LONGEST_VALUE: Final = 100
FACTS: Final = {
    **REASONS,
    "status": _("It answered %(status)s."),
    "lost": _("%(count)s calls in a row were given up."),
    "left": _("Who entered it organises this edition no more."),
}
"""What can be noted, by its code."""


def note_fact(code: str, values: Mapping[str, str] | None = None) -> str:
    """Return a fact as it is kept."""
    kept = {name: value[:LONGEST_VALUE] for name, value in (values or {}).items()}
    note = json.dumps({"code": code, **kept}, ensure_ascii=False)
    # A value full of signs that are written as two grows past what a note holds: shorter, it is still the fact.
    while len(note) > LONGEST_NOTE:
        kept = {name: value[: len(value) // 2] for name, value in kept.items()}
        note = json.dumps({"code": code, **kept}, ensure_ascii=False)
    return note


def say_note(note: str) -> str:
    """Return a note in the active language; one that is no known fact as it stands."""
    if not note.startswith("{"):
        return note
    try:
        fact = json.loads(note)
        said: str = str(FACTS[fact.pop("code")]) % fact
    except (ValueError, KeyError, TypeError):
        return note
    return said
