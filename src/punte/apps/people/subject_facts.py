"""
Everything that a person's subject is made of, read in four statements that are written once.

A subject is found anew on each request, so that a change acts on the next one; nine statements, each composed and planned anew, once took
more time than most pages. The conditions stay those of the models, and Django writes each statement from them, once per process and time
zone: what differs from question to question stands in it as a mark, and each question puts its own values there. The database plans it
once per connection: with the policies of all its tables planning takes longer than the answer.
"""

import datetime as dt
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from punte.apps.access.kept_plans import ask_anew, ask_planned
from punte.apps.access.models import Account, Denial, NeverMeet, Status
from punte.apps.people.models import Grant, GroupMember, Membership, Nomination, Person
from punte.apps.people.models.grant import in_force
from punte.apps.people.models.working_group import is_in

_KEY: Final = UUID("5ea1c0de-0000-4000-8000-000000000001")
_NUMBER: Final = -7_205_759
_MOMENT: Final = dt.datetime(1, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC)
_DAY: Final = dt.date(1, 7, 6)
_NAMES: Final = ("\x01", "\x02", "\x03")
"""Marks in the statements, which stand for whoever is asked about, for when, for its day, and for names; no question holds them."""


@dataclass(frozen=True, slots=True)
class HeldMembership:
    """A confirmed membership in an organisation that is still itself."""

    id: UUID
    organisation_id: UUID
    country: str
    kind: str


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A right in force; at all editions where ``edition_id`` is ``None``."""

    right: str
    edition_id: UUID | None
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class HeldStatus:
    """A country's standing in a framework, since when and by which sources."""

    framework: str
    standing: str
    since: dt.date
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """A working group that counts the person among its members, to which statuses it is open, and whether to the press."""

    id: UUID
    name: str
    open_to: frozenset[str]
    takes_press: bool
    is_chair: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What is known of a person at a moment.

    Parameters
    ----------
    memberships
        Newest first.
    cleared
        Pairs of an edition and the organisation in whose delegation the person is cleared for it.
    """

    person_id: UUID
    is_active: bool
    memberships: tuple[HeldMembership, ...]
    grants: tuple[HeldGrant, ...]
    cleared: tuple[tuple[UUID, UUID], ...]
    groups: tuple[HeldGroup, ...]


def facts_of_account(account: Account, moment: dt.datetime) -> Facts | None:
    """Return what is known at a moment of the person behind an account; ``None`` where there is none. Asked as the system."""
    return _person(_of_account, {_NUMBER: account.pk}, moment)


def facts_of_person(person_id: UUID, moment: dt.datetime) -> Facts | None:
    """Return what is known of a person at a moment; ``None`` where there is none, or it was erased or merged. Asked as the system."""
    return _person(_of_person, {_KEY: person_id}, moment)


def statuses_on(country_code: str, day: dt.date) -> list[HeldStatus]:
    """Return a country's standings on a day."""
    rows = _ask(_statuses, {_NAMES[0]: country_code, _DAY: day})
    return [
        HeldStatus(code, standing, since, tuple(sources)) for code, standing, since, sources in rows
    ]


def are_denied(names: Iterable[str], moment: dt.datetime) -> bool:
    """Return whether an explicit denial in force at a moment is of one of at most three names."""
    asked = dict(zip(_NAMES, [*names, "", "", ""][:3], strict=True))
    return bool(_ask(_denials, {**asked, _MOMENT: moment}))


def kept_apart(organisation_id: UUID) -> frozenset[UUID]:
    """Return the organisations that must never meet this one."""
    pairs = _ask(_never_meet, {_KEY: organisation_id})
    return frozenset(org for pair in pairs for org in pair) - {organisation_id}


_Marked: TypeAlias = Callable[[], QuerySet[Any, Any]]
"""A question with marks in the place of what differs."""


def _person(question: _Marked, values: Mapping[Any, Any], moment: dt.datetime) -> Facts | None:
    rows = _ask(question, {**values, _MOMENT: moment, _DAY: timezone.localdate(moment)})
    return _read(*rows[0]) if rows else None


