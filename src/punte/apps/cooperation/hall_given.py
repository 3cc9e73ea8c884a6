"""What a copy in the hall gives back: what was entered there, signed, and nothing that it brought along."""

from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.hall_feedback import version_of
from punte.apps.cooperation.models import CooperationFile, Feedback, MeetingMark, MeetingNote, Scan
from punte.apps.forum.models import Edition
from punte.apps.meetings.models import ContactLine, MeetingRequest
from punte.formats.hall_copy import (
    HALL_FORMAT,
    HallFeedback,
    HallKey,
    HallMark,
    HallNote,
    HallRecord,
    HallScan,
    seal_notes,
    sign_hall,
)
from punte.kernel.errors import PunteError


def entries_of(edition_id: UUID) -> frozenset[UUID]:
    """Return which scans, marks, notes and feedback an edition has, by identifier."""
    with acting_as_system("give back what was entered in the hall"):
        requests = list(
            MeetingRequest.objects.filter(edition_id=edition_id).values_list("pk", flat=True)
        )
        return frozenset(
            [
                *Scan.objects.filter(edition_id=edition_id).values_list("pk", flat=True),
                *MeetingMark.objects.filter(request__in=requests).values_list("pk", flat=True),
                *MeetingNote.objects.filter(request_id__in=requests).values_list("pk", flat=True),
                # Feedback may be said again in its place: what was brought along is what it said then.
                *map(version_of, Feedback.objects.filter(edition_id=edition_id)),
            ]
        )


def leave_out_private(*, holder_org_id: UUID) -> int:
    """
    Leave out of a copy what others than its holder wrote for their own organisation alone; return how much [count].

    These are notes on meetings and documents of cooperations that are not shared, and every contact line: one that is taken
    back at the site would stay readable in the hall.
    """
    with acting_as_system("leave private notes out of a copy for the hall"):
        notes = MeetingNote.objects.filter(is_shared=False).exclude(owner_org_id=holder_org_id)
        files = CooperationFile.objects.filter(is_shared=False).exclude(owner_org_id=holder_org_id)
        lines = ContactLine.objects.all()
        return sum(int(rows.delete()[0]) for rows in (notes, files, lines))


def read_hall(slug: str, *, key: HallKey, brought: frozenset[UUID] = frozenset()) -> HallRecord:
    """
    Return every scan, mark, note and feedback that was entered at a copy in the hall, signed by it.

    Parameters
    ----------
    brought
        Identifiers of what the copy brought along from the site: none of it is given back.

    Raises
    ------
    PunteError
        There is no such edition.
    """
    with acting_as_system("give back what was entered in the hall"):
        edition = Edition.objects.filter(slug=slug).first()
        if edition is None:
            raise PunteError(
                _("There is no edition “%(slug)s”. Look at the address of its page: /e/<slug>/.")
                % {"slug": slug}
            )
        if edition.pk != key.edition_id:
            raise PunteError(
                _("The key of this copy is for another edition. Name the edition that it is for.")
            )
        record = _entries(edition, key, brought)
    return sign_hall(seal_notes(record, key), key)


def _entries(edition: Edition, key: HallKey, brought: frozenset[UUID]) -> HallRecord:
    requests = list(MeetingRequest.objects.filter(edition=edition).values_list("pk", flat=True))
    return HallRecord(
        format=HALL_FORMAT,
        edition_id=edition.pk,
        copy_id=key.copy_id,
        copied_at=key.made_at,
        scans=[
            HallScan(
                id=one.pk,
                delegate_id=one.delegate_id,
                kind="undo" if one.kind == Scan.Kind.UNDO else "in",
                at=one.at,
                desk=one.desk,
                by_name=one.by_name,
            )
            for one in Scan.objects.filter(edition=edition).order_by("at", "pk")
            if one.pk not in brought
        ],
        marks=[
            HallMark.model_validate({name: getattr(one, name) for name in HallMark.model_fields})
            for one in MeetingMark.objects.filter(request__in=requests).order_by("at", "pk")
            if one.pk not in brought
        ],
        notes=[
            _note_of(one)
            for one in MeetingNote.objects.filter(request_id__in=requests).order_by("at", "pk")
            if one.pk not in brought
        ],
        feedback=[
            _feedback_of(one)
            for one in Feedback.objects.filter(edition_id=edition.pk).order_by("at", "pk")
            if version_of(one) not in brought
        ],
    )


def _note_of(row: MeetingNote) -> HallNote:
    return HallNote(
        id=row.pk,
        request_id=row.request_id,
        org_id=row.owner_org_id,
        text=row.text,
        is_shared=row.is_shared,
        at=row.at,
        by_name=row.by_name,
    )


def _feedback_of(row: Feedback) -> HallFeedback:
    names = set(HallFeedback.model_fields) - {"org_id"}
    return HallFeedback.model_validate(
        {name: getattr(row, name) for name in names} | {"org_id": row.owner_org_id}
    )
