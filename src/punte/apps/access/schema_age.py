"""Whether the tables of a database are of the running code: older ones wait for migrations, later ones know more than it."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

APPS: Final = Path(__file__).resolve().parents[1]
APPLIED: Final = "SELECT app || '.' || name FROM django_migrations"
HAS_TABLES: Final = "SELECT to_regclass('django_migrations') IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaAge:
    """
    How a database stands to the code.

    Parameters
    ----------
    waiting
        Migrations of the code that the database has not seen, as ``app.name``.
    unknown
        Those that the database has seen and the code does not hold: a later version was here.
    """

    waiting: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def fault(self) -> str:
        """What is wrong and what to do; empty where the two fit."""
        if self.unknown:
            return (
                f"The tables of this database are of a later Punte: this one does not know {_listed(self.unknown)}. "
                "Start that version or a later one, or bring back the copy that was made before it (punte restore)"
            )
        if self.waiting:
            return (
                f"The tables of this database are of an earlier Punte: {_listed(self.waiting)} not run yet. Back the site up "
                "(punte backup), then let punte serve bring them up to date"
            )
        return ""


def migrations_of_code() -> dict[str, Path]:
    """Return the migrations of the project's own applications, ``app.name`` to their file; nothing is imported."""
    files = sorted(APPS.glob("*/migrations/[0-9]*.py"))
    return {f"{path.parents[1].name}.{path.stem}": path for path in files}


def age_of(applied: Collection[str]) -> SchemaAge:
    """Return how a database stands to the code, by the migrations it has seen as ``app.name``."""
    code = set(migrations_of_code())
    own = {name.partition(".")[0] for name in code}
    seen = {name for name in applied if name.partition(".")[0] in own}
    return SchemaAge(waiting=tuple(sorted(code - seen)), unknown=tuple(sorted(seen - code)))


def age_of_connected() -> SchemaAge:
    """Return how the site's database stands to the code."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(HAS_TABLES)
        (stands,) = cursor.fetchone()
        if not stands:
            return age_of(())
        cursor.execute(APPLIED)
        return age_of([name for (name,) in cursor.fetchall()])


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
