"""A delegate's requests, in and out, and each step that can be taken with one."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.models import Tlp
from punte.apps.forum.models import Delegate
from punte.apps.forum.queries import Face, faces
from punte.apps.market.models import Listing
from punte.apps.meetings import asking, booking, remarks
from punte.apps.meetings.about import listings_about
from punte.apps.meetings.may_ask import quota_of
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.own import requests_of
from punte.apps.meetings.permissions import may_organise
from punte.apps.meetings.preliminary import preliminary_of
from punte.apps.meetings.queries import published_version
from punte.apps.meetings.unless_declined import may_still_decline
from punte.kernel.errors import PunteError
from punte.web.cooperation.chain import chains_through, cooperations_of
from punte.web.delegate.disclosing import disclose
from punte.web.delegate.notes import beside
from punte.web.delegate.people import ranks
from punte.web.delegate.place import Seat, take_seat
from punte.web.delegate.second_pair import chosen_colleagues, comes_along, mark_alone, name_second
from punte.web.delegate.views import preliminary_row
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, minute_in, table_response
from punte.web.typed import keep_typed, revision_read, typed_before

State = MeetingRequest.State
MOST_MATES: Final = 50
"""So many colleagues are offered, as where the request is written."""


@require_GET
def show_requests(request: HttpRequest, slug: str) -> HttpResponse:
    """List the requests of the reader's organisation: waiting for an answer first, then sent, then the others."""
    seat = take_seat(request, slug)
    me = seat.me
    rows = list(requests_of(me, is_own=False).order_by("rank", "-sent_at", "code"))
    known = faces(seat.edition.pk)
    times = _times(seat, rows)
    mine = request.GET.get("whose", "mine") != "all"
    about = listings_about(rows)
    lines = [_line(row, me, known, times, about) for row in rows]
    lines = [line for line in lines if line["is_mine"] or not mine]
    mark_alone(lines, rows, seat, known)
    if ending := asked_ending(request):
        return _file(ending, seat, lines)
    return render(
        request,
        "delegate/requests.html",
        seat.context(
            mine=mine,
            groups=[
                (title, hint, [line for line in lines if fits(line)])
                for title, hint, fits in GROUPS
            ],
            total=len(lines),
            quota=quota_of(me),
        ),
    )


Line = Mapping[str, Any]
GROUPS: Final[list[tuple[object, object, Callable[[Line], bool]]]] = [
    (
        gettext_lazy("Waiting for your answer"),
        gettext_lazy("A request holds no time until you accept it."),
        lambda line: not line["is_sent"] and line["state"] == State.PENDING,
    ),
    (
        gettext_lazy("Sent by you, waiting"),
        gettext_lazy("You can change or withdraw them, and remind the other side once a week."),
        lambda line: line["is_sent"] and line["state"] == State.PENDING,
    ),
    (
        pgettext_lazy("several", "Accepted"),
        gettext_lazy("The timetable finds a time; after publication you can choose a free one."),
        lambda line: line["state"] == State.ACCEPTED,
    ),
    (
        gettext_lazy("Declined or withdrawn"),
        gettext_lazy("They no longer count against your quota."),
        lambda line: line["state"] in {State.DECLINED, State.WITHDRAWN},
    ),
]


def _line(
    row: MeetingRequest,
    me: Delegate,
    known: Mapping[UUID, Face],
    times: Mapping[UUID, Meeting],
    about: Mapping[UUID, Listing],
) -> dict[str, Any]:
    sender, receiver = known.get(row.sender_id), known.get(row.receiver_id)
    is_sent = bool(sender and sender.organisation_id == me.organisation_id)
    own, other = (sender, receiver) if is_sent else (receiver, sender)
    return {
        "id": row.pk,
        "code": row.code,
        "other": other,
        "own": own,
        "is_sent": is_sent,
        "is_mine": me.pk in {row.sender_id, row.receiver_id},
        "state": row.state,
        "label": row.get_state_display(),
        "reason": row.reason,
        "until": row.accepted_unless_by if row.state == State.PENDING else None,
        "answer": row.answer,
        "rank": row.rank,
        "revision": row.revision,
        "meeting": times.get(row.pk),
        "about": about.get(row.pk),
    }


