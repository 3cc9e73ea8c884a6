"""What desks scanned without the network comes in: none of it lost, none twice, and what is doubtful is told."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.desk import known_marks, require_desk, row_of
from punte.apps.cooperation.models import Scan
from punte.apps.cooperation.scan_times import possible_times
from punte.apps.cooperation.scans import Conflict, Mark, merge, presences
from punte.apps.cooperation.turned_away import turned_away
from punte.apps.forum.models import Delegate, Edition
from punte.formats.check_in import BundleRecord, ScanRecord, parse_bundle
from punte.kernel.characters import without_unseen
from punte.kernel.markings import marking_in

Reason = Literal["ahead", "early", "unknown", "marked"]
TOLD = 50
"""Dropped scans whose codes stand in the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A scan that was not taken: its time cannot be, no badge carries its code, or the name of its desk is marked."""

    id: UUID
    code: str
    at: dt.datetime
    reason: Reason


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
    turned_away
        Who was let in though withdrawn or suspended, by name, or by code where the subject does not see them. Their scans are kept.
    late_undos
        Names of who stays checked in, because what took the scan back carries an earlier time than the scan.
    doubtful
        What was not taken, and waits for somebody to correct or drop it.
    """

    new: int
    known: int
    unknown_codes: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    elsewhere: tuple[str, ...]
    turned_away: tuple[str, ...] = ()
    late_undos: tuple[str, ...] = ()
    doubtful: tuple[Doubt, ...] = ()

    @property
    def mistimed(self) -> tuple[Doubt, ...]:
        """What was not taken for its time."""
        return tuple(one for one in self.doubtful if one.reason in ("ahead", "early"))


