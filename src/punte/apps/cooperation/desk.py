"""The check-in desks: scan, undo, and bring in what a desk scanned without the network."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import Scan
from punte.apps.cooperation.permissions import NotPartOfItError, may_check_in
from punte.apps.cooperation.scans import Conflict, Mark, Presence, merge, presences
from punte.apps.cooperation.turned_away import turned_away
from punte.apps.forum.models import Delegate, Edition
from punte.formats.check_in import parse_bundle
from punte.kernel.errors import PunteError

CLOCK_SLACK: Final = dt.timedelta(minutes=5)
"""How far a desk's clock may run ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """
    What a bundle brought [count].

    Parameters
    ----------
    conflicts
        The identifiers that stood for two different scans, of which both were kept.
    elsewhere
        Names of whom another desk checked in as well: one badge at two desks.
    """

    new: int
    known: int
    unknown_codes: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    elsewhere: tuple[str, ...]


def scan(
    *, by: Subject, edition: Edition, delegate: Delegate, kind: str = "in", desk: str = ""
) -> Scan:
    """
    Check a delegate in, or take that back.

    Raises
    ------
    NotPartOfItError
        The subject works at no desk of the edition.
    PunteError
        The delegate no longer comes, or is suspended; a scan can still be taken back.
    """
    _require_desk(by, edition)
    if delegate.left_at is not None and kind == Scan.Kind.IN:
        raise PunteError(
            _("%(name)s was withdrawn and no longer comes. Ask the organisers.")
            % {"name": delegate.badge_name}
        )
    if kind == Scan.Kind.IN and turned_away(edition.pk, [delegate.pk]):
        raise PunteError(
            _("%(name)s is suspended and is not let in. Send them to the organisers.")
            % {"name": delegate.badge_name}
        )
    made = _row(edition, delegate, uuid4(), kind, desk, timezone.now(), name_of(by))
    made.save(force_insert=True)
    record(f"check_in.{kind}", delegate, edition_id=edition.pk, desk=desk)
    return made


def find_by_code(edition: Edition, code: str) -> Delegate:
    """
    Return the delegate whose badge carries a code, as a scanner types it.

    Raises
    ------
    PunteError
        There is none.
    """
    found = Delegate.objects.filter(edition=edition, code__iexact=code.strip()[:20]).first()
    if found is None:
        raise PunteError(
            _("No badge of this edition carries “%(code)s”. Search by name, or ask the organisers.")
            % {"code": code.strip()[:20]}
        )
    return found


def who_is_here(
    edition: Edition, delegates: Iterable[Delegate] | None = None
) -> dict[UUID, Presence]:
    """Return the presence of those of the delegates, or of all, that were ever scanned."""
    return dict(presences(_marks(edition, delegates)))


def count_present(edition: Edition) -> int:
    """Return how many delegates are here [count]."""
    newest = (
        Scan.objects.filter(edition=edition)
        .order_by("delegate_id", "-at", "-pk")
        .distinct("delegate_id")
        .values("pk")
    )
    return Scan.objects.filter(pk__in=newest, kind=Scan.Kind.IN).count()


def merge_bundle(*, by: Subject, edition: Edition, content: bytes, desk: str) -> Merged:
    """
    Bring in what a desk scanned without the network; the same bundle twice changes nothing.

    Parameters
    ----------
    content
        ``punte.check-in.bundle/1``, as :mod:`punte.formats.check_in` reads it.

    Raises
    ------
    NotPartOfItError
        The subject works at no desk of the edition.
    InvalidInputError
        The bundle cannot be read; nothing of it is kept.
    PunteError
        It holds scans of a time that has not come yet; nothing of it is kept.
    """
    _require_desk(by, edition)
    codes = {
        code.upper(): key
        for code, key in Delegate.objects.filter(edition=edition).values_list("code", "pk")
    }
    marks, unknown = _read_bundle(content, codes, desk, edition.pk)
    merged = merge_scans(by=by, edition=edition, marks=marks, names={}, desk=desk)
    return replace(merged, unknown_codes=tuple(sorted(unknown)))


def merge_scans(
    *, by: Subject, edition: Edition, marks: list[Mark], names: Mapping[UUID, str], desk: str
) -> Merged:
    """
    Keep the scans that are not known yet; none is lost, and none counts twice.

    Parameters
    ----------
    names
        Who scanned, by the identifier of the scan; whoever brings it in where it is not said.

    Raises
    ------
    NotPartOfItError
        The subject works at no desk of the edition.
    """
    _require_desk(by, edition)
    before = {mark.id: mark for mark in _marks(edition)}
    given = {mark.id: names.get(mark.id, "") for mark in marks}
    marks, conflicts = _tell_apart(before, marks)
    fresh = [mark for key, mark in merge(marks)[0].items() if key not in before]
    delegates = Delegate.objects.in_bulk([mark.delegate_id for mark in fresh])
    own_name = name_of(by)
    rows = [
        _row(
            edition,
            delegates[mark.delegate_id],
            mark.id,
            mark.kind,
            mark.desk,
            mark.at,
            given.get(mark.id) or own_name,
            merged=True,
        )
        for mark in fresh
    ]
    Scan.objects.bulk_create(rows, batch_size=1000)
    record(
        "check_in.merged",
        None,
        edition_id=edition.pk,
        desk=desk,
        scans=len(rows),
        conflicts=len(conflicts),
    )
    return Merged(
        new=len(rows),
        known=len(marks) - len(rows),
        unknown_codes=(),
        conflicts=conflicts,
        elsewhere=_elsewhere(edition, delegates.values()),
    )


def _elsewhere(edition: Edition, delegates: Iterable[Delegate]) -> tuple[str, ...]:
    """Return the names of those who are here by the scans of more than one desk."""
    named = {one.pk: one.badge_name for one in delegates}
    here = presences(_marks(edition, delegates)) if named else {}
    return tuple(sorted(named[key] for key, found in here.items() if len(found.desks) > 1))


def _tell_apart(
    before: dict[UUID, Mark], marks: list[Mark]
) -> tuple[list[Mark], tuple[Conflict, ...]]:
    """Return the marks so that no two of different content share an identifier, and the conflicts found."""
    _together, conflicts = merge(before.values(), marks)
    doubted = {conflict.id for conflict in conflicts}

    def is_as_known(mark: Mark) -> bool:
        return mark.id in before and before[mark.id].content == mark.content

    # Neither of two scans under one identifier is lost: each goes on under a name made of what it says.
    apart = [
        replace(mark, id=_own_id(mark)) if mark.id in doubted and not is_as_known(mark) else mark
        for mark in marks
    ]
    return apart, conflicts


def _own_id(mark: Mark) -> UUID:
    return uuid5(mark.id, f"{mark.at.isoformat()} {mark.delegate_id} {mark.kind}")


def _read_bundle(
    content: bytes, codes: dict[str, UUID], desk: str, edition_id: UUID
) -> tuple[list[Mark], set[str]]:
    bundle = parse_bundle(content, source=str(_("The bundle")))
    latest = timezone.now() + CLOCK_SLACK
    ahead = sum(one.moment > latest for one in bundle.scans)
    if ahead:
        raise PunteError(
            _(
                "%(count)d scans of the bundle lie in the future, so nothing of it was kept. "
                "Set the clock of that desk, correct the times and bring the bundle in again."
            )
            % {"count": ahead}
        )
    marks: list[Mark] = []
    unknown: set[str] = set()
    for one in bundle.scans:
        delegate_id = codes.get(one.code.strip().upper())
        if delegate_id is None:
            unknown.add(one.code)
            continue
        marks.append(
            Mark(
                at=one.moment,
                # A name inside this edition: what another edition's desks drew can neither collide nor show.
                id=uuid5(edition_id, one.id.hex),
                delegate_id=delegate_id,
                kind=one.kind,
                desk=one.desk or bundle.desk or desk,
            )
        )
    return marks, unknown


def _marks(edition: Edition, delegates: Iterable[Delegate] | None = None) -> Iterable[Mark]:
    found = Scan.objects.filter(edition=edition)
    if delegates is not None:
        found = found.filter(delegate__in=[one.pk for one in delegates])
    rows = found.values_list("at", "pk", "delegate_id", "kind", "desk")
    return [
        Mark(
            at=at,
            id=pk,
            delegate_id=delegate_id,
            kind="undo" if kind == "undo" else "in",
            desk=desk,
        )
        for at, pk, delegate_id, kind, desk in rows
    ]


def _row(
    edition: Edition,
    delegate: Delegate,
    key: UUID,
    kind: str,
    desk: str,
    at: dt.datetime,
    by_name: str,
    *,
    merged: bool = False,
) -> Scan:
    return Scan(
        id=key,
        edition=edition,
        delegate=delegate,
        kind=kind,
        desk=desk[:40],
        at=at,
        by_name=by_name,
        merged_at=timezone.now() if merged else None,
        owner_org_id=edition.owner_org_id,
        label_stewards=right_groups("check-in", "organise", edition_id=edition.pk),
    )


def _require_desk(by: Subject, edition: Edition) -> None:
    if not may_check_in(by, edition.pk):
        raise NotPartOfItError(
            _("Checking in takes the right for it at this edition. Ask an organiser.")
        )
