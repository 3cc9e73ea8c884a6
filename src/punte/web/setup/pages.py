"""Create an edition, change what it is, copy an earlier one, see what it lacks."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum import set_up, set_up_parts
from punte.apps.forum.models import Edition, HostRole, Phase
from punte.apps.forum.queries import find_edition
from punte.kernel.errors import PunteError
from punte.web.navigation import edition_items, main_items
from punte.web.people.delegation import uuid_of
from punte.web.setup.readiness import checklist
from punte.web.setup.reading import spans_of, whole, wish_of

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
        **more,
    }


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create an edition."""
    if not set_up.may_create(active_subject()):
        raise Http404
    values: dict[str, Any] = {"time_zone": "Europe/Bucharest", "languages": "en,ro"}
    if request.method == "POST":
        try:
            edition = set_up.create_edition(by=active_subject(), wish=wish_of(request.POST))
        except PunteError as error:
            messages.error(request, str(error))
            values = request.POST.dict()
        else:
            messages.success(request, _("Created. Only the host and the organisers see it yet."))
            return redirect("set_up", slug=edition.slug)
    return render(
        request,
        "setup/new.html",
        {"values": values, "navigation": main_items(request), "source": None},
    )


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
            edition = set_up.clone_edition(
                by=active_subject(), source=source, wish=wish_of(request.POST)
            )
        except PunteError as error:
            messages.error(request, str(error))
            values = request.POST.dict()
        else:
            messages.success(request, _("Copied. Nobody and no request was taken along."))
            return redirect("set_up", slug=edition.slug)
    return render(request, "setup/new.html", frame(request, source, values=values, source=source))


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
    """Show what the edition is and what it lacks; take a step with one of its parts."""
    edition = open_edition(slug)
    values = values_of(edition)
    if request.method == "POST":
        try:
            _take_step(request, edition)
        except PunteError as error:
            messages.error(request, str(error))
            if request.POST.get("do") != "facts":
                return redirect("set_up", slug=slug)
            edition.refresh_from_db()
            values = request.POST.dict()
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
            values=values,
            checks=checks,
            done=sum(check.is_done for _label, lines in checks for check in lines),
            total=sum(len(lines) for _label, lines in checks),
            phases=_phase_rows(edition),
            hosts=list(edition.host_roles.all()),
            roles=HostRole.Role.choices,
            categories=list(edition.categories.all()),
            readers=set_up.readers_of(edition),
            reader_labels=READER_LABELS.items(),
            may_copy=set_up.may_create(active_subject()),
        ),
    )


def _phase_rows(edition: Edition) -> list[dict[str, str]]:
    there = {phase.kind: phase for phase in edition.phases.all()}
    rows = []
    for kind, label in Phase.Kind.choices:
        phase = there.get(Phase.Kind(kind))
        starts, ends = (
            f"{moment.astimezone(edition.zone):%Y-%m-%dT%H:%M}" if moment else ""
            for moment in ((phase.starts_at, phase.ends_at) if phase is not None else (None, None))
        )
        rows.append({"kind": kind, "label": str(label), "starts": starts, "ends": ends})
    return rows


def _take_step(request: HttpRequest, edition: Edition) -> None:
    data, by = request.POST, active_subject()
    deed = data.get("do", "")
    if deed == "facts":
        set_up.change_edition(by=by, edition=edition, wish=wish_of(data))
    elif deed == "readers":
        set_up.release_edition(by=by, edition=edition, readers=data.get("readers", ""))
    elif deed == "phases":
        set_up_parts.set_phases(by=by, edition=edition, spans=spans_of(data, edition))
    elif deed == "host":
        set_up_parts.add_host(
            by=by,
            edition=edition,
            role=data.get("role", ""),
            name=data.get("name", ""),
            source=data.get("source", ""),
        )
    elif deed == "host-away":
        set_up_parts.remove_host(by=by, edition=edition, host_id=uuid_of(data.get("host", "")))
    elif deed == "category":
        set_up_parts.set_category(
            by=by,
            edition=edition,
            code=data.get("code", ""),
            name=data.get("name", ""),
            may_request=data.get("may_request") == "yes",
            may_be_asked=data.get("may_be_asked") == "yes",
            quota=whole(data, "quota", _("Requests for each delegate"), 12),
        )
    elif deed == "category-away":
        set_up_parts.remove_category(by=by, edition=edition, code=data.get("code", ""))
    else:
        raise PunteError(_("This step is unknown. Use a button of the page."))