def _ask(question: _Marked, values: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
    statement, marks = _statement(question, timezone.get_current_timezone_name())
    told = [values.get(mark, mark) for mark in marks]
    return ask_planned(statement, told) if settings.KEEP_PLANS else ask_anew(statement, told)


@functools.cache
def _statement(question: _Marked, time_zone: str) -> tuple[str, tuple[Any, ...]]:
    """Return the statement and its parameters, marks among them; it names the time zone, in which a withdrawal's day is read."""
    del time_zone
    statement, parameters = question().query.sql_with_params()
    return statement, parameters


def _of_account() -> QuerySet[Person, Any]:
    return _about(Q(account_id=_NUMBER))


def _of_person() -> QuerySet[Person, Any]:
    return _about(Q(id=_KEY))


def _statuses() -> QuerySet[Status, Any]:
    found = Status.objects.on(_DAY).filter(country_id=_NAMES[0])
    return found.values_list("framework_id", "framework__standing", "since", "sources")


def _denials() -> QuerySet[Denial, Any]:
    return Denial.objects.in_force(_MOMENT).filter(name__in=_NAMES).values_list("name")[:1]


def _never_meet() -> QuerySet[NeverMeet, Any]:
    found = NeverMeet.objects.filter(Q(one_org_id=_KEY) | Q(other_org_id=_KEY))
    return found.values_list("one_org_id", "other_org_id")


def _about(who: Q) -> QuerySet[Person, Any]:
    it = OuterRef("pk")
    parts: list[QuerySet[Any, Any]] = [
        Membership.objects.filter(
            Q(until__isnull=True) | Q(until__gt=_DAY),
            person=it,
            since__lte=_DAY,
            confirmed_at__isnull=False,
            organisation__merged_into__isnull=True,
        ).values(
            _=JSONObject(
                id="id",
                organisation_id="organisation_id",
                country="organisation__country_id",
                kind="organisation__kind",
            )
        ),
        Grant.objects.filter(in_force(_MOMENT), person=it).values(
            _=JSONObject(right="right", edition_id="edition_id", since="since")
        ),
        Nomination.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=_MOMENT),
            person=it,
            state=Nomination.State.CLEARED,
            cleared_at__lte=_MOMENT,
        ).values(_=JSONObject(edition="edition_id", organisation="delegation__organisation_id")),
        GroupMember.objects.filter(is_in(it)).values(
            _=JSONObject(
                id="group_id",
                name="group__name",
                open_to="group__open_to",
                takes_press="group__takes_press",
                role="role",
            )
        ),
    ]
    return (
        Person.objects.filter(who, erased_at__isnull=True, merged_into__isnull=True)
        .order_by()
        .values_list("id", "account__is_active", *map(ArraySubquery, parts))
    )


def _read(
    key: UUID,
    is_active: bool | None,  # noqa: FBT001
    memberships: Sequence[str],
    grants: Sequence[str],
    cleared: Sequence[str],
    groups: Sequence[str],
) -> Facts:
    return Facts(
        person_id=key,
        is_active=is_active is not False,
        memberships=tuple(
            HeldMembership(
                id=UUID(row["id"]),
                organisation_id=UUID(row["organisation_id"]),
                country=row["country"],
                kind=row["kind"],
            )
            for row in _rows(memberships)
        ),
        grants=tuple(_grant(row) for row in _rows(grants)),
        cleared=tuple((UUID(row["edition"]), UUID(row["organisation"])) for row in _rows(cleared)),
        groups=tuple(
            HeldGroup(
                id=UUID(row["id"]),
                name=row["name"],
                open_to=frozenset(row["open_to"]),
                takes_press=row["takes_press"],
                is_chair=row["role"] == GroupMember.Role.CHAIR,
            )
            for row in _rows(groups)
        ),
    )


def _grant(row: dict[str, Any]) -> HeldGrant:
    edition = row["edition_id"]
    return HeldGrant(
        right=row["right"],
        edition_id=UUID(edition) if edition else None,
        since=dt.datetime.fromisoformat(row["since"]),
    )


def _rows(texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    return (json.loads(text) for text in texts)
