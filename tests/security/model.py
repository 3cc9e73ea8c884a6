"""The rule of the wall in ten lines of Python, written apart from the SQL: the oracle of the property tests."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from punte.apps.access.permissions import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A labelled row, as the rule reads it."""

    id: UUID
    owner: UUID
    releasable_to: frozenset[str] = frozenset()
    restricted_to: frozenset[str] = frozenset()
    denied_to: frozenset[str] = frozenset()
    audience: frozenset[str] = frozenset({"ANY"})
    stewards: frozenset[str] = frozenset()
    embargo_until: dt.datetime | None = None
    expires_at: dt.datetime | None = None


NATIONALITY = frozenset({"MDA", "ROU", "EU"})
"""Of the groups of the random worlds those that come with a country."""


def opens(s: Subject) -> frozenset[str]:
    comes_for_something_else = s.roles & {"press", "check-in"} and not s.roles & {
        "company",
        "audit",
    }
    return s.groups - NATIONALITY if comes_for_something_else else s.groups


def may_see(s: Subject, i: Item, now: dt.datetime) -> bool:
    if s.system:
        return True
    if s.is_denied or i.owner in s.never_meet or s.names & i.denied_to:
        return False
    if i.owner == s.org_id or s.groups & i.stewards:
        return True
    if not ((s.is_vetted or "PUBLIC" in i.releasable_to) and opens(s) & i.releasable_to):
        return False
    in_window = (i.embargo_until or now) <= now and (i.expires_at is None or now < i.expires_at)
    return i.restricted_to <= s.groups and bool(s.roles & i.audience) and in_window


def may_write(s: Subject, i: Item) -> bool:
    if s.system:
        return True
    if s.is_denied or not s.may_write or i.owner in s.never_meet or s.names & i.denied_to:
        return False
    return i.owner == s.org_id or bool(s.groups & i.stewards)
