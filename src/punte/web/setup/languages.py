"""What the set-up says in other languages: what may no longer be right, and the names that have no page of their own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum.models import Edition
from punte.apps.forum.stale_words import (
    KINDS,
    StaleWording,
    key_of,
    say_still_right,
    stale_words,
    word_part,
)
from punte.kernel.errors import PunteError
from punte.web.refusals import tell_refusal
from punte.web.setup.kept_forms import status_of
from punte.web.setup.pages import frame, open_edition
from punte.web.setup.words import stale_lines, words_form, words_typed
from punte.web.typed import revision_read


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the wordings whose original changed, and the parts without a page of their own; word one, or say that one is right."""
    edition = open_edition(slug)
    refused: PunteError | None = None
    if request.method == "POST":
        try:
            _take_step(request, edition)
        except PunteError as error:
            tell_refusal(request, error)
            refused = error
        else:
            messages.success(request, _("Kept."))
            return redirect(_back(request, edition))
    lines = [
        {**line, "where": _where(line["row"]), "kind": KINDS[line["row"].kind].label}
        for line in stale_lines(stale_words(edition))
    ]
    parts = [
        (worded.label, [_form(request, edition, kind, one, refused) for one in rows])
        for kind, worded in KINDS.items()
        if worded.is_part and (rows := list(worded.rows(edition)))
    ]
    own = [
        (_("What it is"), "set-up/facts/"),
        (_("Categories"), "set-up/categories/"),
        (_("Venue"), "set-up/venue/"),
        (_("Press"), "set-up/press/"),
        (_("Form of applications"), "applications/form/"),
        (_("Agenda"), "agenda/edit/"),
    ]
    context = frame(request, edition, stale=lines, worded=parts, own=own)
    return render(request, "setup/languages.html", context, status=status_of(refused))


def _take_step(request: HttpRequest, edition: Edition) -> None:
    data, by = request.POST, active_subject()
    kind, key = data.get("kind", ""), data.get("key", "")
    if data.get("do") == "right":
        say_still_right(
            by=by,
            edition=edition,
            kind=kind,
            key=key,
            language=data.get("language", ""),
            seen=data.get("seen", ""),
        )
        return
    kind, _dot, key = data.get("code", "").partition(".")
    names = _names(edition, kind)
    word_part(
        by=by,
        edition=edition,
        kind=kind,
        key=key,
        words=words_typed(data, edition, names),
        read_revision=revision_read(request),
    )


def _names(edition: Edition, kind: str) -> tuple[str, ...]:
    one = next(iter(KINDS[kind].rows(edition)), None) if kind in KINDS else None
    names: tuple[str, ...] = one.WORDS if one is not None else ("name",)
    return names


def _back(request: HttpRequest, edition: Edition) -> str:
    """Return the page of this edition on which the button stood."""
    back, own = request.POST.get("back", ""), f"/e/{edition.slug}/"
    return back if back.startswith(own) else f"{own}set-up/words/"


def _where(row: StaleWording) -> str:
    """Return where a wording is written anew, below the edition's address."""
    if KINDS[row.kind].is_part:
        return f"set-up/words/#words-{row.kind}.{row.key}"
    return {
        "edition": "set-up/facts/",
        "category": "set-up/categories/",
        "place": f"set-up/venue/?close={row.code}#places",
        "session": f"agenda/edit/{row.key}/",
        "release": f"set-up/press/{row.key}/",
        "question": "applications/form/",
    }[row.kind]


def _form(
    request: HttpRequest,
    edition: Edition,
    kind: str,
    thing: Any,  # noqa: ANN401
    refused: PunteError | None,
) -> dict[str, Any]:
    code = f"{kind}.{key_of(kind, thing)}"
    is_this = request.POST.get("code") == code
    form = words_form(
        request,
        edition,
        thing,
        kind=kind,
        about=KINDS[kind].form(thing),
        refused=refused if is_this else None,
        deed="part-words",
        key=code,
    )
    # The list above says what may no longer be right; here the form stays shut until it is asked for.
    title = str(getattr(thing, thing.WORDS[0]))
    return {**form, "stale": [], "of": title, "title": title, "is_open": is_this and bool(refused)}
