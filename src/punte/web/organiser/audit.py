"""The viewer of the audit log, for organisers and auditors; the wall decides which entries they read."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.access.models import AuditEntry, Tlp
from punte.apps.access.permissions import active_subject
from punte.apps.forum.models import Edition
from punte.apps.people.models import Person
from punte.kernel.days import near_day
from punte.web.navigation import main_items
from punte.web.people.delegation import uuid_of
from punte.web.tables import asked_ending, table_response

ROWS = 50
MOST_IN_FILE: Final = 50_000
"""Entries that one file holds; more are narrowed by days first."""
NO_EDITION = "none"
"""The choice that narrows the log to what concerns no edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """To what the log is narrowed; empty fields do not narrow."""

    verb: str
    about: str
    who: str
    since: str
    until: str
    edition: str


@require_GET
def show_audit(request: HttpRequest) -> HttpResponse:
    """Show the entries that the reader may see, newest first, by deed, person, days, edition and row."""
    if not any(group.startswith(("audit@", "organise@")) for group in active_subject().groups):
        raise PermissionDenied(
            _("The log is read by auditors, and by organisers for their own edition.")
        )
    wanted = Wanted(**{name: request.GET.get(name, "").strip()[:160] for name in Wanted.__slots__})
    if ending := asked_ending(request):
        found = _entries(wanted)
        if found.count() <= MOST_IN_FILE:
            return _file(ending, found)
        messages.warning(
            request,
            _("A file holds %(most)d entries at most. Narrow the days, then take it again.")
            % {"most": MOST_IN_FILE},
        )
    page = Paginator(_entries(wanted), ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "organiser/audit.html",
        {
            "rows": _rows(list(page.object_list)),
            "page": page,
            "wanted": wanted,
            "editions": list(Edition.objects.order_by("name")),
            "navigation": main_items(request),
        },
    )


def _entries(wanted: Wanted) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.all()
    if wanted.verb:
        entries = entries.filter(verb__startswith=wanted.verb)
    if wanted.about:
        entries = entries.filter(about_id=wanted.about)
    if wanted.edition == NO_EDITION:
        entries = entries.filter(edition_id__isnull=True)
    elif wanted.edition:
        entries = entries.filter(edition_id=uuid_of(wanted.edition))
    if wanted.who:
        who = _who(wanted.who)
        entries = entries.filter(Q(person_id__in=who) | Q(behalf_of_id__in=who))
    since, until = _midnight(wanted.since), _midnight(wanted.until)
    if since is not None:
        entries = entries.filter(at__gte=since)
    if until is not None:
        entries = entries.filter(at__lt=until + dt.timedelta(days=1))
    return entries


def _who(text: str) -> list[UUID]:
    """Return the persons of this identifier or name; by name only those whom the reader may see."""
    try:
        return [UUID(text)]
    except ValueError:
        found = Person.objects.all()
        for word in text.split():
            found = found.filter(name__icontains=word)
        return list(found.values_list("pk", flat=True)[:200])


def _midnight(text: str) -> dt.datetime | None:
    """Return the beginning of a day in the reader's zone; None where the text is no day."""
    try:
        day = dt.date.fromisoformat(text)
        return timezone.make_aware(dt.datetime.combine(near_day(day), dt.time()))
    except ValueError:
        return None


def _rows(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    """Return the entries with the names of those whom the reader may see; others stay an identifier."""
    wanted = {key for entry in entries for key in (entry.person_id, entry.behalf_of_id) if key}
    names = dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))
    concerned = {entry.edition_id for entry in entries if entry.edition_id}
    editions: dict[UUID | None, object] = dict(
        Edition.objects.filter(pk__in=concerned).values_list("pk", "name")
    )
    return [
        {
            "at": entry.at,
            "who": names.get(entry.person_id, entry.person_id) if entry.person_id else entry.system,
            "behalf_of": names.get(entry.behalf_of_id, entry.behalf_of_id)
            if entry.behalf_of_id
            else "",
            "verb": entry.verb,
            "edition": editions.get(entry.edition_id, entry.edition_id) or "",
            "about": entry.about_id,
            "detail": entry.detail,
        }
        for entry in entries
    ]


def _file(ending: str, entries: QuerySet[AuditEntry]) -> HttpResponse:
    columns = [
        _("When"),
        _("Who"),
        _("In whose name"),
        _("Deed"),
        _("Edition"),
        _("Identifier"),
        _("Detail"),
    ]
    rows = [
        [
            timezone.localtime(row["at"]).isoformat(timespec="seconds"),
            row["who"],
            row["behalf_of"],
            row["verb"],
            row["edition"],
            row["about"],
            "; ".join(f"{key}: {value}" for key, value in row["detail"].items()),
        ]
        for row in _rows(list(entries))
    ]
    return table_response("audit-log", columns, rows, ending=ending, marking=Tlp.AMBER)
