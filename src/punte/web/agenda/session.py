"""One session of the agenda: when, where, who speaks, and the way to a seat or into the queue for one."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import explain
from punte.apps.forum import agenda, session_seats
from punte.apps.forum.models import Delegate, Edition, Session
from punte.apps.forum.queries import delegate_of
from punte.apps.forum.seat_queue import is_past, place_in_queue, seats_free
from punte.apps.meetings.stage import booked_spans
from punte.kernel.errors import PunteError
from punte.web.agenda.pages import edition_or_404, frame
from punte.web.refusals import tell_refusal


def _session_or_404(edition: Edition, session_id: UUID) -> Session:
    found = agenda.released_session(edition.pk, session_id)
    if found is None:
        raise Http404
    return found


@login_not_required
@require_GET
def show_session(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    """Show one session: when, where, who speaks, why the reader sees it, and the way to a seat."""
    edition = edition_or_404(slug)
    session, subject = _session_or_404(edition, session_id), active_subject()
    me = delegate_of(subject, edition.pk)
    return render(
        request,
        "agenda/session.html",
        frame(
            request,
            edition,
            session=session,
            speakers=agenda.speakers_of(session),
            me=me,
            part=agenda.own_part(session.pk, me.pk) if me else None,
            seats_free=seats_free(session) if me else None,
            waits_at=place_in_queue(session.pk, me.pk) if me else None,
            is_past=is_past(session),
            reason=explain(subject, session).sentence if request.user.is_authenticated else "",
        ),
    )


@require_POST
def take_seat_in(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    """Sign the reader up for a session, give the seat back, wait for one, or wait no more."""
    edition = edition_or_404(slug)
    session, subject = _session_or_404(edition, session_id), active_subject()
    me = delegate_of(subject, edition.pk)
    if me is None:
        raise Http404
    try:
        _take_step(request, subject, session, me)
    except PunteError as error:
        tell_refusal(request, error)
    return redirect("agenda_session", slug=slug, session_id=session_id)


def _take_step(request: HttpRequest, by: Subject, session: Session, me: Delegate) -> None:
    do, booked = request.POST.get("do"), partial(booked_spans, me.edition_id)
    if do == "leave":
        if session_seats.leave(by=by, session=session, delegate=me, booked=booked):
            messages.success(request, _("Your seat is free again."))
        else:
            messages.info(request, _("You had no seat in this session. Nothing changed."))
    elif do == "wait":
        place = session_seats.wait_for_seat(by=by, session=session, delegate=me, booked=booked)
        messages.success(request, _("You are number %(place)d in the queue.") % {"place": place})
    elif do == "stop":
        if session_seats.wait_no_more(by=by, session=session, delegate=me):
            messages.success(request, _("You left the queue."))
        else:
            messages.info(request, _("You were not in the queue. Look whether you have a seat."))
    else:
        session_seats.sign_up(by=by, session=session, delegate=me, booked=booked)
        messages.success(request, _("You have a seat. No meeting is booked for you meanwhile."))
