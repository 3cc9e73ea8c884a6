"""After a meeting: did it take place, what was noted, what begins."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.cooperation import agreed, follow_up
from punte.apps.cooperation.feedback import give_feedback, wave_on
from punte.apps.cooperation.hall_marks import checked_in_by
from punte.apps.cooperation.marks import outcome_of
from punte.apps.cooperation.models import (
    Commitment,
    Cooperation,
    Feedback,
    MeetingMark,
    MeetingNote,
    MeetingTask,
    NextMeeting,
)
from punte.apps.cooperation.permissions import may_check_in
from punte.apps.cooperation.promises import who_can_be_reminded
from punte.apps.forum.queries import Face, faces
from punte.apps.meetings.about import listings_about
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.programmes.queries import open_milestones
from punte.kernel.errors import PunteError
from punte.web.cooperation.chain import chains_through
from punte.web.cooperation.commitments import promise_from
from punte.web.cooperation.frame import NOBODY, day_from, id_from
from punte.web.delegate.contact import contact_on
from punte.web.delegate.place import Seat, take_seat
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed, typed_before


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str, request_id: UUID) -> HttpResponse:
    """Show what was said and noted of a meeting, and what began there; take a step."""
    seat = take_seat(request, slug)
    meeting = (
        MeetingRequest.objects.filter(edition=seat.edition, pk=request_id)
        .select_related("sender__organisation", "receiver__organisation", "edition")
        .first()
    )
    side = follow_up.side_of(seat.subject, meeting) if meeting else ""
    if meeting is None or not side:
        raise Http404
    if request.method == "POST":
        return _step(request, seat, meeting)
    known = faces(seat.edition.pk)
    marks = list(MeetingMark.objects.filter(request=meeting))
    return render(
        request,
        "cooperation/follow_up.html",
        seat.context(
            meeting=meeting,
            about=listings_about([meeting]).get(meeting.pk),
            sender=known.get(meeting.sender_id),
            receiver=known.get(meeting.receiver_id),
            side=side,
            outcome=outcome_of(meeting),
            marks=marks,
            mark_choices=MeetingMark.Mark.choices,
            checked_in=_checked_in(seat, meeting, known, side),
            spoken={one.side for one in marks},
            notes=list(MeetingNote.objects.filter(request_id=meeting.pk)),
            cooperations=(begun := follow_up.cooperations_from([meeting.pk])),
            chains=chains_through(begun),
            kinds=Cooperation.Kind.choices,
            may_note=side != MeetingMark.Side.DESK,
            feedback=list(Feedback.objects.filter(request_id=meeting.pk)),
            wave=Feedback.Wave(wave_on(seat.edition, timezone.localdate())).label,
            outcomes=Feedback.Outcome.choices,
            typed=typed_before(request),
            **contact_on(meeting, seat),
            **(_agreed(seat, meeting, known) if side != MeetingMark.Side.DESK else {}),
        ),
    )


def _checked_in(
    seat: Seat, meeting: MeetingRequest, known: Mapping[UUID, Face], side: str
) -> list[tuple[Face, dt.datetime | None]]:
    """Return to a desk when each side was checked in; to the sides nothing, as the scans are the desks'."""
    if side != MeetingMark.Side.DESK and not may_check_in(seat.subject, seat.edition.pk):
        return []
    return [(known[key], at) for key, at in checked_in_by(meeting).items() if key in known]


