"""Who keeps a programme. Who may see it is the wall's business."""

from django.utils.translation import gettext as _

from punte.apps.access.permissions import Subject
from punte.kernel.errors import PunteError

KEEPERS = frozenset({"authority", "union", "programme", "organise"})
"""Kinds of organisation, and rights, whose people may enter a programme."""


class NotKeeperError(PunteError):
    """The acting person does not keep the programme."""


def may_enter(subject: Subject) -> bool:
    """Whether the subject may enter a new programme for its organisation."""
    return (
        subject.org_id is not None
        and subject.may_write
        and not subject.is_denied
        and subject.is_vetted
        and bool(subject.roles & KEEPERS)
    )


def may_keep(subject: Subject, programme: object) -> bool:
    """Whether the subject may change a programme: one of its owner's people."""
    owner = getattr(programme, "owner_org_id", None)
    return may_enter(subject) and subject.org_id == owner


def require_keeper(subject: Subject, programme: object) -> None:
    """
    Let only who keeps the programme pass.

    Raises
    ------
    NotKeeperError
        The subject does not.
    """
    if not may_keep(subject, programme):
        raise NotKeeperError(
            _(
                "Only the organisation that keeps the programme changes it. Ask it, or leave a remark."
            )
        )
