"""Who judges cases and keeps loan plans. Who may see them is the wall's business."""

from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.models import Labelled
from punte.apps.access.permissions import Subject
from punte.kernel.errors import PunteError

FINANCE_ROLES = frozenset({"authority", "union", "finance"})
"""Kinds of organisation, and the right, whose people keep loan plans and allocations."""


class NotFinanceError(PunteError):
    """The acting person may not do this with money or verdicts."""


def may_judge(subject: Subject) -> bool:
    """Whether the subject may have cases of its own judged."""
    return subject.org_id is not None and subject.may_write and not subject.is_denied


def may_keep_money(subject: Subject) -> bool:
    """Whether the subject may enter loan plans for its organisation."""
    return may_judge(subject) and subject.is_vetted and bool(subject.roles & FINANCE_ROLES)


def may_change(subject: Subject, row: Labelled) -> bool:
    """Whether the subject may change a plan or allocation: one of its owner's people, for money."""
    return may_keep_money(subject) and subject.org_id == row.owner_org_id


def require_change(subject: Subject, row: Labelled) -> None:
    """
    Let only who keeps the row pass.

    Raises
    ------
    NotFinanceError
        The subject does not.
    """
    if not may_change(subject, row):
        raise NotFinanceError(
            _("Only the organisation that keeps it changes it. Take a copy of your own instead.")
        )


def require_keeping(subject: Subject, row: Labelled | None) -> UUID:
    """
    Let only who keeps the row pass, or, where there is none yet, who may keep one; return the organisation that keeps it.

    Raises
    ------
    NotFinanceError
        The subject does not, or may not.
    """
    if row is not None:
        require_change(subject, row)
        return row.owner_org_id
    if not may_keep_money(subject) or subject.org_id is None:
        raise NotFinanceError(_("Only people of authorities, or with the right for finance, may."))
    return subject.org_id