def _file(ending: str, seat: Seat, lines: list[dict[str, Any]]) -> HttpResponse:
    columns = [
        _("Request"),
        _("Direction"),
        _("Our side"),
        _("The other side"),
        _("Organisation"),
        _("State"),
        _("Rank"),
        _("Reason"),
        _("Answer"),
        _("About"),
        _("Begins"),
        _("Place"),
    ]
    rows = []
    for line in lines:
        own, other, meeting, about = (line[key] for key in ("own", "other", "meeting", "about"))
        rows.append(
            [
                line["code"],
                _("sent") if line["is_sent"] else _("received"),
                own.name if own else "",
                other.name if other else "",
                other.organisation if other else "",
                line["label"],
                line["rank"] if line["is_sent"] else "",
                line["reason"],
                line["answer"],
                about.title if about else "",
                minute_in(seat.edition.zone, meeting.slot.starts_at) if meeting else "",
                str(meeting.place.said["name"]) if meeting else "",
            ]
        )
    name = f"{seat.edition.slug}-requests"
    return table_response(name, columns, rows, ending=ending, marking=Tlp.AMBER)


def _times(seat: Seat, rows: list[MeetingRequest]) -> dict[UUID, Meeting]:
    version = TimetableVersion.objects.filter(
        edition=seat.edition, state=TimetableVersion.State.PUBLISHED
    ).first()
    if version is None:
        return {}
    return {
        meeting.request_id: meeting
        for meeting in Meeting.objects.filter(version=version, request__in=[row.pk for row in rows])
        .select_related("slot", "place")
        .prefetch_related("place__wordings")
    }


@require_GET
def show_request(request: HttpRequest, slug: str, request_id: UUID) -> HttpResponse:
    """Show one request with everything that can be done with it."""
    seat = take_seat(request, slug)
    row = MeetingRequest.objects.filter(edition=seat.edition, pk=request_id).first()
    known = faces(seat.edition.pk)
    if row is None or row.sender_id not in known or row.receiver_id not in known:
        raise Http404
    sender, receiver = known[row.sender_id], known[row.receiver_id]
    org_id = seat.subject.org_id
    organises = may_organise(seat.subject, seat.edition.pk)
    is_sender, is_receiver = sender.organisation_id == org_id, receiver.organisation_id == org_id
    is_party, is_agreed = is_sender or is_receiver or organises, row.state == State.ACCEPTED
    if not (is_party or comes_along(row, seat)):
        raise Http404
    meeting = _times(seat, [row]).get(row.pk)
    is_open = row.state in {State.PENDING, State.ACCEPTED}
    own = sender if is_sender else receiver
    return render(
        request,
        "delegate/request.html",
        seat.context(
            row=row,
            sender=sender,
            receiver=receiver,
            meeting=meeting,
            colleagues=[known[pk] for pk in row.colleagues if pk in known],
            **_answers(row, meeting, is_theirs=is_receiver or organises, is_party=is_party),
            may_edit=(is_sender or organises) and is_open,
            mates=_mates(row, sender, known),
            may_nudge=is_sender and row.state == State.PENDING,
            may_call_off=is_party and is_open and (is_sender or organises or is_agreed),
            must_say_why=not is_sender,
            may_rank=organises,
            priority_revision=asking.priority_revision(row) if organises else 0,
            is_published=published_version(seat.edition.pk) is not None,
            stand_ins=_colleagues(own, known) if is_open and (is_sender or is_receiver) else [],
            ranks=ranks(),
            **_in_chain(row) | _in_preliminary(row, seat, sender, receiver) | beside(row, seat),
            typed=typed_before(request),
        ),
    )


def _answers(
    row: MeetingRequest, meeting: Meeting | None, *, is_theirs: bool, is_party: bool
) -> dict[str, Any]:
    may_book = is_party and meeting is None and row.state == State.ACCEPTED
    return {
        "is_party": is_party,
        "may_answer": is_theirs and row.state == State.PENDING,
        "may_decline": is_theirs and may_still_decline(row),
        "may_book": may_book,
        "free": booking.free_slots(row) if may_book else [],
    }


def _in_chain(row: MeetingRequest) -> dict[str, Any]:
    """Return what stands before and behind a request: the need or offer it is about, and what came of it."""
    return {
        "about": listings_about([row]).get(row.pk),
        "chains": chains_through(cooperations_of(request_id=row.pk)),
    }


def _in_preliminary(
    row: MeetingRequest, seat: Seat, sender: Face, receiver: Face
) -> dict[str, Any]:
    """Return the time that a preliminary timetable gives to the reader's own meeting, and what they remarked before."""
    shown = preliminary_of(row, seat.delegate)
    is_receiver = seat.delegate is not None and seat.delegate.pk == row.receiver_id
    return {
        "preliminary": preliminary_row(shown, sender if is_receiver else receiver)
        if shown
        else None,
        "earlier_remarks": remarks.my_earlier_remarks(row, seat.delegate),
    }


