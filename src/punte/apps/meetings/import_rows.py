"""What a table of participants or requests would do to an edition, each fault named at its row and column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import combining, normalize

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.forum.models import Edition
from punte.apps.meetings.import_cells import PlannedRow, RowCells
from punte.apps.meetings.import_participants import ParticipantReader
from punte.apps.meetings.import_requests import RequestReader
from punte.apps.meetings.models import ImportDraft
from punte.kernel.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportField:
    """One thing a row can say; ``guesses`` are headers that are taken for it without asking."""

    name: str
    label: Any
    is_needed: bool = False
    guesses: tuple[str, ...] = ()


TICK_ROWS: Final = 1000
"""How many rows are read between two reports of progress [count]."""
FIELDS: Final[Mapping[str, tuple[ImportField, ...]]] = {
    "participants": (
        ImportField(
            name="code",
            label=gettext_lazy("Code"),
            is_needed=True,
            guesses=("id", "cod", "delegate", "participant"),
        ),
        ImportField(
            name="name",
            label=gettext_lazy("Name"),
            is_needed=True,
            guesses=("badge_name", "full_name", "nume"),
        ),
        ImportField(
            name="organisation",
            label=gettext_lazy("Organisation"),
            is_needed=True,
            guesses=("organization", "company", "organizatie", "firma"),
        ),
        ImportField(name="country", label=gettext_lazy("Country"), guesses=("tara",)),
        ImportField(
            name="kind", label=gettext_lazy("Kind of organisation"), guesses=("type", "tip")
        ),
        ImportField(
            name="function",
            label=gettext_lazy("Function"),
            guesses=("job_title", "role", "functie"),
        ),
        ImportField(name="email", label=gettext_lazy("E-mail"), guesses=("e_mail", "mail")),
        ImportField(
            name="category", label=gettext_lazy("Attendee category"), guesses=("categorie",)
        ),
        ImportField(name="max_meetings", label=gettext_lazy("Most meetings"), guesses=("max",)),
        ImportField(name="min_meetings", label=gettext_lazy("Fewest meetings"), guesses=("min",)),
    ),
    "requests": (
        ImportField(
            name="sender",
            label=gettext_lazy("From"),
            is_needed=True,
            guesses=("from", "de_la", "requester"),
        ),
        ImportField(
            name="receiver",
            label=gettext_lazy("To"),
            is_needed=True,
            guesses=("to", "catre"),
        ),
        ImportField(name="code", label=gettext_lazy("Code"), guesses=("id", "cod", "request")),
        ImportField(
            name="rank", label=gettext_lazy("Rank, 1 to 5"), guesses=("rang", "preference")
        ),
        ImportField(
            name="priority", label=gettext_lazy("Organiser's priority"), guesses=("prioritate",)
        ),
        ImportField(name="must", label=gettext_lazy("Has to be met"), guesses=("obligatoriu",)),
        ImportField(name="reason", label=gettext_lazy("Reason"), guesses=("motiv", "why", "topic")),
    ),
}
"""What the rows of each kind of table can say, in the order of the page."""


def guess_mapping(kind: str, columns: Sequence[str]) -> dict[str, str]:
    """Return which column says what, as far as the headers tell; a column serves once."""
    left = {_without_marks(column): column for column in reversed(columns)}
    mapping = {}
    for wanted in FIELDS[kind]:
        found = next((name for name in (wanted.name, *wanted.guesses) if name in left), None)
        if found is not None:
            mapping[wanted.name] = left.pop(found)
    return mapping


def _without_marks(text: str) -> str:
    """Return a header without its diacritics: comma and cedilla, or none at all, are one."""
    return "".join(mark for mark in normalize("NFKD", text) if not combining(mark))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """
    What a table would do. With any problem nothing is written.

    Parameters
    ----------
    new, changed, same
        Rows that are added, that read otherwise than what stands, and that stand so already [count].
    """

    kind: str
    rows: tuple[PlannedRow, ...]
    problems: tuple[Problem, ...]
    new: int = 0
    changed: int = 0
    same: int = 0


def plan_import(
    edition: Edition,
    draft: ImportDraft,
    mapping: Mapping[str, str],
    *,
    tick: Callable[[int], None] | None = None,
) -> ImportPlan:
    """
    Return what the table would do to the edition, with each fault at its row and column; nothing is written.

    Parameters
    ----------
    tick
        Told now and then how many rows were read; what it raises ends the reading.
    """
    problems = [
        Problem(
            place=str(wanted.label),
            what=_("no column was chosen for it."),
            remedy=_("Choose the column that says it."),
        )
        for wanted in FIELDS[draft.kind]
        if wanted.is_needed and wanted.name not in mapping
    ]
    if problems:
        return ImportPlan(kind=draft.kind, rows=(), problems=tuple(problems))
    is_request = draft.kind == ImportDraft.Kind.REQUESTS
    reader = RequestReader(edition) if is_request else ParticipantReader(edition)
    rows = []
    for count, (number, cells) in enumerate(draft.rows):
        if tick is not None and count % TICK_ROWS == 0:
            tick(count)
        found = RowCells(number=number, cells=cells, mapping=mapping, problems=problems)
        planned = reader.read(found)
        if planned is not None and found.is_sound:
            rows.append(planned)
    if isinstance(reader, RequestReader):
        problems += reader.second_firsts(rows, mapping.get("rank", ""))
    new = sum(row.existing is None for row in rows)
    changed = sum(row.existing is not None and bool(row.changes) for row in rows)
    return ImportPlan(
        kind=draft.kind,
        rows=tuple(rows),
        problems=tuple(problems),
        new=new,
        changed=changed,
        same=len(rows) - new - changed,
    )
