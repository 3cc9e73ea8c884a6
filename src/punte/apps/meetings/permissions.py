"""Who may do what with requests and timetables; who may see them is the wall's business."""

from uuid import UUID

from punte.apps.access.permissions import Subject, right_groups
from punte.kernel.errors import PunteError


class NotAllowedError(PunteError):
    """The acting person has no right to this."""


def stewards_of(edition_id: UUID) -> list[str]:
    """Return the groups that may change everything about the meetings of an edition."""
    return right_groups("organise", edition_id=edition_id)


def may_organise(subject: Subject, edition_id: UUID) -> bool:
    """Whether the subject makes the timetable of the edition."""
    return subject.may_write and not subject.is_denied and subject.has_right("organise", edition_id)


def require_organiser(subject: Subject, edition_id: UUID, *, wish: str) -> None:
    """
    Let only an organiser of the edition pass.

    Parameters
    ----------
    wish
        What was asked, as it continues "You cannot ...".

    Raises
    ------
    NotAllowedError
        The subject is none.
    """
    if not may_organise(subject, edition_id):
        raise NotAllowedError(
            f"You cannot {wish}: that takes the right “organise” at this edition, which you do not "
            "hold. Ask an organiser of the edition."
        )
