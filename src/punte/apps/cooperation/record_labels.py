"""The labels of what stands in the open record: who may see each row, beside the tables that hold it."""

from collections.abc import Iterable
from typing import Final

from punte.apps.access.labels import labels_of
from punte.apps.access.models import Labelled
from punte.apps.access.permissions import Subject
from punte.apps.cooperation.of_edition import rows_of_edition
from punte.apps.forum.agenda import released_sessions
from punte.apps.forum.models import Edition
from punte.formats.confidentiality_label import label_as_record, strictest_label
from punte.formats.writing import as_json

FORMAT: Final = "punte.labels/1"


def labels_file(edition: Edition, reader: Subject) -> bytes:
    """
    Return the labels of the record's rows by table and identifier, and the strictest of all of them, as JSON.

    Milestones and activities have none of their own: that of their programme, of their assistance holds.
    """
    of = rows_of_edition(edition, reader)
    tables: dict[str, Iterable[Labelled]] = {
        "edition": [edition],
        "sessions": released_sessions(edition.pk),
        "needs": of.needs,
        "offers": of.offers,
        "programmes": [programme for programme, _milestones in of.programmes],
        "commitments": of.commitments,
        "cooperations": of.cooperations,
        "assistance": of.assistance,
        "groups": of.groups,
        "decisions": of.decisions,
    }
    named = [(table, row) for table, rows in tables.items() for row in rows]
    labels = labels_of((row for _table, row in named), reader)
    told: dict[str, dict[str, object]] = {table: {} for table in tables}
    for (table, row), label in zip(named, labels, strict=True):
        told[table][str(row.pk)] = label_as_record(label)
    strictest = strictest_label(labels)
    return as_json(
        {
            "format": FORMAT,
            "label": label_as_record(strictest) if strictest else None,
            "tables": {table: dict(sorted(rows.items())) for table, rows in told.items()},
        }
    )
