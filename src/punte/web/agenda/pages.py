"""The agenda as its reader may see it: by day, one session, what changed, what is on now."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from punte.apps.access.models import reader_language
from punte.apps.access.permissions import VISITOR, acting, active_subject
from punte.apps.forum import agenda, agenda_actions
from punte.apps.forum.models import Edition, Session
from punte.apps.forum.queries import delegate_of, find_edition
from punte.apps.forum.word_rows import other_languages
from punte.web.navigation import edition_items, main_items
from punte.web.worker import let_keep

REFRESH_S = 60
"""How often the screen in the hall asks again [s]."""


def edition_or_404(slug: str) -> Edition:
    """Return an edition; a hidden one and one that never was get the same answer."""
    found = find_edition(slug)
    if found is None:
        raise Http404
    return found


def frame(request: HttpRequest, edition: Edition, **context: object) -> dict[str, object]:
    """Return what the pages of the agenda take."""
    return {
        "edition": edition,
        "address": f"/e/{edition.slug}/agenda/",
        "synthetic": edition.is_synthetic,
        "may_edit": agenda_actions.may_make_agenda(active_subject(), edition.pk),
        "navigation": main_items(request),
        "subnavigation": edition_items(request, edition, active_subject()),
        **context,
    }


def rows_of(sessions: Iterable[Session]) -> list[dict[str, object]]:
    """Return sessions as the templates show them."""
    return [{"session": one, "speakers": agenda.speakers_of(one)} for one in sessions]


def days_of(edition: Edition, sessions: Iterable[Session]) -> list[dict[str, object]]:
    """Return sessions by the day of the venue."""
    return [
        {"day": day, "rows": rows_of(of_day)}
        for day, of_day in groupby(
            sessions, key=lambda one: one.starts_at.astimezone(edition.zone).date()
        )
    ]


@login_not_required
@require_GET
def show_agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the released agenda by day."""
    edition = edition_or_404(slug)
    days = days_of(edition, agenda.released_sessions(edition.pk))
    is_delegate = delegate_of(active_subject(), edition.pk) is not None
    language = reader_language()
    context = frame(
        request,
        edition,
        days=days,
        kept_at=timezone.now() if is_delegate else None,
        file_language=language if language in dict(other_languages(edition)) else "",
    )
    response = render(request, "agenda/agenda.html", context)
    return let_keep(request, response) if is_delegate else response


@login_not_required
@require_GET
def show_printable(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the released agenda without the site around it, for paper."""
    edition = edition_or_404(slug)
    days = days_of(edition, agenda.released_sessions(edition.pk))
    releases = agenda.list_releases(edition.pk)
    stamp = releases[0].at if releases else None
    return render(request, "agenda/bare.html", frame(request, edition, days=days, stamp=stamp))


@login_not_required
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]
@require_GET
def show_embedded(request: HttpRequest, slug: str) -> HttpResponse:
    """
    Show what a visitor sees of the agenda, for a frame on another site; nobody's own rows, whoever asks.

    ``?language=ro`` and ``?day=2027-05-15`` narrow it, as the page that shows the frame wants it.
    """
    wished, language = asked_day(request), asked_language(request)
    with acting(VISITOR), override(language or get_language()):
        edition = edition_or_404(slug)
        days = days_of(edition, agenda.released_sessions(edition.pk))
        of_day = [one for one in days if one["day"] == wished]
        context = {"edition": edition, "synthetic": edition.is_synthetic, "days": of_day or days}
        return render(request, "agenda/bare.html", context)


def asked_language(request: HttpRequest) -> str:
    """Return the language that the address asks for; empty where it asks for none that the platform speaks."""
    code = request.GET.get("language", "")
    return code if code in dict(settings.LANGUAGES) else ""


def asked_day(request: HttpRequest) -> dt.date | None:
    """Return the day that the address asks for; None where it asks for none."""
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


@login_not_required
@require_GET
def show_now(request: HttpRequest, slug: str) -> HttpResponse:
    """
    Show what is on now and what comes next, for a screen in the hall; it renews itself.

    It holds what a visitor sees, whoever is signed in on the machine; what the reader sees only with ``?mine=1``.
    """
    edition, now = edition_or_404(slug), timezone.now()
    is_mine = request.user.is_authenticated and request.GET.get("mine") == "1"
    with acting(active_subject() if is_mine else VISITOR):
        standing = [s for s in agenda.released_sessions(edition.pk) if not s.is_cancelled]
    coming = [one for one in standing if one.starts_at > now]
    soon = coming[0].starts_at + dt.timedelta(minutes=30) if coming else now
    response = render(
        request,
        "agenda/now.html",
        {
            "edition": edition,
            "synthetic": edition.is_synthetic,
            "moment": now,
            "is_mine": is_mine,
            "running": rows_of(one for one in standing if one.starts_at <= now < one.ends_at),
            "coming": rows_of(one for one in coming if one.starts_at <= soon),
        },
    )
    response["Refresh"] = str(REFRESH_S)
    return response


@login_not_required
@require_GET
def show_changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what each release added, moved, changed and called off, as far as the reader may see it."""
    edition = edition_or_404(slug)
    releases = agenda.list_releases(edition.pk)
    return render(request, "agenda/changes.html", frame(request, edition, releases=releases))
