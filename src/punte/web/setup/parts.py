"""The parts of an edition's set-up, each a short page of its own: facts, phases, hosts, categories."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum import set_up, set_up_parts
from punte.apps.forum.models import Edition, HostRole, Phase
from punte.kernel.errors import PunteError
from punte.web.people.delegation import uuid_of
from punte.web.setup.pages import frame, open_edition, values_of
from punte.web.setup.reading import spans_of, whole, wish_of

Step = Callable[[HttpRequest, Edition], None]


def take(request: HttpRequest, edition: Edition, step: Step) -> bool:
    """Take a step and say what came of it; a refusal is said in its own words, and nothing was changed."""
    try:
        step(request, edition)
    except PunteError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("Kept."))
    return True


def unknown_step() -> PunteError:
    """Return what is raised where a form asks for what its page does not do."""
    return PunteError(_("This step is unknown. Use a button of the page."))


@require_http_methods(["GET", "POST"])
def show_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and change what the edition is; what was written stays where it is refused."""
    edition = open_edition(slug)
    values = values_of(edition)
    if request.method == "POST":
        if take(request, edition, _change_facts):
            return redirect("set_up_facts", slug=slug)
        edition.refresh_from_db()
        values = request.POST.dict()
    return render(request, "setup/facts_page.html", frame(request, edition, values=values))


def _change_facts(request: HttpRequest, edition: Edition) -> None:
    set_up.change_edition(by=active_subject(), edition=edition, wish=wish_of(request.POST))


@require_http_methods(["GET", "POST"])
def show_phases(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and change when each phase runs; what was written stays where it is refused."""
    edition = open_edition(slug)
    rows = _phase_rows(edition)
    if request.method == "POST":
        if take(request, edition, _change_phases):
            return redirect("set_up_phases", slug=slug)
        rows = [
            row
            | {
                "starts": request.POST.get(f"{row['kind']}_starts", ""),
                "ends": request.POST.get(f"{row['kind']}_ends", ""),
            }
            for row in rows
        ]
    return render(request, "setup/phases.html", frame(request, edition, phases=rows))


def _change_phases(request: HttpRequest, edition: Edition) -> None:
    spans = spans_of(request.POST, edition)
    set_up_parts.set_phases(by=active_subject(), edition=edition, spans=spans)


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


@require_http_methods(["GET", "POST"])
def show_hosts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who stands behind the edition; add or take away."""
    edition = open_edition(slug)
    if request.method == "POST":
        take(request, edition, _change_hosts)
        return redirect("set_up_hosts", slug=slug)
    context: dict[str, Any] = {"hosts": list(edition.host_roles.all())}
    context["roles"] = HostRole.Role.choices
    return render(request, "setup/hosts.html", frame(request, edition, **context))


def _change_hosts(request: HttpRequest, edition: Edition) -> None:
    data, by = request.POST, active_subject()
    deed = data.get("do", "")
    if deed == "host":
        set_up_parts.add_host(
            by=by,
            edition=edition,
            role=data.get("role", ""),
            name=data.get("name", ""),
            source=data.get("source", ""),
        )
    elif deed == "host-away":
        set_up_parts.remove_host(by=by, edition=edition, host_id=uuid_of(data.get("host", "")))
    else:
        raise unknown_step()


@require_http_methods(["GET", "POST"])
def show_categories(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the categories of attendees; add, change or take away."""
    edition = open_edition(slug)
    if request.method == "POST":
        take(request, edition, _change_categories)
        return redirect("set_up_categories", slug=slug)
    context = frame(request, edition, categories=list(edition.categories.all()))
    return render(request, "setup/categories.html", context)


def _change_categories(request: HttpRequest, edition: Edition) -> None:
    data, by = request.POST, active_subject()
    deed = data.get("do", "")
    if deed == "category":
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
        raise unknown_step()
