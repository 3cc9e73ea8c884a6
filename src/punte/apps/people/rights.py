"""Grant and take back rights, act on behalf."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.models import ClearanceStage, Grant, Person, Right
from punte.apps.people.models.grant import in_force
from punte.apps.people.permissions import may_grant, require
from punte.apps.people.queries import subject_of_person

WHO_GRANTS = gettext_lazy("Only an organiser of the edition may; ask one.")


def grant_right(
    *,
    by: Subject,
    person: Person,
    right: str,
    edition_id: UUID | None,
    until: dt.datetime | None = None,
) -> Grant:
    """
    Give a person a right at an edition, or at all where ``edition_id`` is ``None``, until a moment.

    Raises
    ------
    NotAllowedError
        The subject is no organiser there.
    """
    require(
        may_grant(by, right, edition_id) and person.merged_into_id is None,
        _("Granting “%(right)s”") % {"right": Right(right).label},
        str(WHO_GRANTS),
    )
    record("right.granted", person, edition_id=edition_id, right=right, until=str(until or ""))
    with acting_as_system("grant a right"):
        return Grant.objects.create(
            person=person,
            right=right,
            edition_id=edition_id,
            until=until,
            granted_by_id=by.acted_by or by.person_id,
        )


def stages_without_holder(edition_id: UUID) -> list[ClearanceStage]:
    """Return the stages of clearance at which nobody with an account may decide, as nobody holds their right."""
    with acting_as_system("grant a right"):
        held = set(
            Grant.objects.filter(
                in_force(timezone.now()),
                Q(edition_id=edition_id) | Q(edition_id__isnull=True),
                person__account__isnull=False,
            ).values_list("right", flat=True)
        )
    stages = ClearanceStage.objects.filter(edition_id=edition_id).prefetch_related("wordings")
    return [stage for stage in stages if stage.right not in held]


def revoke_right(*, by: Subject, grant: Grant) -> None:
    """
    Take a right back; it is gone on the next request.

    Raises
    ------
    NotAllowedError
        The subject is no organiser there, or nobody would organise any more.
    """
    require(may_grant(by, grant.right, grant.edition_id), _("Taking back a right"), str(WHO_GRANTS))
    require(
        not is_last_organiser(grant),
        _("Taking back a right"),
        _("Nobody else organises. Grant the right to another person first."),
    )
    record("right.revoked", grant, edition_id=grant.edition_id, right=grant.right)
    with acting_as_system("grant a right"):
        Grant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def is_last_organiser(grant: Grant) -> bool:
    """Whether nobody with an account would organise the edition, or the site, without this grant."""
    if grant.right != Right.ORGANISE:
        return False
    with acting_as_system("grant a right"):
        others = (
            Grant.objects.filter(
                in_force(timezone.now()),
                right=Right.ORGANISE,
                person__account__is_active=True,
                person__erased_at__isnull=True,
            )
            .exclude(pk=grant.pk)
            .filter(Q(edition_id=grant.edition_id) | Q(edition_id__isnull=True))
        )
        return not others.exists()


def subject_on_behalf(
    *, by: Subject, person: Person, edition_id: UUID, is_new: bool = True
) -> Subject:
    """
    Return the subject of a person in whose name an organiser acts; every entry in the log names both.

    The organiser sees no more than the person does, and never acts for someone who holds a right of the host.

    Parameters
    ----------
    is_new
        Whether it begins now, which the log then tells; it is asked again on each request.

    Raises
    ------
    NotAllowedError
        The subject is no organiser, acts for someone already, or the person holds rights.
    """
    require(
        may_grant(by, Right.ORGANISE, edition_id) and by.acted_by is None,
        _("Acting on behalf"),
        str(WHO_GRANTS),
    )
    theirs = subject_of_person(person.pk)
    wish = _("Acting on behalf of %(name)s") % {"name": person.name}
    require(
        not (theirs.roles & set(Right.values)),
        wish,
        _("This person holds rights of its own; ask them to act."),
    )
    require(
        f"edition:{edition_id}" in theirs.groups,
        wish,
        _("This person is no cleared delegate of the edition."),
    )
    if is_new:
        record("behalf.begun", person, edition_id=edition_id)
    return dataclasses.replace(theirs, acted_by=by.person_id)
