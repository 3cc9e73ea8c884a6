"""The label of a row as others read it: in the shape of STANAG 4774, with no name in it that the reader could not know."""

import re
from collections.abc import Iterable
from typing import Any, Final

from punte.apps.access.models import Framework, Labelled
from punte.apps.access.permissions import ANYONE, PUBLIC, Subject
from punte.formats.confidentiality_label import (
    HANDLING,
    RELEASABLE,
    Category,
    CategoryType,
    ConfidentialityLabel,
)

ONLY_WITH: Final = "Only With All Of"
COUNTRY: Final = re.compile(r"[A-Z]{3}")


def label_of(row: Labelled, subject: Subject) -> ConfidentialityLabel:
    """Return a row's label for a subject who sees the row."""
    return labels_of([row], subject)[0]


def label_like(row: Labelled) -> dict[str, Any]:
    """Return owner and label of a row as fields, for a row that is written under the same."""
    names = (field.attname for field in row._meta.concrete_fields)  # noqa: SLF001  (public API of Django)
    return {
        name: getattr(row, name)
        for name in names
        if name == "owner_org_id" or name.startswith("label_")
    }


def labels_of(rows: Iterable[Labelled], subject: Subject) -> list[ConfidentialityLabel]:
    """
    Return the label of each row for a subject who sees the rows, in one query for all of them.

    Its owner's people and its stewards read every value. Anybody else reads the values that name no organisation and no person
    (countries and their statuses), and those that they hold themselves: a shorter list is stricter, never more open.
    """
    frameworks = frozenset(Framework.objects.values_list("pk", flat=True))
    return [_label(row, subject, frameworks) for row in rows]


def _label(row: Labelled, subject: Subject, frameworks: frozenset[str]) -> ConfidentialityLabel:
    is_own = _is_own(row, subject)
    kinds = CategoryType
    told = row.label_releasable_to if is_own else _told(row, subject, frameworks)
    categories = [
        Category(type=kinds.PERMISSIVE, tag=RELEASABLE, values=tuple(told)),
        # Who sees the row holds every one of these.
        Category(type=kinds.RESTRICTIVE, tag=ONLY_WITH, values=tuple(row.label_restricted_to)),
        Category(
            type=kinds.PERMISSIVE,
            tag="Audience",
            values=() if ANYONE in row.label_audience else tuple(row.label_audience),
        ),
        Category(type=kinds.INFORMATIVE, tag=HANDLING, values=(row.label_tlp,)),
        Category(
            type=kinds.INFORMATIVE,
            tag="Not Releasable To",
            values=tuple(row.label_denied_to) if is_own else (),
        ),
        *_window(row),
    ]
    return ConfidentialityLabel(
        classification=row.label_classification,
        # Nothing to hold at all would read as "everybody": a row for its owner alone keeps its empty list.
        categories=tuple(one for one in categories if one.values or one.tag == RELEASABLE),
        created_at=row.labelled_at,
    )


def _told(row: Labelled, subject: Subject, frameworks: frozenset[str]) -> list[str]:
    """Return the values that name no organisation and no person, and those that the subject holds."""
    known = {PUBLIC, *frameworks, *subject.groups}
    return [one for one in row.label_releasable_to if one in known or COUNTRY.fullmatch(one)]


def _window(row: Labelled) -> list[Category]:
    moments = (("Not Before", row.label_embargo_until), ("Not After", row.label_expires_at))
    return [
        Category(type=CategoryType.INFORMATIVE, tag=tag, values=(moment.isoformat(),))
        for tag, moment in moments
        if moment is not None
    ]


def _is_own(row: Labelled, subject: Subject) -> bool:
    return (subject.org_id is not None and subject.org_id == row.owner_org_id) or bool(
        set(row.label_stewards) & subject.groups
    )
