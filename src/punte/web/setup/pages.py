"""Create an edition, change what it is, copy an earlier one, see what it lacks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum import set_up
from punte.apps.forum.archiving import editions_alike
from punte.apps.forum.cloning import clone_edition
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import find_edition
from punte.apps.forum.revisions import revision_of
from punte.kernel.errors import PunteError
from punte.web.navigation import edition_items, main_items, set_up_items
from punte.web.refusals import tell_refusal
from punte.web.setup.readiness import checklist
from punte.web.setup.reading import wish_of
from punte.web.typed import revision_read

READER_LABELS = {
    "host": gettext_lazy("The host and the organisers"),
    "delegates": gettext_lazy("Also its delegates"),
    "public": gettext_lazy("Everybody"),
}


def open_edition(slug: str) -> Edition:
    """
    Return the edition for who sets it up.

    Raises
    ------
    Http404
        There is none for the reader, or it is not theirs to set up: the answer is the same.
    """
    edition = find_edition(slug)
    if edition is None or not set_up.may_set_up(active_subject(), edition.pk):
        raise Http404
    return edition


def frame(request: HttpRequest, edition: Edition, **more: object) -> dict[str, Any]:
    """Return what the pages of an edition's set-up take."""
    return {
        "edition": edition,
        "address": f"/e/{edition.slug}/",
        "synthetic": edition.is_synthetic,
        "navigation": main_items(request),
        "subnavigation": edition_items(request, edition, active_subject()),
        "parts": set_up_items(request, edition),
        **more,
    }


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create an edition."""
    if not set_up.may_create(active_subject()):
        raise Http404
    values: dict[str, Any] = {
        "time_zone": "Europe/Bucharest",
        "languages": "en,ro",
        "request_quota": 12,
    }
    alike: list[Edition] = []
    if request.method == "POST":
        try:
            wish = wish_of(request.POST)
            alike = _alike(request, wish)
            edition = None if alike else set_up.create_edition(by=active_subject(), wish=wish)
        except PunteError as error:
            tell_refusal(request, error)
            values = request.POST.dict()
        else:
            if edition is None:
                return _new_form(request, request.POST.dict(), alike)
            messages.success(request, _("Created. Only the host and the organisers see it yet."))
            return redirect("set_up", slug=edition.slug)
    return _new_form(request, values)


def _alike(request: HttpRequest, wish: set_up.EditionWish) -> list[Edition]:
    """Return the editions for which a new one could be mistaken, until the organiser says that it is another."""
    return [] if request.POST.get("sure") else editions_alike(wish)


def _new_form(
    request: HttpRequest,
    values: Mapping[str, Any],
    alike: Sequence[Edition] = (),
    source: Edition | None = None,
) -> HttpResponse:
    context = {"values": values, "source": source, "alike": alike}
    around = frame(request, source) if source else {"navigation": main_items(request)}
    return render(request, "setup/new.html", around | context)


@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Create an edition like this one."""
    source = open_edition(slug)
    if not set_up.may_create(active_subject()):
        raise Http404
    values = values_of(source)
    for name in ("starts_on", "ends_on"):
        values[name] = f"{getattr(source, name) + dt.timedelta(days=364):%Y-%m-%d}"
    if request.method == "POST":
        try:
            wish = wish_of(request.POST)
            if alike := _alike(request, wish):
                return _new_form(request, request.POST.dict(), alike, source)
            made = clone_edition(by=active_subject(), source=source, wish=wish)
        except PunteError as error:
            tell_refusal(request, error)
            values = request.POST.dict()
        else:
            messages.success(
                request,
                _(
                    "Copied: hosts, categories, who may meet, places with their closing times, slots, phases, questions of the"
                    " form, stages of clearance and mails. Nobody and no request was taken along; guarantees and goals are"
                    " decided anew."
                ),
            )
            if made.left_out:
                messages.warning(request, _left_out(made.left_out))
            return redirect("set_up", slug=made.edition.slug)
    return _new_form(request, values, source=source)


def _left_out(count: int) -> str:
    return ngettext(
        "%(count)d slot of the earlier edition lies outside the days of this one and was left out.",
        "%(count)d slots of the earlier edition lie outside the days of this one and were left out.",
        count,
    ) % {"count": count}


def values_of(edition: Edition) -> dict[str, Any]:
    """Return the facts of an edition as its form shows them."""
    names = ("forum", "name", "theme", "city", "venue", "time_zone", "languages", "request_quota")
    values = {name: getattr(edition, name) for name in names}
    return values | {
        "starts_on": f"{edition.starts_on:%Y-%m-%d}",
        "ends_on": f"{edition.ends_on:%Y-%m-%d}",
    }


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the edition lacks before each phase; say who sees it."""
    edition = open_edition(slug)
    if request.method == "POST":
        try:
            set_up.release_edition(
                by=active_subject(),
                edition=edition,
                readers=request.POST.get("readers", ""),
                read_revision=revision_read(request),
            )
        except PunteError as error:
            tell_refusal(request, error)
        else:
            messages.success(request, _("Kept."))
        return redirect("set_up", slug=slug)
    checks = checklist(edition)
    return render(
        request,
        "setup/edition.html",
        frame(
            request,
            edition,
            checks=checks,
            done=sum(check.is_done for _label, lines in checks for check in lines),
            total=sum(len(lines) for _label, lines in checks),
            readers=set_up.readers_of(edition),
            revision=revision_of(edition, "readers"),
            reader_labels=READER_LABELS.items(),
            may_copy=set_up.may_create(active_subject()),
        ),
    )
