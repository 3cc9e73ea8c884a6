"""Write to the audit log."""

from typing import Any
from uuid import UUID

from django.db import connection, models

from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import active_subject


def record(
    verb: str,
    about: models.Model | None = None,
    *,
    edition_id: UUID | None = None,
    **detail: Any,  # noqa: ANN401
) -> None:
    """
    Add an entry to the audit log, in the name of the active subject, in the running transaction.

    Parameters
    ----------
    verb
        What was done, in the past: ``"nomination.cleared"``, ``"export.read"``.
    about
        The row it was done to.
    edition_id
        The edition whose organisers and auditors may read the entry.
    detail
        What else belongs to it; never a secret, never the content of a hidden row.
    """
    subject = active_subject()
    person_id = subject.acted_by or subject.person_id
    entry = AuditEntry(
        person_id=person_id,
        behalf_of_id=subject.person_id if subject.acted_by else None,
        system=subject.system[:80],
        verb=verb,
        about_table=about._meta.db_table if about is not None else "",  # noqa: SLF001
        about_id=str(about.pk) if about is not None else "",
        edition_id=edition_id,
        detail=detail,
    )
    fields = [f for f in AuditEntry._meta.concrete_fields if not f.primary_key]  # noqa: SLF001  (public API of Django)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = [field.get_db_prep_save(getattr(entry, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        # Not save(): it reads the new key back, and the writer may not read the log.
        cursor.execute(
            f"INSERT INTO access_auditentry ({columns}) VALUES ({', '.join(['%s'] * len(values))})",  # noqa: S608
            values,
        )
