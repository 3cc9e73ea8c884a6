"""The home page and the page of an edition; each shows what its reader may see."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.forum.archiving import archived_editions
from punte.apps.forum.models import Session
from punte.apps.forum.queries import PhaseLine, delegate_of, edition_page, list_editions
from punte.apps.forum.registration import is_open
from punte.apps.forum.set_up import may_create, may_set_up
from punte.apps.meetings.permissions import may_organise
from punte.web.navigation import edition_items, main_items

HIDDEN_FACTS = {"dates", "city", "venue", "theme", "host", "co_organiser", "patron"}
"""What the head of the page says already."""


@login_not_required
@require_GET
def show_home(request: HttpRequest) -> HttpResponse:
    """Show what Punte is and the editions open to the reader."""
    context = {
        "editions": list_editions(),
        "archived": [one for one in archived_editions() if may_set_up(active_subject(), one.pk)],
        "may_create": may_create(active_subject()),
        "navigation": main_items(request),
    }
    return render(request, "public/home.html", context)


def _phase_row(phase: PhaseLine) -> dict[str, object]:
    past = phase.ends_at <= timezone.now()
    return {
        "label": phase.label,
        "starts_at": phase.starts_at,
        "ends_at": phase.ends_at,
        "state": "now" if phase.is_now else "past" if past else "next",
    }


def _session_row(session: Session) -> dict[str, object]:
    return {
        **session.said,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "kind_label": session.get_kind_display(),
        "format_label": session.get_format_display(),
    }


@login_not_required
@require_GET
def show_edition(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an edition: what it is, who stands behind it, its agenda, its phases, and why it is seen."""
    page = edition_page(slug, now=timezone.now())
    if page is None:
        raise Http404
    subject, edition = active_subject(), page.edition
    agenda = [
        {"day": day, "sessions": [_session_row(session) for session in sessions]}
        for day, sessions in groupby(
            page.sessions, key=lambda session: session.starts_at.astimezone(edition.zone).date()
        )
    ]
    context = {
        "edition": edition,
        "synthetic": edition.is_synthetic,
        "hosts": [{"role_label": host.label, "said": host.said} for host in page.hosts],
        "facts": [fact for fact in page.facts if fact.key not in HIDDEN_FACTS],
        "phases": [_phase_row(phase) for phase in page.phases],
        "agenda": agenda,
        "is_delegate": delegate_of(subject, edition.pk) is not None,
        "takes_applications": is_open(edition, timezone.now()),
        "may_organise": may_organise(subject, edition.pk) or subject.has_right("audit", edition.pk),
        "reason": explain(subject, edition).sentence if request.user.is_authenticated else "",
        "navigation": main_items(request),
        "subnavigation": edition_items(request, edition, subject)
        if request.user.is_authenticated
        else (),
    }
    return render(request, "public/edition.html", context)
