"""The check-in desks: scan, undo, and bring in what a desk scanned without the network."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import Scan
from punte.apps.cooperation.permissions import NotPartOfItError, may_check_in
from punte.apps.cooperation.scans import Conflict, Mark, Presence, merge, presences
from punte.apps.forum.models import Delegate, Edition
from punte.formats.check_in import parse_bundle
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a bundle brought [count], and the identifiers that stood for two different scans."""

    new: int
    known: int
    unknown_codes: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def scan(
    *, by: Subject, edition: Edition, delegate: Delegate, kind: str = "in", desk: str = ""
) -> Scan:
    """
    Check a delegate in, or take that back.

    Raises
    ------
    NotPartOfItError
        The subject works at no desk of the edition.
    """
    _require_desk(by, edition)
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


def who_is_here(edition: Edition) -> dict[UUID, Presence]:
    """Return the presence of every delegate that was ever scanned."""
    return dict(presences(_marks(edition)))


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
    """
    _require_desk(by, edition)
    codes = dict(Delegate.objects.filter(edition=edition).values_list("code", "pk"))
    marks, unknown = _read_bundle(content, codes, desk)
    before = {mark.id: mark for mark in _marks(edition)}
    together, conflicts = merge(before.values(), marks)
    delegates = Delegate.objects.in_bulk(
        [mark.delegate_id for key, mark in together.items() if key not in before]
    )
    rows = [
        _row(
            edition,
            delegates[mark.delegate_id],
            key,
            mark.kind,
            mark.desk,
            mark.at,
            name_of(by),
            merged=True,
        )
        for key, mark in together.items()
        if key not in before
    ]
    Scan.objects.bulk_create(rows, batch_size=1000)
    record("check_in.merged", None, edition_id=edition.pk, desk=desk, scans=len(rows))
    return Merged(
        new=len(rows),
        known=len(marks) - len(rows),
        unknown_codes=tuple(sorted(unknown)),
        conflicts=conflicts,
    )


def _read_bundle(content: bytes, codes: dict[str, UUID], desk: str) -> tuple[list[Mark], set[str]]:
    bundle = parse_bundle(content, source=str(_("The bundle")))
    marks, unknown = [], set()
    for one in bundle.scans:
        delegate_id = codes.get(one.code)
        if delegate_id is None:
            unknown.add(one.code)
            continue
        marks.append(
            Mark(
                at=one.moment,
                id=one.id,
                delegate_id=delegate_id,
                kind=one.kind,
                desk=one.desk or bundle.desk or desk,
            )
        )
    return marks, unknown


def _marks(edition: Edition) -> Iterable[Mark]:
    rows = Scan.objects.filter(edition=edition).values_list(
        "at", "pk", "delegate_id", "kind", "desk"
    )
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
