"""
The subject: in whose name something is read, and the one place where it enters the database.

The database reads the subject from settings of the running transaction (docs/explanation/wall.md).
Outside a transaction they do not exist, and without them every walled table is empty.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from punte.kernel.errors import PunteError

PUBLIC: Final = "PUBLIC"
"""Releasability to everyone, signed in or not: a deliberate act, never a default."""
ANYONE: Final = "ANY"
"""The role that every subject has."""
READING_ROLES: Final = (
    "authority",
    "union",
    "company",
    "association",
    "research",
    *("organise", "vet", "focal", "programme", "finance", "audit"),
)
"""Who reads what is for delegates and not public: kinds of organisations, and rights."""
OUTSIDE_ROLES: Final = ("press", "check-in")
"""Who is let in for something else. Without a reading role beside it, a country's status opens nothing to them."""
NATIONALITY: Final = "^[A-Z][A-Z0-9_]*$"
"""What a group that comes with a country looks like: its code, or a framework's; ``PUBLIC`` looks so too, and is none."""


class NoSubjectError(PunteError):
    """Walled rows were asked for in nobody's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why a subject belongs to a group: the sentence shown after "you see this because"."""

    group: str
    because: str
    since: dt.date | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """
    In whose name something is read or written.

    Parameters
    ----------
    person_id, org_id, country
        Who, in whose organisation's name, and from where as ISO 3166-1 alpha-3. Empty for a visitor; no organisation
        for who is not cleared in its delegation.
    member_of
        The organisation that the person belongs to, also where it does not act in its name: what is denied to an
        organisation is denied to all its people. It opens nothing.
    groups
        What a label may be releasable to and this subject belongs to: ``PUBLIC``, its country, the frameworks of
        its country on the day, ``org:...``, ``edition:...``, ``person:...``, ``organise@...``.
    roles
        What a label's audience may name: ``ANY``, the kind of the organisation, the rights held.
    is_vetted, is_denied
        Cleared by a host; suspended, itself or its organisation or country.
    never_meet
        Organisations whose items are kept from this one.
    may_write
        False for a reader such as an auditor.
    system
        The reason, where the platform itself acts (migration, sample, subject look-up); empty otherwise.
    as_of
        The moment for embargo and expiry; the transaction's own where ``None``.
    acted_by
        The person who really acts, where it acts on behalf of ``person_id``.
    grounds
        Why each group is held.
    """

    person_id: UUID | None = None
    org_id: UUID | None = None
    member_of: UUID | None = None
    country: str = ""
    groups: frozenset[str] = frozenset({PUBLIC})
    roles: frozenset[str] = frozenset({ANYONE})
    is_vetted: bool = False
    is_denied: bool = False
    never_meet: frozenset[UUID] = frozenset()
    may_write: bool = True
    system: str = ""
    as_of: dt.datetime | None = None
    acted_by: UUID | None = None
    grounds: tuple[Ground, ...] = field(default=(), compare=False)

    @property
    def names(self) -> frozenset[str]:
        """What an explicit denial may name, vetted or not."""
        named = {self.country} if self.country else set()
        named |= {f"org:{one}" for one in (self.org_id, self.member_of) if one}
        if self.person_id:
            named.add(f"person:{self.person_id}")
        return frozenset(named)

    @property
    def opens(self) -> frozenset[str]:
        """The groups by which a release reaches this one; the wall has the same rule (``wall_released_to``)."""
        if not self.roles & set(OUTSIDE_ROLES) or self.roles & set(READING_ROLES):
            return self.groups
        return frozenset(
            one for one in self.groups if one == PUBLIC or not re.match(NATIONALITY, one)
        )

    @property
    def fingerprint(self) -> str:
        """A key for caches: two subjects share it only where they see the same."""
        import hashlib

        return hashlib.sha256(
            "\n".join(f"{k}={v}" for k, v in _settings(self)).encode()
        ).hexdigest()

    def has_right(self, right: str, edition_id: UUID | None = None) -> bool:
        """Return whether a right is held for this edition, or for all of them."""
        return f"{right}@*" in self.groups or (
            edition_id is not None and f"{right}@{edition_id}" in self.groups
        )


VISITOR: Final = Subject()
"""Nobody in particular: sees what is public."""


