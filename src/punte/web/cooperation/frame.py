"""What the pages of cooperation share: the frame, days and labels from a form."""

import datetime as dt
from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from punte.apps.access.permissions import PUBLIC, active_subject
from punte.kernel.days import near_day
from punte.kernel.errors import PunteError
from punte.web.navigation import main_items
from punte.web.typed import typed_before

NOBODY = UUID(int=0)
"""An identifier that no row has."""


def page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Return a page of cooperation with the site's navigation, and what was typed into a form of it that was refused."""
    frame = {"navigation": main_items(request), "typed": typed_before(request)}
    return render(request, f"cooperation/{template}", {**frame, **context})


def day_from(text: str) -> dt.date | None:
    """
    Return the day that a field holds; None where it is empty.

    Raises
    ------
    PunteError
        There is no such day.
    """
    if not text.strip():
        return None
    try:
        return near_day(dt.date.fromisoformat(text.strip()))
    except ValueError as error:
        raise PunteError(
            _("“%(text)s” is no day. Write year, month and day, such as 2027-05-15.")
            % {"text": text[:40]}
        ) from error


def id_from(text: str) -> UUID | None:
    """Return the identifier that a field holds; None where it holds none."""
    with suppress(ValueError):
        return UUID(text)
    return None


def groups_of(audience: str) -> list[str]:
    """Return the groups of a chosen audience; one's own organisation alone where none is chosen."""
    editions = sorted(g for g in active_subject().groups if g.startswith("edition:"))
    return {
        "public": [PUBLIC],
        "edition": editions[-1:],
        "NATO": ["NATO"],
        "EU": ["EU"],
        "partners": ["NATO", "EU", "EU_CANDIDATE", "EU_SDP"],
    }.get(audience, [])


def audiences() -> list[tuple[str, str]]:
    """Return whom one can show something to, with the words for it."""
    return [
        ("own", _("only my organisation")),
        ("edition", _("delegates of my edition")),
        ("partners", _("Allies, Union members, candidates and partners")),
        ("EU", _("Union members")),
        ("NATO", _("Allies")),
        ("public", _("everyone")),
    ]


def statuses() -> list[tuple[str, str]]:
    """Return to whom a working group can be open, with the words for it."""
    return [choice for choice in audiences() if choice[0] not in {"own", "public"}]


def file_response(name: str, content: bytes | memoryview) -> HttpResponse:
    """Return a file to keep; a browser shows nothing of it, whatever is inside."""
    return HttpResponse(
        bytes(content),
        content_type="application/octet-stream",
        headers={"Content-Disposition": content_disposition_header(True, name) or "attachment"},
    )


def uploaded(request: HttpRequest, most_bytes: int) -> tuple[str, bytes]:
    """
    Return the name and content of the file of a form.

    Raises
    ------
    PunteError
        No file came, or it is bigger than ``most_bytes``.
    """
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > most_bytes:
        raise PunteError(_("A file holds something, and at most 4 MB."))
    content: bytes = file.read()
    return file.name or "", content
