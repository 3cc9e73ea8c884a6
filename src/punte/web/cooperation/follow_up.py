"""After a meeting: did it take place, what was noted, what begins."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.cooperation import follow_up
from punte.apps.cooperation.feedback import give_feedback, wave_on
from punte.apps.cooperation.models import Cooperation, Feedback, MeetingMark, MeetingNote
from punte.apps.forum.queries import faces
from punte.apps.meetings.models import MeetingRequest
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import say
from punte.web.delegate.place import Seat, take_seat
from punte.web.typed import keep_typed, typed_before


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str, request_id: UUID) -> HttpResponse:
    """Show what was said and noted of a meeting, and what began there; take a step."""
    from django.shortcuts import render

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
    return render(
        request,
        "cooperation/follow_up.html",
        seat.context(
            meeting=meeting,
            sender=known.get(meeting.sender_id),
            receiver=known.get(meeting.receiver_id),
            side=side,
            outcome=follow_up.outcome_of(meeting),
            marks=list(MeetingMark.objects.filter(request=meeting)),
            mark_choices=MeetingMark.Mark.choices,
            notes=list(MeetingNote.objects.filter(request_id=meeting.pk)),
            cooperations=follow_up.cooperations_from([meeting.pk]),
            kinds=Cooperation.Kind.choices,
            may_note=side != MeetingMark.Side.DESK,
            feedback=list(Feedback.objects.filter(request_id=meeting.pk)),
            wave=Feedback.Wave(wave_on(seat.edition, timezone.localdate())).label,
            outcomes=Feedback.Outcome.choices,
            typed=typed_before(request),
        ),
    )


def _step(request: HttpRequest, seat: Seat, meeting: MeetingRequest) -> HttpResponse:
    deed, data = request.POST.get("do", ""), request.POST
    back = f"{seat.address}follow-up/{meeting.pk}/"
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
        if deed == "feedback":
            give_feedback(
                by=seat.subject,
                request=meeting,
                outcome=data.get("outcome", ""),
                worth=_worth(data.get("worth", "")),
                text=data.get("text", ""),
            )
            messages.success(request, _("Kept."))
        elif deed == "note":
            follow_up.write_note(
                by=seat.subject,
                request=meeting,
                text=data.get("text", ""),
                is_shared="is_shared" in data,
            )
        else:
            follow_up.mark_meeting(by=seat.subject, request=meeting, mark=data.get("mark", ""))
    except PunteError as error:
        say(request, error)
        keep_typed(request, page=back, form=deed)
    return redirect(back)


def _worth(text: str) -> int:
    """Return the number that a field holds, 0 where it is none from 1 to 5."""
    return int(text) if text in {"1", "2", "3", "4", "5"} else 0
