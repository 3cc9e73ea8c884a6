"""One's own contact line: written, released to those whom one meets, and taken back; and another's as a card."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.models import Tlp
from punte.apps.access.permissions import active_subject
from punte.apps.forum.models import Delegate
from punte.apps.forum.queries import faces
from punte.apps.meetings import contact
from punte.apps.meetings.models import ContactLine, MeetingRequest
from punte.apps.people.mail_kinds import Attachment
from punte.formats.vcard import Card, write_vcard
from punte.kernel.errors import PunteError
from punte.web.delegate.place import Seat, take_seat
from punte.web.files import file_response
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.tables import HANDLING_HEADER
from punte.web.typed import keep_typed, typed_before

FIELDS = ("name", "function", "organisation", "email", "phone")


@require_http_methods(["GET", "POST"])
def show_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one's contact line and to whom it is released; keep it, release it, take it back."""
    seat = take_seat(request, slug)
    if request.method == "POST":
        return _step(request, seat, seat.me)
    line = contact.contact_of(seat.me)
    typed = typed_before(request)
    return render(
        request,
        "delegate/contact.html",
        seat.context(
            line=line,
            is_own=seat.subject.acted_by is None,
            fields=typed or _written(seat.me, line),
            to_all="to_all" in typed if typed else line is not None and line.to_all,
            meetings=_meetings(seat, line),
        ),
    )


def contact_on(row: MeetingRequest, seat: Seat) -> dict[str, Any]:
    """Return the contact lines that others released in a meeting, and whether one's own can be and is."""
    me = seat.delegate
    mine = contact.contact_of(me) if me is not None else None
    is_mine = me is not None and me.pk in row.parties and seat.subject.acted_by is None
    return {
        "contacts": contacts_in(row),
        "may_release": is_mine and row.state == MeetingRequest.State.ACCEPTED,
        "my_contact": mine,
        "is_released": mine is not None and contact.is_released_in(mine, row),
    }


def contacts_in(row: MeetingRequest | None) -> list[ContactLine]:
    """Return the contact lines of a meeting's other participants that the reader may read, by name."""
    if row is None:
        return []
    me = active_subject().person_id
    found = contact.contacts_among(row.parties).values()
    others = [one for one in found if one.delegate.person_id != me]
    return sorted(others, key=lambda one: one.name)


@require_GET
def give_card(request: HttpRequest, slug: str, delegate_id: UUID) -> HttpResponse:
    """Give a contact line as a vCard, to its delegate and to whom it is released now."""
    seat = take_seat(request, slug)
    line = contact.contacts_among([delegate_id]).get(delegate_id)
    if line is None or line.delegate.edition_id != seat.edition.pk:
        raise Http404
    card = Card(
        id=line.pk,
        revised_at=line.changed_at,
        **{name: getattr(line, name) for name in FIELDS},
    )
    media_type = "text/vcard; charset=utf-8"
    answer = file_response(
        Attachment(name="contact.vcf", content=write_vcard(card), media_type=media_type)
    )
    answer[HANDLING_HEADER] = str(Tlp.RED)
    return answer


def _written(me: Delegate, line: ContactLine | None) -> dict[str, str]:
    """Return what the form begins with: what stands, or what the badge says; an address nobody fills in for them."""
    if line is not None:
        return {name: getattr(line, name) for name in FIELDS}
    return {
        "name": me.badge_name,
        "function": me.function,
        "organisation": me.organisation.name,
    }


def _meetings(seat: Seat, line: ContactLine | None) -> list[dict[str, object]]:
    """Return one's accepted meetings, and for each who reads one's line there."""
    rows = list(contact.accepted_of(seat.me))
    known = faces(seat.edition.pk, {key for row in rows for key in row.parties})
    return [
        {
            "request_id": row.pk,
            "others": [known[key] for key in row.parties if key in known and key != seat.me.pk],
            "is_released": line is not None and contact.is_released_in(line, row),
        }
        for row in rows
    ]


def _step(request: HttpRequest, seat: Seat, me: Delegate) -> HttpResponse:
    deed, meeting = request.POST.get("do", ""), request.POST.get("request", "")
    page = f"{seat.address}my/contact/"
    back = f"{seat.address}requests/{uuid_of(meeting)}/" if "back" in request.POST else page
    try:
        said = _take(request, seat, me, deed, meeting)
    except PunteError as error:
        tell_refusal(request, error)
        if deed == "keep":
            keep_typed(request, page=page, form=deed)
    else:
        messages.success(request, said)
    return redirect(back)


def _take(request: HttpRequest, seat: Seat, me: Delegate, deed: str, meeting: str) -> str:
    by, data = seat.subject, request.POST
    if deed == "keep":
        typed = contact.Typed(**{name: data.get(name, "") for name in FIELDS})
        contact.keep_contact(by=by, delegate=me, line=typed, to_all="to_all" in data)
        return _("Kept.")
    if deed == "release":
        contact.release_contact(by=by, delegate=me, request_id=uuid_of(meeting))
        return _("Released. Whoever takes part in this meeting reads it now.")
    if deed == "take-back":
        if contact.take_back_contact(by=by, delegate=me, request_id=uuid_of(meeting)):
            return _(
                "Taken back from this meeting. It is released no more to everybody you will meet, only to those you meet now."
            )
        return _("Taken back. They read it no more.")
    if deed == "delete":
        contact.delete_contact(by=by, delegate=me)
        return _("Deleted. Nobody reads it any more.")
    raise Http404