def right_groups(*rights: str, edition_id: UUID) -> list[str]:
    """Return the groups of whoever holds one of the rights at an edition, or at all: for ``label_stewards``."""
    return [f"{right}@{where}" for right in rights for where in (edition_id, "*")]


def nation_group(country: str, edition_id: UUID | None) -> str:
    """Return the group of a nation's own focal points at an edition; at every one where ``edition_id`` is ``None``."""
    return f"focal-{country}@{edition_id or '*'}"


def nation_groups(country: str, *, edition_id: UUID) -> list[str]:
    """Return the groups of whoever is a nation's focal point at an edition: for ``label_stewards``."""
    return [nation_group(country, edition_id), nation_group(country, None)]


_active: ContextVar[Subject | None] = ContextVar("punte_subject", default=None)
_held: ContextVar[Subject | None] = ContextVar("punte_held_to", default=None)


def active_subject() -> Subject:
    """
    Return in whose name the running code reads.

    Raises
    ------
    NoSubjectError
        Nobody's.
    """
    subject = _active.get()
    if subject is None:
        raise NoSubjectError(
            "Rows behind the wall were asked for, and no subject is active. Wrap the code in "
            "`with acting(subject):`; a job, a mail or a feed acts in the name of the person it is for."
        )
    return subject


def has_subject() -> bool:
    """Return whether a subject is active."""
    return _active.get() is not None


@contextlib.contextmanager
def acting(subject: Subject) -> Iterator[Subject]:
    """
    Read and write in a subject's name, inside one transaction (or a savepoint of the running one).

    The earlier subject, or none, is active again afterwards, also after an exception.
    """
    subject = _held.get() or subject
    # The settings end with the transaction. Only where a longer one goes on has the earlier subject to be entered again.
    goes_on = connection.in_atomic_block
    with transaction.atomic():
        previous = _active.get()
        _enter_database(subject)
        token = _active.set(subject)
        try:
            yield subject
        finally:
            _active.reset(token)
        # After an exception the savepoint takes the settings back with it.
        if goes_on and not connection.needs_rollback:
            _enter_database(previous)


@contextlib.contextmanager
def held_to(subject: Subject) -> Iterator[Subject]:
    """
    Read in a subject's name, and let nothing inside read in any other: neither in a person's nor as the platform.

    It finds out what a subject could read itself of what is made for somebody else.
    """
    with acting(subject):
        token = _held.set(subject)
        try:
            yield subject
        finally:
            _held.reset(token)


def acting_as_system(reason: str) -> contextlib.AbstractContextManager[Subject]:
    """
    Act as the platform itself, for a reason that a census test knows (tests/security/test_system_census.py).

    It is for migrations, sample data and finding out who a subject is; never for a page.
    """
    return acting(Subject(system=reason))


def _array(values: frozenset[str] | frozenset[UUID]) -> str:
    quoted = (str(v).replace("\\", "\\\\").replace('"', '\\"') for v in values)
    return "{" + ",".join(sorted(f'"{v}"' for v in quoted)) + "}"


def _settings(subject: Subject | None) -> list[tuple[str, str]]:
    """Return what the policies read (models/policy.py); all empty where there is no subject."""
    if subject is None:
        names = (
            "state",
            "person",
            "org",
            "groups",
            "roles",
            "names",
            "never_meet",
            "vetted",
            "writes",
            "now",
        )
        return [(f"punte.{name}", "") for name in names]
    state = "system" if subject.system else ("denied" if subject.is_denied else "open")
    return [
        ("punte.state", state),
        ("punte.person", str(subject.acted_by or subject.person_id or "")),
        ("punte.org", str(subject.org_id or "")),
        ("punte.groups", _array(subject.groups)),
        ("punte.roles", _array(subject.roles)),
        ("punte.names", _array(subject.names)),
        ("punte.never_meet", _array(subject.never_meet)),
        ("punte.vetted", "yes" if subject.is_vetted else "no"),
        ("punte.writes", "yes" if subject.may_write else "no"),
        ("punte.now", subject.as_of.isoformat() if subject.as_of else ""),
    ]


def _enter_database(subject: Subject | None) -> None:
    pairs = _settings(subject)
    calls = ", ".join(["set_config(%s, %s, true)"] * len(pairs))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [value for pair in pairs for value in pair])
