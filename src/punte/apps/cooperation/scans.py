"""
The truth of several check-in desks, whichever order their scans arrive in.

Each scan carries an identifier that its desk drew, so a bundle that is merged twice counts once. The state of a person is
what its latest scan says; of two at the same moment the greater identifier decides, so that every desk decides alike.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ScanKind = Literal["in", "undo"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mark:
    """One scan. Ordered by moment, then by identifier."""

    at: dt.datetime
    id: UUID
    delegate_id: UUID
    kind: ScanKind
    desk: str = ""

    @property
    def content(self) -> tuple[dt.datetime, UUID, ScanKind]:
        """What happened to whom and when; the name of the desk is how a bundle was brought in, not what it says."""
        return self.at, self.delegate_id, self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """
    What is known of a person.

    Parameters
    ----------
    since
        First scan since the last one that was taken back; None where it is not there.
    desks
        Where it was scanned in since then.
    """

    is_here: bool
    since: dt.datetime | None
    desks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The same identifier was given to two different scans: one of the two desks is broken, or forged."""

    id: UUID
    first: Mark
    second: Mark


def merge(*bundles: Iterable[Mark]) -> tuple[dict[UUID, Mark], tuple[Conflict, ...]]:
    """
    Return every scan of the bundles once, and the identifiers that stand for two.

    The order of the bundles, and of the scans in them, makes no difference.

    Examples
    --------
    >>> merge([], [])
    ({}, ())
    """
    found: dict[UUID, Mark] = {}
    conflicts: dict[UUID, Conflict] = {}
    for mark in sorted(mark for bundle in bundles for mark in bundle):
        before = found.setdefault(mark.id, mark)
        if before.content != mark.content:
            conflicts.setdefault(mark.id, Conflict(id=mark.id, first=before, second=mark))
    return found, tuple(conflicts[key] for key in sorted(conflicts))


def presences(marks: Iterable[Mark]) -> Mapping[UUID, Presence]:
    """Return who is here, from scans in any order."""
    states: dict[UUID, Presence] = {}
    for mark in sorted(marks):
        before = states.get(mark.delegate_id)
        if mark.kind == "undo":
            states[mark.delegate_id] = Presence(is_here=False, since=None, desks=())
        elif before is None or not before.is_here:
            states[mark.delegate_id] = Presence(is_here=True, since=mark.at, desks=(mark.desk,))
        else:
            states[mark.delegate_id] = Presence(
                is_here=True,
                since=before.since,
                desks=tuple(dict.fromkeys((*before.desks, mark.desk))),
            )
    return states


def repeats(marks: Iterable[Mark]) -> Mapping[UUID, tuple[str, ...]]:
    """Return of each scan of somebody who was here already at which desks they had been scanned in, by its identifier."""
    states: dict[UUID, tuple[str, ...]] = {}
    found: dict[UUID, tuple[str, ...]] = {}
    for mark in sorted(marks):
        before = states.get(mark.delegate_id, ())
        if mark.kind == "undo":
            states[mark.delegate_id] = ()
            continue
        if before:
            found[mark.id] = before
        states[mark.delegate_id] = tuple(dict.fromkeys((*before, mark.desk)))
    return found
