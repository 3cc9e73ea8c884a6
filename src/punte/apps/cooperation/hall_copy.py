"""
A copy of the site in the hall, without a network: what was entered there comes back, and nothing of it counts twice.

Scans, marks of meetings and notes are only ever added, each under an identifier of its own. So the truth of both
places is the union of both; two different contents under one identifier are both kept, and shown. Of feedback, which
a side may say again, the newest word counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.bundles import Merged, merge_scans
from punte.apps.cooperation.hall_entries import Brought, sides_of, why_marked, why_older
from punte.apps.cooperation.hall_feedback import merge_feedback
from punte.apps.cooperation.hall_keys import open_file
from punte.apps.cooperation.marks import said_together
from punte.apps.cooperation.models import Feedback, MeetingMark, MeetingNote, Scan
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.scan_times import possible_times
from punte.apps.cooperation.scans import Mark
from punte.apps.forum.models import Edition
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.permissions import may_organise
from punte.formats.hall_copy import (
    HallMark,
    HallNote,
    HallRecord,
    HallScan,
    parse_hall,
)
from punte.kernel.characters import without_unseen
from punte.kernel.errors import PunteError
from punte.kernel.markings import marking_in

Side = MeetingMark.Side
MOST_NOTE: Final = 4_000
"""Characters of a note [count]."""
Entry = TypeVar("Entry", HallMark, HallNote)


@dataclass(frozen=True, slots=True, kw_only=True)
class HallMerged:
    """
    What a file of the hall brought.

    Parameters
    ----------
    lost_scans
        Scans of delegates that this site does not have [count]; they were not taken.
    contradictions
        Codes of the meetings of which the same side said one thing in the hall and another at the site meanwhile; the
        later word counts.
    disputed
        Codes of the meetings, among those of which something new was said, whose two sides disagree now.
    mistimed
        New entries whose times cannot be, by their place in the file and their moment; they were not taken.
    marked
        New scans at a desk whose name carries a marking, by their place in the file; they were not taken.
    """

    scans: Merged
    lost_scans: int
    marks: Brought
    notes: Brought
    feedback: Brought
    contradictions: tuple[str, ...]
    disputed: tuple[str, ...]
    mistimed: tuple[str, ...]
    marked: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nobody has to look at anything."""
        parts = (self.marks, self.notes, self.feedback)
        return not (
            self.scans.conflicts
            or self.scans.turned_away
            or self.lost_scans
            or self.mistimed
            or self.marked
            or self.contradictions
            or any(part.conflicts or part.refused for part in parts)
        )


def merge_hall(*, by: Subject, edition: Edition, content: bytes, source: str) -> HallMerged:
    """
    Bring in what was entered in the hall; the same file twice changes nothing.

    Parameters
    ----------
    content
        ``punte.hall/4``, as :mod:`punte.formats.hall_copy` reads it.

    Raises
    ------
    NotPartOfItError
        The subject does not organise the edition.
    InvalidInputError
        The file cannot be read; nothing of it is kept.
    PunteError
        It is of another edition, not signed by a copy of this site, or the copy was revoked or has ended; nothing of it is
        kept.
    """
    if not may_organise(by, edition.pk):
        raise NotPartOfItError(_("Only organisers bring in what was entered in the hall."))
    found = parse_hall(content, source=source)
    if found.edition_id != edition.pk:
        raise PunteError(_("The file is of another edition. Name the edition that it is of."))
    with transaction.atomic():
        found = open_file(found)
    with acting_as_system("bring in what was entered in the hall"):
        found, mistimed = _without_mistimed(found, edition)
        found, marked = _without_marked(found)
    scans, lost = _merge_scans(by, edition, found.scans)
    with acting_as_system("bring in what was entered in the hall"):
        requests = MeetingRequest.objects.filter(edition=edition).select_related(
            "sender", "receiver"
        )
        known = {one.pk: one for one in requests}
        contradictions = _contradictions(found.marks, known)
        marks = _merge_marks(found, known)
        notes = _merge_notes(found, known)
        feedback, differing = merge_feedback(found, edition, known)
        disputed = _disputed({one.request_id for one in found.marks}, known) if marks.new else ()
    new = {"scans": scans.new, "marks": marks.new, "notes": notes.new, "feedback": feedback.new}
    record("hall.merged", edition, edition_id=edition.pk, **new)
    return HallMerged(
        scans=scans,
        lost_scans=lost,
        marks=marks,
        notes=notes,
        feedback=feedback,
        contradictions=tuple(sorted({*contradictions, *differing})),
        disputed=disputed,
        mistimed=mistimed,
        marked=marked,
    )


