"""Who may decide about persons and rights. What they may see is the wall's business."""

from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.permissions import Subject, nation_groups
from punte.kernel.errors import PunteError


class NotAllowedError(PunteError):
    """Something was asked for that the subject may not do."""


def is_in_force(subject: Subject) -> bool:
    """Return whether the subject may do anything at all: a person, not suspended, no mere reader."""
    return subject.person_id is not None and not subject.is_denied and subject.may_write


def may_grant(subject: Subject, right: str, edition_id: UUID | None) -> bool:
    """
    Return whether the subject may grant a right.

    An organiser may, at its own edition; at every edition only one who organises every edition.
    """
    del right
    if not is_in_force(subject):
        return False
    return "organise@*" in subject.groups or (
        edition_id is not None and f"organise@{edition_id}" in subject.groups
    )


def may_decide(subject: Subject, right: str, edition_id: UUID) -> bool:
    """Return whether the subject holds the right that a stage of clearance asks for."""
    return is_in_force(subject) and subject.has_right(right, edition_id)


def may_send(
    subject: Subject, organisation_id: UUID, edition_id: UUID, *, country: str = ""
) -> bool:
    """
    Return whether the subject nominates for an organisation.

    Its own people do, the edition's organiser, and the focal point of its nation, on its behalf.

    Parameters
    ----------
    country
        The organisation's, ISO 3166-1 alpha-3; without it no focal point is let through.
    """
    return is_in_force(subject) and (
        subject.org_id == organisation_id
        or subject.has_right("organise", edition_id)
        or (bool(country) and is_focal_point_of(subject, country, edition_id))
    )


def is_focal_point_of(subject: Subject, country: str, edition_id: UUID) -> bool:
    """Return whether the subject is a nation's own focal point at an edition."""
    return any(group in subject.groups for group in nation_groups(country, edition_id=edition_id))


def require(allowed: bool, what: str, why: str) -> None:  # noqa: FBT001  (the value of a predicate)
    """
    Raise unless it is allowed.

    Raises
    ------
    NotAllowedError
        Saying what was asked and who may.
    """
    if not allowed:
        raise NotAllowedError(_("%(what)s was refused. %(why)s") % {"what": what, "why": why})
