"""What a delegate takes along: the calendar feed and the code of the badge."""

import io

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.calendars import make_feed, read_feed, revoke_feeds
from punte.apps.people.listing import set_listing
from punte.kernel.errors import PunteError
from punte.web.delegate.place import take_seat
from punte.web.refusals import tell_refusal
from punte.web.worker import app_manifest, let_keep

SHOWN_ONCE = "feed"
"""Under this key of the session a new address waits to be shown, once."""


@require_POST
def change_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a new secret address of one's calendar, or stop every one that there is."""
    seat = take_seat(request, slug)
    me = seat.me
    try:
        if request.POST.get("do") == "stop":
            revoke_feeds(by=seat.subject, delegate=me)
            messages.success(request, _("The calendar's address works no more."))
            return redirect(f"{seat.address}my/#calendar")
        made = make_feed(by=seat.subject, delegate=me)
    except PunteError as error:
        tell_refusal(request, error)
    else:
        request.session[SHOWN_ONCE] = request.build_absolute_uri(f"/calendar/{made.secret}.ics")
        messages.success(
            request,
            _(
                "This is the address of your calendar. It is shown once; whoever has it reads your day."
            ),
        )
    return redirect(f"{seat.address}my/#calendar")


@require_POST
def change_listing(request: HttpRequest, slug: str) -> HttpResponse:
    """Let other delegates of this edition find the reader, or no longer."""
    seat = take_seat(request, slug)
    is_listed = request.POST.get("listed") == "yes"
    try:
        set_listing(
            by=seat.subject, person=seat.me.person, edition_id=seat.edition.pk, is_listed=is_listed
        )
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(
            request,
            _("Other delegates find you now, and can ask you for a meeting.")
            if is_listed
            else _("Kept."),
        )
    return redirect(f"{seat.address}my/")


@login_not_required
@never_cache
@require_GET
def read_calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar behind a secret address; the secret is the permission."""
    del request
    try:
        content = read_feed(secret)
    except NotThereError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


@require_GET
def show_badge(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the code of one's badge as a picture, for the check-in desk."""
    me = take_seat(request, slug).me
    picture = io.BytesIO()
    segno.make(me.code, error="m", micro=False).save(
        picture, kind="svg", scale=6, border=2, xmldecl=False, light="#fff", dark="#000"
    )
    return let_keep(request, HttpResponse(picture.getvalue(), content_type="image/svg+xml"))


@require_GET
@never_cache
def give_manifest(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how My forum is put on the home screen of a telephone."""
    seat = take_seat(request, slug)
    return app_manifest(
        address=f"{seat.address}my/",
        scope=seat.address,
        name=_("My forum: %(edition)s") % {"edition": seat.edition.said["name"]},
        short_name=_("My forum"),
    )