def _without_mistimed(found: HallRecord, edition: Edition) -> tuple[HallRecord, tuple[str, ...]]:
    """Return the file without the new entries whose times cannot be, and where each of those stands in it."""
    first, last = possible_times(edition)
    parts = (
        ("scans", Scan),
        ("marks", MeetingMark),
        ("notes", MeetingNote),
        ("feedback", Feedback),
    )
    kept: dict[str, list[Any]] = {part: [] for part, _model in parts}
    mistimed: list[str] = []
    for part, model in parts:
        entries = getattr(found, part)
        there = set(
            model.objects.filter(pk__in=[one.id for one in entries]).values_list("pk", flat=True)
        )
        for idx, one in enumerate(entries):
            if first <= one.at <= last or one.id in there:
                kept[part].append(one)
            else:
                mistimed.append(f"{part}[{idx}].at {one.at.isoformat()}")
    return found.model_copy(update=kept), tuple(mistimed)


def _without_marked(found: HallRecord) -> tuple[HallRecord, tuple[str, ...]]:
    """Return the file without the new scans of desks that are named with a marking, and where each of those stands in it."""
    suspect = {one.id for one in found.scans if marking_in(one.desk)}
    there = set(Scan.objects.filter(pk__in=suspect).values_list("pk", flat=True))
    refused = suspect - there
    marked = tuple(
        f"scans[{idx}].desk {one.at.isoformat()}"
        for idx, one in enumerate(found.scans)
        if one.id in refused
    )
    kept = [one for one in found.scans if one.id not in refused]
    return found.model_copy(update={"scans": kept}), marked


def _merge_scans(by: Subject, edition: Edition, found: list[HallScan]) -> tuple[Merged, int]:
    there = set(edition.delegates.values_list("pk", flat=True))
    kept = [one for one in found if one.delegate_id in there]
    marks = [
        Mark(
            at=one.at,
            id=one.id,
            delegate_id=one.delegate_id,
            kind=one.kind,
            desk=without_unseen(one.desk),
        )
        for one in kept
    ]
    names = {one.id: without_unseen(one.by_name) for one in kept}
    merged = merge_scans(by=by, edition=edition, marks=marks, names=names, desk=str(_("the hall")))
    return merged, len(found) - len(kept)


def _merge_marks(found: HallRecord, requests: dict[UUID, MeetingRequest]) -> Brought:
    def reason(one: HallMark) -> str:
        accepted = requests[one.request_id].state == MeetingRequest.State.ACCEPTED
        return why_older(one, found) if accepted else _("both sides have not agreed to it")

    before = {
        one.pk: (one.request_id, one.side, one.mark, one.at)
        for one in MeetingMark.objects.filter(request__in=requests)
    }
    told, fresh = _sort_out(
        found.marks,
        requests,
        reason,
        before,
        lambda one: (one.request_id, one.side, one.mark, one.at),
    )
    MeetingMark.objects.bulk_create(
        [
            MeetingMark(
                id=key,
                request=requests[one.request_id],
                side=one.side,
                mark=one.mark,
                by_name=without_unseen(one.by_name),
                at=one.at,
            )
            for key, one in fresh
        ],
        batch_size=1000,
    )
    return told


