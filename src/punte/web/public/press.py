"""The press page of an edition: what visitors may see of it, whoever reads."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import PUBLIC, active_subject
from punte.apps.forum.models import Phase, ReleaseFile
from punte.apps.forum.press import file_out, releases_out
from punte.apps.forum.queries import edition_page, find_edition
from punte.apps.forum.registration import is_open
from punte.web.files import file_response
from punte.web.navigation import edition_items, main_items


@login_not_required
@require_GET
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show facts with their sources, how to be accredited, whom to ask, and what was published."""
    now = timezone.now()
    page = edition_page(slug, now=now)
    if page is None:
        raise Http404
    edition, subject = page.edition, active_subject()
    releases = releases_out(edition)
    files: dict[UUID, list[ReleaseFile]] = {one.pk: [] for one in releases}
    for file in ReleaseFile.objects.filter(release__in=releases).defer("content"):
        files[file.release_id].append(file)
    context: dict[str, Any] = {
        "edition": edition,
        "address": f"/e/{edition.slug}/",
        "synthetic": edition.is_synthetic,
        "is_public": PUBLIC in edition.label_releasable_to,
        "hosts": page.hosts,
        "facts": page.facts,
        "sessions": sum(PUBLIC in one.label_releasable_to for one in page.sessions),
        "takes_press": edition.categories.filter(code="press").exists(),
        "is_open": is_open(edition, now),
        "registration": next(
            (one for one in page.phases if one.kind == Phase.Kind.REGISTER and one.ends_at > now),
            None,
        ),
        "releases": [(one, files[one.pk]) for one in releases],
        "navigation": main_items(request),
        "subnavigation": edition_items(request, edition, subject)
        if request.user.is_authenticated
        else (),
    }
    return render(request, "public/press.html", context)


@login_not_required
@require_GET
def give_file(request: HttpRequest, slug: str, releasefile_id: UUID) -> HttpResponse:
    """Give a file of a release that the reader sees."""
    del request
    edition = find_edition(slug)
    file = file_out(edition, releasefile_id) if edition is not None else None
    if file is None:
        raise Http404
    return file_response(file)
