"""The search page: words in any language, over what the reader may see, with reasons."""

from typing import Final, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.permissions import Subject
from punte.apps.market.bridge import Reading
from punte.apps.market.searches import (
    drop_search,
    find,
    keep_search,
    kept_by,
)
from punte.kernel.errors import PunteError
from punte.web.navigation import main_items
from punte.web.refusals import tell_refusal
from punte.web.search.documents import KINDS, readable

LONGEST: Final = 300
"""Characters of a search that are read."""
EXCERPT: Final = 180


def _subject_of(request: HttpRequest) -> Subject:
    return cast("Subject", request.subject)  # type: ignore[attr-defined]


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


@login_not_required
@require_GET
def show_search(request: HttpRequest) -> HttpResponse:
    """Show what the words find among everything that the reader may see."""
    subject = _subject_of(request)
    asked = " ".join(request.GET.get("q", "").replace("\x00", "").split())
    words = asked[:LONGEST]
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    found, reading = _found(words, subject, kind) if words else ([], "whole")
    kept = kept_by(subject)
    context = {
        "navigation": main_items(request),
        "words": words,
        "is_cut": len(asked) > LONGEST,
        "kind": kind,
        "kinds": KINDS.items(),
        "found": found,
        "reading": reading,
        "kept": [(one, urlencode({"q": one.words})) for one in kept],
        "may_keep": subject.person_id is not None
        and bool(words)
        and all(one.words != words for one in kept),
    }
    return render(request, "search/search.html", context)


def _found(words: str, subject: Subject, kind: str) -> tuple[list[dict[str, object]], Reading]:
    everything = readable(subject, kind)
    answer = find(
        words,
        subject,
        language=_language(),
        sides=everything.sides,
        others=everything.documents,
    )
    entries = everything.entries(hit.key for hit in answer.hits)
    found = []
    for hit in answer.hits:
        entry = entries.get(hit.key)
        if entry is None:
            continue
        text = entry.text
        found.append(
            {
                "entry": entry,
                "kind": KINDS[entry.kind],
                "excerpt": text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()}…",
                "reasons": hit.reasons,
            }
        )
    return found, answer.reading


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a search, to be told each morning of what is new."""
    words = request.POST.get("q", "").replace("\x00", "")
    try:
        kept = keep_search(by=_subject_of(request), words=words, language=_language())
    except PunteError as error:
        tell_refusal(request, error)
    else:
        if kept is None:
            messages.error(request, _("Write what to search for first."))
        else:
            messages.success(
                request, _("Kept. You get a mail in the morning when something new is found.")
            )
    return redirect(f"/search/?{urlencode({'q': ' '.join(words.split())[:LONGEST]})}")


@require_POST
def drop(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """Drop a kept search."""
    if not drop_search(by=_subject_of(request), search_id=search_id):
        raise Http404
    messages.success(request, _("Dropped. No more mails for it."))
    return redirect("search")
