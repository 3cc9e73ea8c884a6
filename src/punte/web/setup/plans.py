"""The plans of the venue's floors: brought in and taken away by organisers, shown to the delegates."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.forum.floor_plans import add_plan, remove_plan
from punte.apps.forum.models import Edition, FloorPlan
from punte.apps.forum.queries import find_edition
from punte.kernel.errors import PunteError
from punte.web.files import file_of
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.setup.pages import open_edition
from punte.web.worker import let_keep


@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Add the plan of a floor, or take one away."""
    edition = open_edition(slug)
    try:
        messages.success(request, _take_step(request, edition))
    except PunteError as error:
        tell_refusal(request, error)
    return redirect(f"/e/{edition.slug}/set-up/venue/#plans")


def _take_step(request: HttpRequest, edition: Edition) -> str:
    data, by = request.POST, active_subject()
    if data.get("do") == "away":
        remove_plan(by=by, edition=edition, plan_id=uuid_of(data.get("plan", "")))
        return _("Taken away.")
    handed = file_of(request, "file")
    if handed is None:
        raise PunteError(_("Choose a file."))
    floor, (name, content) = data.get("floor", ""), handed
    add_plan(by=by, edition=edition, floor=floor, name=name, content=content)
    return _("Added. Delegates find it on My forum.")


@require_GET
def give(request: HttpRequest, slug: str, floorplan_id: UUID) -> HttpResponse:
    """Give the picture of a floor to whoever may see it; a delegate's own browser may keep it."""
    edition = find_edition(slug)
    plan = FloorPlan.objects.filter(edition=edition, pk=floorplan_id).first() if edition else None
    if plan is None:
        raise Http404
    response = HttpResponse(
        bytes(plan.content),
        content_type=plan.media_type,
        headers={"X-Content-Type-Options": "nosniff"},
    )
    return let_keep(request, response)
