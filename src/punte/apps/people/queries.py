"""Who a signed-in account is, as a subject: built from the person on each request, so that a change acts on the next."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.models import Account
from punte.apps.access.permissions import (
    ANYONE,
    PUBLIC,
    VISITOR,
    Ground,
    Subject,
    acting_as_system,
    nation_group,
)
from punte.apps.people.models import Grant, Organisation, Right
from punte.apps.people.models.grant import in_force
from punte.apps.people.subject_facts import (
    Facts,
    HeldGrant,
    HeldGroup,
    HeldMembership,
    are_denied,
    facts_of_account,
    facts_of_person,
    kept_apart,
    statuses_on,
)


def subject_of_account(account: Account, *, membership_id: UUID | None = None) -> Subject:
    """
    Return in whose name an account reads; a visitor where no person stands behind it.

    Parameters
    ----------
    account
        Signed in, and allowed to.
    membership_id
        For whom a person of several organisations acts; its newest membership where ``None`` or not its own.
    """
    moment = timezone.now()
    with acting_as_system("find out who a subject is"):
        facts = facts_of_account(account, moment)
        if facts is None or not account.is_active:
            return VISITOR
        return _subject(facts, membership_id=membership_id, moment=moment)


def subject_of_person(person_id: UUID, *, as_of: dt.datetime | None = None) -> Subject:
    """
    Return in whose name a job, a mail or a feed for this person reads; a visitor where there is none.

    Parameters
    ----------
    person_id
        Whom it is for.
    as_of
        A moment of the past: statuses, memberships and windows of that day.
    """
    moment = as_of or timezone.now()
    with acting_as_system("find out who a subject is"):
        facts = facts_of_person(person_id, moment)
        if facts is None or not facts.is_active:
            return VISITOR
        return _subject(facts, membership_id=None, moment=moment, as_of=as_of)


def end_of_right(
    person_id: UUID, rights: Iterable[str], edition_id: UUID, moment: dt.datetime
) -> dt.datetime | None:
    """Return when the last of these rights of a person at an edition ends; None where one has no end, or none is held."""
    with acting_as_system("find out who a subject is"):
        ends = list(
            Grant.objects.filter(
                in_force(moment),
                Q(edition_id=edition_id) | Q(edition_id__isnull=True),
                person_id=person_id,
                right__in=list(rights),
            ).values_list("until", flat=True)
        )
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def subject_of_country(
    country_code: str, day: dt.date, *, role: str = ANYONE, edition_id: UUID | None = None
) -> Subject:
    """
    Return a vetted delegate that a country could have sent on a day, to ask what it may see.

    Parameters
    ----------
    country_code
        ISO 3166-1 alpha-3.
    day
        Whose statuses count; windows are those of its noon (UTC).
    role
        The kind of organisation, such as ``authority``.
    edition_id
        Of the edition at which it would be cleared; at none where ``None``.
    """
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    grounds = status_grounds(country_code, day)
    if edition_id is not None:
        grounds.append(
            Ground(group=f"edition:{edition_id}", because=_("you are a delegate of this edition"))
        )
    return Subject(
        country=country_code,
        groups=frozenset({PUBLIC, *(ground.group for ground in grounds)}),
        roles=frozenset({ANYONE, role}),
        is_vetted=True,
        is_denied=are_denied([country_code], noon),
        may_write=False,
        as_of=noon,
        grounds=tuple(grounds),
    )


def status_grounds(country_code: str, day: dt.date) -> list[Ground]:
    """Return the groups that a country is in on a day, with since when and by which source."""
    return [
        Ground(group=country_code, because=_("it is released to your country")),
        *(
            Ground(
                group=status.framework,
                because=status.standing,
                since=status.since,
                sources=status.sources,
            )
            for status in statuses_on(country_code, day)
        ),
    ]


def _subject(
    facts: Facts,
    *,
    membership_id: UUID | None,
    moment: dt.datetime,
    as_of: dt.datetime | None = None,
) -> Subject:
    membership = _acting_for(facts, membership_id)
    organisation_id = membership.organisation_id if membership else None
    speaks = membership is not None and _speaks_for(facts, membership)
    # Cleared in another organisation's delegation, it is no delegate in the name of this one.
    cleared = {edition for edition, org in facts.cleared if org == organisation_id}
    editions = cleared | {grant.edition_id for grant in facts.grants if grant.edition_id}
    grounds = [*_personal_grounds(facts.person_id, editions), *_right_grounds(facts.grants)]
    if membership is not None:
        grounds += _nation_grounds(facts.grants, membership.country)
        if speaks:
            grounds.append(
                Ground(group=f"org:{organisation_id}", because=_("it concerns your organisation"))
            )
        grounds += status_grounds(membership.country, timezone.localdate(moment))
    grounds += _group_grounds(
        facts.groups,
        {PUBLIC, *(ground.group for ground in grounds)},
        is_press=membership is not None and membership.kind == Organisation.Kind.PRESS,
    )
    subject = Subject(
        person_id=facts.person_id,
        org_id=organisation_id if speaks else None,
        member_of=organisation_id,
        country=membership.country if membership else "",
        groups=frozenset({PUBLIC, *(ground.group for ground in grounds)}),
        roles=_roles(facts.grants, membership, is_cleared=bool(cleared)),
        is_vetted=bool(editions or facts.grants),
        may_write={grant.right for grant in facts.grants} != {Right.AUDIT},
        never_meet=kept_apart(organisation_id) if organisation_id else frozenset(),
        as_of=as_of,
        grounds=tuple(grounds),
    )
    return dataclasses.replace(subject, is_denied=are_denied(subject.names, moment))


def _roles(
    grants: Iterable[HeldGrant], membership: HeldMembership | None, *, is_cleared: bool
) -> frozenset[str]:
    rights = {grant.right for grant in grants}
    # A helper at a desk is let in to check badges, not as one of its organisation's delegates.
    is_more_than_helper = is_cleared or bool(rights - {Right.CHECK_IN})
    kinds = [membership.kind] if membership and is_more_than_helper else []
    return frozenset({ANYONE, *rights, *kinds})


def _acting_for(facts: Facts, membership_id: UUID | None) -> HeldMembership | None:
    """Return for which organisation the person acts: the one asked for if it holds, else the newest it speaks for."""
    held = sorted(facts.memberships, key=lambda one: not _speaks_for(facts, one))
    return next((m for m in held if m.id == membership_id), held[0] if held else None)


def _speaks_for(facts: Facts, membership: HeldMembership) -> bool:
    """
    Return whether the person acts in its organisation's name.

    Somebody must have looked at the person first: it is cleared in the organisation's delegation, at this edition or an
    earlier one, or an organiser gave it a right by name. To be invited, nominated or accepted is not enough.
    """
    return bool(facts.grants) or any(
        organisation == membership.organisation_id for _edition, organisation in facts.cleared
    )


def _personal_grounds(person_id: UUID, editions: Iterable[UUID]) -> list[Ground]:
    grounds = [Ground(group=f"person:{person_id}", because=_("it concerns you"))]
    grounds += [
        Ground(group=f"edition:{edition}", because=_("you are a delegate of this edition"))
        for edition in editions
    ]
    return grounds


def _right_grounds(grants: Iterable[HeldGrant]) -> list[Ground]:
    return [
        Ground(
            group=f"{grant.right}@{grant.edition_id or '*'}",
            because=_("you hold the right “%(right)s”") % {"right": Right(grant.right).label},
            since=timezone.localdate(grant.since),
        )
        for grant in grants
    ]


def _nation_grounds(grants: Iterable[HeldGrant], country: str) -> list[Ground]:
    """Return the groups of a focal point of the nation it comes from, and of no other."""
    return [
        Ground(
            group=nation_group(country, grant.edition_id),
            because=_("you are the focal point of your nation"),
            since=timezone.localdate(grant.since),
        )
        for grant in grants
        if grant.right == Right.FOCAL
    ]


def _group_grounds(groups: Iterable[HeldGroup], held: set[str], *, is_press: bool) -> list[Ground]:
    """Return the working groups that a person is in and still has the status for; the press only where it is taken."""
    grounds = []
    for group in groups:
        if not held & group.open_to or (is_press and not group.takes_press):
            continue
        because = _("you are in the working group “%(name)s”") % {"name": group.name}
        grounds.append(Ground(group=f"group:{group.id}", because=because))
        if group.is_chair:
            grounds.append(Ground(group=f"chair:{group.id}", because=because))
    return grounds