def merge_bundle(*, by: Subject, edition: Edition, content: bytes, desk: str) -> Merged:
    """
    Bring in what a desk scanned without the network; the same bundle twice changes nothing.

    A scan whose time cannot be, or whose code no badge carries, holds up no other one: it is not taken, and told. Scans that
    people dropped at the desk stand in the record.

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
    require_desk(by, edition)
    bundle = parse_bundle(content, source=str(_("The bundle")))
    with acting_as_system("find whose badge was scanned"):
        # Who was withdrawn is hidden from a desk, and may stand before it with a badge all the same.
        codes = {
            code.upper(): key
            for code, key in Delegate.objects.filter(edition=edition).values_list("code", "pk")
        }
    desk, bundle = without_unseen(desk), _without_unseen(bundle)
    marks, doubtful = _sort_out(bundle, codes, desk, edition)
    told_desk = _unmarked(desk or bundle.desk)
    merged = merge_scans(by=by, edition=edition, marks=marks, names={}, desk=told_desk)
    _record_dropped(edition, bundle.dropped, told_desk)
    unknown = {one.code for one in doubtful if one.reason == "unknown"}
    return replace(merged, unknown_codes=tuple(sorted(unknown)), doubtful=tuple(doubtful))


def _without_unseen(bundle: BundleRecord) -> BundleRecord:
    """Return a bundle without the characters that nobody sees, which no form lets in either."""

    def cleaned(one: ScanRecord) -> ScanRecord:
        return one.model_copy(
            update={"code": without_unseen(one.code), "desk": without_unseen(one.desk)}
        )

    return bundle.model_copy(
        update={
            "desk": without_unseen(bundle.desk),
            "scans": [cleaned(one) for one in bundle.scans],
            "dropped": [cleaned(one) for one in bundle.dropped],
        }
    )


def _unmarked(text: str) -> str:
    """Return a text for the record, which takes nothing that is marked."""
    return str(_("(marked)")) if marking_in(text) else text


def _sort_out(
    bundle: BundleRecord, codes: Mapping[str, UUID], desk: str, edition: Edition
) -> tuple[list[Mark], list[Doubt]]:
    """Return the scans that can be, and those that cannot."""
    first, last = possible_times(edition)
    marks: list[Mark] = []
    doubtful: list[Doubt] = []
    for one in bundle.scans:
        delegate_id = codes.get(one.code.strip().upper())
        named = one.desk or bundle.desk or desk
        reason = "marked" if marking_in(named) else _doubt(one, delegate_id, first, last)
        if reason is not None or delegate_id is None:
            told = reason or "unknown"
            doubtful.append(Doubt(id=one.id, code=_unmarked(one.code), at=one.moment, reason=told))
            continue
        marks.append(
            Mark(
                at=one.moment,
                # A name inside this edition: what another edition's desks drew can neither collide nor show.
                id=uuid5(edition.pk, one.id.hex),
                delegate_id=delegate_id,
                kind=one.kind,
                desk=named,
            )
        )
    return marks, doubtful


def _doubt(
    one: ScanRecord, delegate_id: UUID | None, first: dt.datetime, last: dt.datetime
) -> Reason | None:
    if one.moment > last:
        return "ahead"
    if one.moment < first:
        return "early"
    return "unknown" if delegate_id is None else None


def _record_dropped(edition: Edition, dropped: Collection[ScanRecord], desk: str) -> None:
    if dropped:
        told = [f"{_unmarked(one.code)} {one.kind} {one.moment.isoformat()}" for one in dropped]
        record(
            "check_in.dropped",
            None,
            edition_id=edition.pk,
            desk=desk,
            count=len(told),
            scans=", ".join(told[:TOLD]),
        )


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
    require_desk(by, edition)
    before = {mark.id: mark for mark in known_marks(edition)}
    given = {mark.id: names.get(mark.id, "") for mark in marks}
    marks, conflicts = _tell_apart(before, marks)
    fresh = [mark for key, mark in merge(marks)[0].items() if key not in before]
    own_name = name_of(by)
    # A bundle says by name alone who scanned at its desk.
    rows = [
        row_of(
            edition,
            mark,
            given.get(mark.id) or own_name,
            by_id=None if given.get(mark.id) else by.person_id,
            is_merged=True,
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
    seen = Delegate.objects.in_bulk([mark.delegate_id for mark in fresh])
    return Merged(
        new=len(rows),
        known=len(marks) - len(rows),
        unknown_codes=(),
        conflicts=conflicts,
        elsewhere=_elsewhere(edition, seen.values()),
        turned_away=_let_in_wrongly(edition, fresh, seen, desk),
        late_undos=_late_undos(before.values(), fresh, seen),
    )


def _elsewhere(edition: Edition, delegates: Collection[Delegate]) -> tuple[str, ...]:
    """Return the names of those who are here by the scans of more than one desk."""
    named = {one.pk: one.badge_name for one in delegates}
    here = presences(known_marks(edition, delegates)) if named else {}
    return tuple(sorted(named[key] for key, found in here.items() if len(found.desks) > 1))


def _let_in_wrongly(
    edition: Edition, fresh: Iterable[Mark], seen: Mapping[UUID, Delegate], desk: str
) -> tuple[str, ...]:
    """Return who was scanned in though the doors turn them away, and put each into the record."""
    scanned = {mark.delegate_id for mark in fresh if mark.kind == "in"}
    with acting_as_system("find whose badge was scanned"):
        away = turned_away(edition.pk, scanned) if scanned else {}
        found = list(Delegate.objects.filter(pk__in=away)) if away else []
    for one in found:
        record(
            "check_in.turned_away", one, edition_id=edition.pk, desk=desk, why=away[one.pk].value
        )
    return tuple(sorted(one.badge_name if one.pk in seen else one.code for one in found))


def _late_undos(
    before: Iterable[Mark], fresh: Iterable[Mark], seen: Mapping[UUID, Delegate]
) -> tuple[str, ...]:
    """Return whom a desk took back and who stays checked in, by a scan that was known before and carries a later time."""
    newest: dict[UUID, Mark] = {}
    for mark in sorted(before):
        newest[mark.delegate_id] = mark
    told = set()
    for mark in fresh:
        last = newest.get(mark.delegate_id)
        if mark.kind == "undo" and last is not None and last.kind == "in" and last > mark:
            told.add(mark.delegate_id)
    return tuple(sorted(seen[key].badge_name for key in told if key in seen))


def _tell_apart(
    before: Mapping[UUID, Mark], marks: list[Mark]
) -> tuple[list[Mark], tuple[Conflict, ...]]:
    """Return the marks so that no two of different content share an identifier, and the conflicts found."""
    _together, conflicts = merge(before.values(), marks)
    doubted = {conflict.id for conflict in conflicts}
    held = {key: before[key] for key in doubted if key in before}

    def own_or_shared(mark: Mark) -> Mark:
        # Neither of two scans under one identifier is lost: the first keeps it, so that a third is told as well, and
        # each other goes on under a name made of what it says.
        own = _own_id(mark)
        is_first = own not in before and held.setdefault(mark.id, mark).content == mark.content
        return mark if is_first else replace(mark, id=own)

    apart = [own_or_shared(mark) if mark.id in doubted else mark for mark in sorted(marks)]
    return apart, conflicts


def _own_id(mark: Mark) -> UUID:
    return uuid5(mark.id, f"{mark.at.isoformat()} {mark.delegate_id} {mark.kind}")
