"""The viewer of the audit log, for organisers and auditors; the wall decides which entries they read."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import active_subject
from punte.apps.people.models import Person
from punte.web.navigation import main_items

ROWS = 50


@require_GET
def show_audit(request: HttpRequest) -> HttpResponse:
    """Show the entries that the reader may see, newest first, by deed and by person."""
    if not any(group.startswith(("audit@", "organise@")) for group in active_subject().groups):
        raise PermissionDenied
    entries = AuditEntry.objects.all()
    verb, about = request.GET.get("verb", "").strip(), request.GET.get("about", "").strip()
    if verb:
        entries = entries.filter(verb__startswith=verb)
    if about:
        entries = entries.filter(about_id=about)
    page = Paginator(entries, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "organiser/audit.html",
        {
            "rows": _rows(list(page.object_list)),
            "page": page,
            "verb": verb,
            "about": about,
            "navigation": main_items(request),
        },
    )


def _rows(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    """Return the entries with the names of those whom the reader may see; others stay an identifier."""
    wanted = {key for entry in entries for key in (entry.person_id, entry.behalf_of_id) if key}
    names = dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        {
            "at": entry.at,
            "who": names.get(entry.person_id, entry.person_id) if entry.person_id else entry.system,
            "behalf_of": names.get(entry.behalf_of_id, entry.behalf_of_id)
            if entry.behalf_of_id
            else "",
            "verb": entry.verb,
            "about": entry.about_id,
            "detail": entry.detail,
        }
        for entry in entries
    ]