def _colleagues(own: Face, known: Mapping[UUID, Face]) -> list[Face]:
    return [
        face
        for face in known.values()
        if face.organisation_id == own.organisation_id and face.delegate_id != own.delegate_id
    ]


def _mates(row: MeetingRequest, sender: Face, known: Mapping[UUID, Face]) -> list[Face]:
    """Return who could come along with the sender, those who do first."""
    others = [one for one in _colleagues(sender, known) if one.delegate_id != row.receiver_id]
    others.sort(key=lambda one: one.delegate_id not in row.colleagues)
    return others[:MOST_MATES]


def _accept(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    asking.answer_request(
        by=seat.subject,
        request_id=request_id,
        accepts=True,
        read_revision=revision_read(request),
        answer=request.POST.get("answer", ""),
    )


def _decline(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    asking.answer_request(
        by=seat.subject,
        request_id=request_id,
        accepts=False,
        read_revision=revision_read(request),
        answer=request.POST.get("answer", ""),
    )


def _edit(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    rank = request.POST.get("rank", "")
    row = asking.open_request(seat.subject, request_id)
    asking.edit_request(
        by=seat.subject,
        request_id=request_id,
        reason=request.POST.get("reason", row.reason),
        rank=int(rank) if rank in {"1", "2", "3", "4", "5"} else 0,
        colleagues=chosen_colleagues(request) if request.POST.get("mates") else row.colleagues,
        read_revision=revision_read(request),
    )


def _nudge(_request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    asking.nudge(by=seat.subject, request_id=request_id)


def _withdraw(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    booking.withdraw_request(
        by=seat.subject,
        request_id=request_id,
        answer=request.POST.get("answer", ""),
        read_revision=revision_read(request),
    )


def _book(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    booking.book(
        by=seat.subject,
        request_id=request_id,
        slot_code=request.POST.get("slot", ""),
        read_revision=revision_read(request),
    )


def _remark(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    remarks.leave_remark(
        by=seat.subject,
        request_id=request_id,
        text=request.POST.get("remark", ""),
        read_revision=revision_read(request),
    )


def _stand_in(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    with suppress(ValueError):
        booking.stand_in(
            by=seat.subject,
            request_id=request_id,
            delegate_id=UUID(request.POST.get("delegate", "")),
            read_revision=revision_read(request),
        )
        return
    raise PunteError(_("Choose who stands in."))


def _priority(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    text = request.POST.get("priority", "")
    asking.set_priority(
        by=seat.subject,
        request_id=request_id,
        priority=int(text) if text.isdecimal() and len(text) < 4 else -1,
        must="must" in request.POST,
        read_revision=revision_read(request),
    )


BACK: Final = {"list": "requests/", "my": "my/#preliminary"}
"""Where a step leads back to, instead of the request's page."""
Step = Callable[[HttpRequest, Seat, UUID], None]
STEPS: Final[dict[str, tuple[Step, object]]] = {
    "accept": (_accept, gettext_lazy("Accepted. They are told.")),
    "decline": (_decline, gettext_lazy("Declined. They are told, with your reason.")),
    "edit": (_edit, gettext_lazy("Changed.")),
    "nudge": (_nudge, gettext_lazy("They are reminded.")),
    "withdraw": (_withdraw, gettext_lazy("Called off. Its time, if it had one, is free again.")),
    "book": (_book, gettext_lazy("Booked. Both of you get it by mail and in the calendar.")),
    "stand-in": (_stand_in, gettext_lazy("Changed. Those concerned are told.")),
    "along": (name_second, gettext_lazy("Changed.")),
    "disclose": (disclose, gettext_lazy("Kept. It stands so from now on.")),
    "remark": (_remark, gettext_lazy("Kept. The organisers read it beside the timetable.")),
    "priority": (_priority, gettext_lazy("Kept. It counts from the next solving on.")),
}


@require_POST
def take_request_step(request: HttpRequest, slug: str, request_id: UUID, step: str) -> HttpResponse:
    """Take one step with a request and say what came of it."""
    seat = take_seat(request, slug)
    if step not in STEPS:
        raise Http404
    if not MeetingRequest.objects.filter(edition=seat.edition, pk=request_id).exists():
        raise Http404
    act, done = STEPS[step]
    try:
        act(request, seat, request_id)
    except PunteError as error:
        tell_refusal(request, error)
        page = f"{seat.address}requests/{request_id}/"
        keep_typed(request, page=page, form=step)
        return redirect(page)
    messages.success(request, str(done))
    back = BACK.get(request.POST.get("back", ""))
    if back is not None:
        return redirect(f"{seat.address}{back}")
    return redirect(f"{seat.address}requests/{request_id}/")