def _agreed(seat: Seat, meeting: MeetingRequest, known: Mapping[UUID, Face]) -> dict[str, Any]:
    """Return what was agreed and promised at a meeting, and what the forms for more of it begin with."""
    names = ", ".join(
        known[key].organisation for key in (meeting.sender_id, meeting.receiver_id) if key in known
    )
    published = Meeting.objects.filter(
        request=meeting, version__state=TimetableVersion.State.PUBLISHED
    )
    met = published.select_related("slot").first()
    return {
        "tasks": agreed.tasks_of([meeting.pk]),
        "next_meeting": NextMeeting.objects.filter(request_id=meeting.pk).first(),
        "commitments": list(Commitment.objects.filter(request_id=meeting.pk)),
        "milestones": open_milestones(),
        "reminded": who_can_be_reminded(seat.subject, request_id=meeting.pk),
        "owners": MeetingTask.Side.choices,
        "today": timezone.localdate(),
        "occasion": f"{seat.edition.name}: {names}"[:200],
        "promised_on": met.slot.starts_at.astimezone(seat.edition.zone).date() if met else None,
    }


Deed = Callable[[Seat, MeetingRequest, QueryDict], None]


def _feedback(seat: Seat, meeting: MeetingRequest, data: QueryDict) -> None:
    give_feedback(
        by=seat.subject,
        request=meeting,
        outcome=data.get("outcome", ""),
        worth=_worth(data.get("worth", "")),
        text=data.get("text", ""),
    )


def _note(seat: Seat, meeting: MeetingRequest, data: QueryDict) -> None:
    follow_up.write_note(
        by=seat.subject,
        request=meeting,
        text=data.get("text", ""),
        is_shared="is_shared" in data,
    )


def _agree(seat: Seat, meeting: MeetingRequest, data: QueryDict) -> None:
    agreed.agree_at(
        by=seat.subject,
        request=meeting,
        text=data.get("text", ""),
        side=data.get("side", ""),
        who=data.get("who", ""),
        due_on=day_from(data.get("due_on", "")),
    )


def _finish(seat: Seat, meeting: MeetingRequest, data: QueryDict) -> None:
    task = MeetingTask.objects.filter(
        request_id=meeting.pk, pk=id_from(data.get("task", "")) or NOBODY
    ).first()
    if task is None:
        raise PunteError(_("There is no such action."))
    agreed.finish_agreed(by=seat.subject, task=task)


def _next(seat: Seat, meeting: MeetingRequest, data: QueryDict) -> None:
    agreed.meet_again(
        by=seat.subject,
        request=meeting,
        day=day_from(data.get("next_on", "")),
        place=data.get("place", ""),
    )


def _promise(seat: Seat, meeting: MeetingRequest, data: QueryDict) -> None:
    agreed.promise_at(
        by=seat.subject, request=meeting, is_shared="is_shared" in data, promise=promise_from(data)
    )


def _mark(seat: Seat, meeting: MeetingRequest, data: QueryDict) -> None:
    follow_up.mark_meeting(by=seat.subject, request=meeting, mark=data.get("mark", ""))


DEEDS: Final[Mapping[str, Deed]] = {
    "": _mark,
    "mark": _mark,
    "feedback": _feedback,
    "note": _note,
    "agree": _agree,
    "finish": _finish,
    "next": _next,
    "promise": _promise,
}


def _step(request: HttpRequest, seat: Seat, meeting: MeetingRequest) -> HttpResponse:
    deed, data = request.POST.get("do", ""), request.POST
    is_before = data.get("back") == "request"
    back = f"{seat.address}{'requests' if is_before else 'follow-up'}/{meeting.pk}/"
    try:
        if deed == "begin":
            made = follow_up.begin_cooperation(
                by=seat.subject,
                request=meeting,
                name=data.get("name", ""),
                about=data.get("about", ""),
                kind=data.get("kind", ""),
            )
            messages.success(request, _("Begun. Both of you keep it from now on."))
            return redirect("cooperation", cooperation_id=made.pk)
        if deed not in DEEDS:
            raise Http404
        DEEDS[deed](seat, meeting, data)
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, page=back, form=deed)
    else:
        if DEEDS[deed] is not _mark:
            messages.success(request, _("Kept."))
    return redirect(f"{back}#notes" if is_before else back)


def _worth(text: str) -> int:
    """Return the number that a field holds, 0 where it is none from 1 to 5."""
    return int(text) if text in {"1", "2", "3", "4", "5"} else 0
