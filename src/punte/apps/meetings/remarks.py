"""Remarks of delegates on the meetings of a timetable that is shown as preliminary: one each, until its moment passes."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.access.texts import one_line
from punte.apps.forum.models import Delegate, Edition, Place, Slot
from punte.apps.forum.queries import Face, delegate_of, faces
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.models import Meeting, MeetingRemark, MeetingRequest
from punte.apps.meetings.permissions import NotAllowedError, stewards_of
from punte.apps.meetings.preliminary import Preliminary, preliminary_of
from punte.kernel.errors import ChangedMeanwhileError

MOST_TEXT: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkLine:
    """
    A remark as the organisers read it beside a version.

    Parameters
    ----------
    shown_number
        Of the version that it was written on.
    slot
        The time that it is about.
    now
        Where the version looked at holds the meeting; ``None`` where it does not.
    """

    remark: MeetingRemark
    request_code: str
    sender: Face | None
    receiver: Face | None
    by: Face | None
    shown_number: int
    slot: Slot
    now: tuple[Slot, Place] | None

    @property
    def is_moved(self) -> bool:
        """Whether the version looked at holds the meeting at another time than the one remarked on, or not at all."""
        return self.now is None or self.now[0].pk != self.slot.pk


def leave_remark(
    *, by: Subject, request_id: UUID, text: str, read_revision: int
) -> MeetingRemark | None:
    """
    Say what does not suit oneself about the time that the timetable shown now gives to a meeting; an empty text takes it back.

    Parameters
    ----------
    read_revision
        Of one's remark as it was read; 0 where there was none.

    Raises
    ------
    NotThereError
        There is no such request for the subject.
    NotAllowedError
        The subject takes no part in it, or no preliminary timetable holds it now.
    ChangedMeanwhileError
        It was changed since, as in another window.
    PunteError
        It is too long, or carries a marking.
    """
    request = MeetingRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise NotThereError(_("There is no such request. Look at the list of your requests."))
    with acting_as_system("leave a remark on a preliminary timetable"):
        # Publishing, showing and hiding hold the edition too: no remark slips in behind them.
        Edition.objects.select_for_update(no_key=True).get(pk=request.edition_id)
    me = delegate_of(by, request.edition_id)
    shown = preliminary_of(request, me)
    if me is None or shown is None or not by.may_write or by.is_denied:
        raise NotAllowedError(
            _(
                "No preliminary timetable with this meeting of yours is open for remarks. Write to the organisers."
            )
        )
    text = one_line(text, MOST_TEXT)
    refuse_classified(_("Remark"), [(_("remark"), text)])
    _require_read(shown, read_revision)
    kept = _keep(shown, me, text)
    record(
        "timetable.remark" if text else "timetable.remark_taken_back",
        request,
        edition_id=request.edition_id,
    )
    return kept


def _require_read(shown: Preliminary, read_revision: int) -> None:
    stands = shown.remark.revision if shown.remark else 0
    if stands != read_revision:
        raise ChangedMeanwhileError(
            _(
                "Your remark was changed since you read it, as in another window. It reads: “%(text)s”"
            )
            % {"text": shown.remark.text if shown.remark else "\N{EM DASH}"}
        )


def _keep(shown: Preliminary, me: Delegate, text: str) -> MeetingRemark | None:
    remark = shown.remark
    if not text:
        if remark is not None:
            remark.delete()
        return None
    if remark is None:
        return MeetingRemark.objects.create(
            version_id=shown.meeting.version_id,
            request=shown.request,
            delegate=me,
            slot=shown.meeting.slot,
            text=text,
            owner_org_id=me.organisation_id,
            label_stewards=stewards_of(me.edition_id),
            label_releasable_to=right_groups("audit", edition_id=me.edition_id),
        )
    remark.text, remark.slot, remark.written_at = text, shown.meeting.slot, timezone.now()
    remark.revision += 1
    remark.save(update_fields=["text", "slot", "written_at", "revision"])
    return remark


def my_earlier_remarks(request: MeetingRequest, delegate: Delegate | None) -> list[MeetingRemark]:
    """Return what a delegate remarked on a request while earlier timetables were shown, the newest first."""
    if delegate is None:
        return []
    rows = MeetingRemark.objects.filter(
        request=request, delegate=delegate, closed_at__isnull=False
    ).select_related("slot")
    return list(rows.order_by("-written_at"))


def count_open_remarks(edition_id: UUID) -> int:
    """Return how many remarks of delegates wait for a timetable to be published [count]."""
    return MeetingRemark.objects.filter(version__edition=edition_id, closed_at__isnull=True).count()


def list_remarks(edition_id: UUID, version_id: UUID) -> list[RemarkLine]:
    """
    Return every remark of an edition, the open ones first, by the time they are about, each beside what a version holds.

    Parameters
    ----------
    version_id
        The version that is looked at.
    """
    remarks = list(
        MeetingRemark.objects.filter(version__edition=edition_id).select_related(
            "request", "slot", "version"
        )
    )
    if not remarks:
        return []
    held = Meeting.objects.filter(
        version=version_id, request__in=[one.request_id for one in remarks]
    ).select_related("slot", "place")
    now = {one.request_id: (one.slot, one.place) for one in held}
    known = faces(
        edition_id,
        {
            key
            for one in remarks
            for key in (one.request.sender_id, one.request.receiver_id, one.delegate_id)
        },
    )
    lines = [
        RemarkLine(
            remark=one,
            request_code=one.request.code,
            sender=known.get(one.request.sender_id),
            receiver=known.get(one.request.receiver_id),
            by=known.get(one.delegate_id),
            shown_number=one.version.number,
            slot=one.slot,
            now=now.get(one.request_id),
        )
        for one in remarks
    ]
    lines.sort(
        key=lambda one: (one.remark.closed_at is not None, one.slot.starts_at, one.request_code)
    )
    return lines
