"""Who a signed-in account is, as a subject: built from the person on each request, so that a change acts on the next."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.models import Account, Denial, NeverMeet, Status
from punte.apps.access.permissions import (
    ANYONE,
    PUBLIC,
    VISITOR,
    Ground,
    Subject,
    acting_as_system,
    nation_group,
)
from punte.apps.people.models import (
    Grant,
    GroupMember,
    Membership,
    Nomination,
    Person,
    Right,
)
from punte.apps.people.models.grant import in_force
from punte.apps.people.models.working_group import is_in


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
    with acting_as_system("find out who a subject is"):
        person = Person.objects.filter(
            account=account, erased_at__isnull=True, merged_into__isnull=True
        ).first()
        if person is None or not account.is_active:
            return VISITOR
        return _subject(person, membership_id=membership_id, moment=timezone.now())


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
    with acting_as_system("find out who a subject is"):
        person = Person.objects.filter(
            pk=person_id, erased_at__isnull=True, merged_into__isnull=True
        ).first()
        if person is None or (person.account is not None and not person.account.is_active):
            return VISITOR
        return _subject(person, membership_id=None, moment=as_of or timezone.now(), as_of=as_of)


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
    denied = Denial.objects.in_force(noon).filter(name=country_code).exists()
    return Subject(
        country=country_code,
        groups=frozenset({PUBLIC, *(ground.group for ground in grounds)}),
        roles=frozenset({ANYONE, role}),
        is_vetted=True,
        is_denied=denied,
        may_write=False,
        as_of=noon,
        grounds=tuple(grounds),
    )


def status_grounds(country_code: str, day: dt.date) -> list[Ground]:
    """Return the groups that a country is in on a day, with since when and by which source."""
    statuses = Status.objects.on(day).filter(country_id=country_code)
    grounds = [Ground(group=country_code, because=_("it is released to your country"))]
    grounds += [
        Ground(
            group=status.framework_id,
            because=status.framework.standing,
            since=status.since,
            sources=tuple(status.sources),
        )
        for status in statuses.select_related("framework")
    ]
    return grounds


def _subject(
    person: Person,
    *,
    membership_id: UUID | None,
    moment: dt.datetime,
    as_of: dt.datetime | None = None,
) -> Subject:
    day = timezone.localdate(moment)
    membership = _membership(person, membership_id, day)
    grants = list(Grant.objects.filter(in_force(moment), person=person))
    cleared = set(_cleared_editions(person, membership, moment))
    editions = set(cleared)
    editions |= {grant.edition_id for grant in grants if grant.edition_id}
    grounds = [*_personal_grounds(person, editions), *_right_grounds(grants)]
    country = ""
    if membership is not None:
        country = membership.organisation.country_id
        grounds += _nation_grounds(grants, country)
        grounds.append(
            Ground(
                group=f"org:{membership.organisation_id}",
                because=_("it concerns your organisation"),
            )
        )
        grounds += status_grounds(country, day)
    grounds += _group_grounds(person, {PUBLIC, *(ground.group for ground in grounds)})
    rights = {grant.right for grant in grants}
    is_more_than_helper = bool(cleared or rights - {Right.CHECK_IN})
    subject = Subject(
        person_id=person.pk,
        org_id=membership.organisation_id if membership else None,
        country=country,
        groups=frozenset({PUBLIC, *(ground.group for ground in grounds)}),
        # A helper at a desk is let in to check badges, not as one of its organisation's delegates.
        roles=frozenset(
            {
                ANYONE,
                *rights,
                *([membership.organisation.kind] if membership and is_more_than_helper else []),
            }
        ),
        is_vetted=bool(editions or grants),
        may_write=rights != {Right.AUDIT},
        as_of=as_of,
        grounds=tuple(grounds),
    )
    return _with_denials(subject, moment)


def _membership(person: Person, membership_id: UUID | None, day: dt.date) -> Membership | None:
    """Return for which organisation the person acts: the one asked for if it holds, else the newest."""
    held = list(
        Membership.objects.filter(
            Q(until__isnull=True) | Q(until__gt=day),
            person=person,
            since__lte=day,
            confirmed_at__isnull=False,
            organisation__merged_into__isnull=True,
        ).select_related("organisation")
    )
    return next((m for m in held if m.pk == membership_id), held[0] if held else None)


def _cleared_editions(
    person: Person, membership: Membership | None, moment: dt.datetime
) -> Iterable[UUID]:
    """Return the editions for which the person is cleared, in the organisation it acts for."""
    if membership is None:
        return []
    return Nomination.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=moment),
        person=person,
        delegation__organisation=membership.organisation_id,
        state=Nomination.State.CLEARED,
        cleared_at__lte=moment,
    ).values_list("edition_id", flat=True)


def _personal_grounds(person: Person, editions: Iterable[UUID]) -> list[Ground]:
    grounds = [Ground(group=f"person:{person.pk}", because=_("it concerns you"))]
    grounds += [
        Ground(group=f"edition:{edition}", because=_("you are a delegate of this edition"))
        for edition in editions
    ]
    return grounds


def _right_grounds(grants: Iterable[Grant]) -> list[Ground]:
    return [
        Ground(
            group=f"{grant.right}@{grant.edition_id or '*'}",
            because=_("you hold the right “%(right)s”") % {"right": grant.get_right_display()},
            since=timezone.localdate(grant.since),
        )
        for grant in grants
    ]


def _nation_grounds(grants: Iterable[Grant], country: str) -> list[Ground]:
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


def _group_grounds(person: Person, held: set[str]) -> list[Ground]:
    """Return the working groups that a person is in and still has the status for."""
    grounds = []
    for member in GroupMember.objects.filter(is_in(person)).select_related("group"):
        if not held & set(member.group.open_to):
            continue
        because = _("you are in the working group “%(name)s”") % {"name": member.group.name}
        grounds.append(Ground(group=f"group:{member.group_id}", because=because))
        if member.role == GroupMember.Role.CHAIR:
            grounds.append(Ground(group=f"chair:{member.group_id}", because=because))
    return grounds


def _with_denials(subject: Subject, moment: dt.datetime) -> Subject:
    import dataclasses

    is_denied = Denial.objects.in_force(moment).filter(name__in=subject.names).exists()
    apart: set[UUID] = set()
    if subject.org_id:
        pairs = NeverMeet.objects.filter(
            Q(one_org_id=subject.org_id) | Q(other_org_id=subject.org_id)
        ).values_list("one_org_id", "other_org_id")
        apart = {org for pair in pairs for org in pair} - {subject.org_id}
    return dataclasses.replace(subject, is_denied=is_denied, never_meet=frozenset(apart))