def _merge_notes(found: HallRecord, requests: dict[UUID, MeetingRequest]) -> Brought:
    def reason(one: HallNote) -> str:
        if not one.text.strip():
            return _("the note is empty")
        if len(one.text) > MOST_NOTE:
            return _("the note has more than %(most)d characters") % {"most": MOST_NOTE}
        if one.org_id not in sides_of(requests[one.request_id]):
            return _("its writer is on neither side")
        return why_marked(_("Note"), one.text) or why_older(one, found)

    before = {
        one.pk: (one.request_id, one.owner_org_id, one.text, one.is_shared, one.at)
        for one in MeetingNote.objects.filter(request_id__in=requests)
    }
    told, fresh = _sort_out(
        found.notes,
        requests,
        reason,
        before,
        lambda one: (one.request_id, one.org_id, one.text, one.is_shared, one.at),
    )
    MeetingNote.objects.bulk_create(
        [_note_row(key, one, sides_of(requests[one.request_id])) for key, one in fresh],
        batch_size=1000,
    )
    return told


def _note_row(key: UUID, one: HallNote, sides: set[UUID]) -> MeetingNote:
    """Return a note whose readers this site decides: its writer's organisation and, where it is shared, the other one."""
    return MeetingNote(
        id=key,
        request_id=one.request_id,
        text=one.text,
        is_shared=one.is_shared,
        by_name=without_unseen(one.by_name),
        at=one.at,
        owner_org_id=one.org_id,
        label_releasable_to=[f"org:{other}" for other in sides - {one.org_id} if one.is_shared],
    )


def _sort_out(
    found: Iterable[Entry],
    requests: dict[UUID, MeetingRequest],
    reason: Callable[[Entry], str],
    before: Mapping[UUID, tuple[object, ...]],
    content: Callable[[Entry], tuple[object, ...]],
) -> tuple[Brought, list[tuple[UUID, Entry]]]:
    """Return what the entries bring, and those to keep with the identifier of each."""
    told, fresh = Brought(), dict[UUID, Entry]()
    there = dict(before)
    for one in found:
        request = requests.get(one.request_id)
        why = _("this site does not have the meeting") if request is None else reason(one)
        if request is None or why:
            told.refused.append(f"{request.code if request else one.request_id}: {why}")
            continue
        key, said = one.id, content(one)
        if there.setdefault(key, said) != said:
            # Neither of two entries under one identifier is lost: this one goes on under a name made of what it says.
            key = uuid5(key, repr(said))
            told.conflicts.append(request.code)
            there.setdefault(key, said)
        if key in before or key in fresh:
            told.known += 1
            continue
        fresh[key] = one
        told.new += 1
    return told, list(fresh.items())


def _contradictions(
    found: Iterable[HallMark], requests: dict[UUID, MeetingRequest]
) -> tuple[str, ...]:
    """Return of which meetings a side said something else at the site, after the copy was made, than in the hall."""
    found = list(found)
    in_hall, at_site = _newest(found), {one.id for one in found}
    meanwhile = _newest(MeetingMark.objects.filter(request__in=requests).exclude(pk__in=at_site))
    there = set(
        MeetingMark.objects.filter(request__in=requests, pk__in=at_site).values_list(
            "pk", flat=True
        )
    )
    fresh = {(one.request_id, str(one.side)) for one in found if one.id not in there}
    return tuple(
        sorted(
            {
                requests[key[0]].code
                for key in fresh & set(meanwhile)
                if in_hall[key] != meanwhile[key]
            }
        )
    )


def _newest(marks: Iterable[HallMark | MeetingMark]) -> dict[tuple[UUID, str], str]:
    ordered = sorted(marks, key=lambda one: (one.at, str(one.id)))
    return {(one.request_id, str(one.side)): str(one.mark) for one in ordered}


def _disputed(request_ids: Iterable[UUID], requests: dict[UUID, MeetingRequest]) -> tuple[str, ...]:
    sides: dict[UUID, dict[str, str]] = defaultdict(dict)
    for key, mark in _newest(MeetingMark.objects.filter(request__in=request_ids)).items():
        sides[key[0]][key[1]] = mark
    return tuple(
        sorted(
            requests[key].code for key, said in sides.items() if said_together(said) == "disputed"
        )
    )
