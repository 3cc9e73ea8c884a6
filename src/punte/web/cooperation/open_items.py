"""What is open: one's own and one's organisation's, by day, with what is overdue first; as a page, a table and a calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.open_feed import (
    has_open_feed,
    make_open_feed,
    read_open_feed,
    revoke_open_feeds,
)
from punte.apps.cooperation.open_items import KINDS, OpenItem, open_items
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import page
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response

SHOWN_ONCE = "open_feed"
"""Under this key of the session a new address waits to be shown, once."""


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show what is open; make or stop the calendar's address."""
    if request.method == "POST":
        return _change_feed(request)
    subject = active_subject()
    whose, kind = request.GET.get("whose", ""), request.GET.get("kind", "")
    items = open_items(subject, today=timezone.localdate(), whose=whose, kind=kind)
    if ending := asked_ending(request):
        return _file(items, ending)
    return page(
        request,
        "open_items.html",
        overdue=[one for one in items if one.is_overdue],
        coming=[one for one in items if not one.is_overdue and one.day is not None],
        undated=[one for one in items if one.day is None],
        kinds=KINDS.items(),
        kind=kind,
        whose=whose,
        has_feed=has_open_feed(subject),
        feed=request.session.pop(SHOWN_ONCE, ""),
    )


def _file(items: list[OpenItem], ending: str) -> HttpResponse:
    columns = [_("Day"), _("Until"), _("Overdue"), _("Kind"), _("What"), _("In"), _("Who")]
    columns += [_("Place"), _("Mine"), _("Address")]
    lines = [
        [
            one.day or "",
            one.until or "",
            _("yes") if one.is_overdue else _("no"),
            one.kind_words,
            one.what,
            one.where,
            one.who,
            one.place,
            _("yes") if one.is_own else _("no"),
            one.path,
        ]
        for one in items
    ]
    # Of one's own organisation's affairs: nothing of it is for passing on beyond it.
    return table_response("open", columns, lines, ending=ending, marking="TLP:AMBER+STRICT")


def _change_feed(request: HttpRequest) -> HttpResponse:
    try:
        if request.POST.get("do") == "stop":
            revoke_open_feeds(by=active_subject())
            messages.success(request, _("The calendar's address works no more."))
            return redirect("open_items")
        secret = make_open_feed(by=active_subject())
    except PunteError as error:
        tell_refusal(request, error)
    else:
        request.session[SHOWN_ONCE] = request.build_absolute_uri(f"/open/calendar/{secret}.ics")
        messages.success(
            request,
            _("This is the address of your calendar. It is shown once; whoever has it reads it."),
        )
    return redirect("open_items")


@login_not_required
@never_cache
@require_GET
def read_calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar behind a secret address; the secret is the permission."""
    del request
    content = read_open_feed(secret)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
