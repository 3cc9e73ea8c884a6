"""Archive an edition, put it back, or take away one that was made by mistake; the page says first what happens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum.archiving import (
    archive_edition,
    is_empty,
    take_edition_away,
    take_out_of_archive,
)
from punte.apps.forum.set_up import readers_of
from punte.kernel.errors import PunteError
from punte.web.refusals import tell_refusal
from punte.web.setup.pages import frame, open_edition


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what archiving and taking away mean for this edition; do either, or undo the first."""
    edition = open_edition(slug)
    by, step = active_subject(), request.POST.get("do", "")
    if request.method == "POST":
        try:
            if step == "away":
                take_edition_away(by=by, edition=edition)
                messages.success(request, _("“%(name)s” is taken away.") % {"name": edition.name})
                return redirect("home")
            if step == "archive":
                archive_edition(by=by, edition=edition)
                messages.success(request, _("Archived. You find it below the editions."))
            elif step == "back":
                take_out_of_archive(by=by, edition=edition)
                messages.success(request, _("It stands in the lists again."))
        except PunteError as error:
            tell_refusal(request, error)
            return redirect("set_up_end", slug=slug)
        return redirect("set_up", slug=slug)
    readers = readers_of(edition)
    return render(
        request,
        "setup/end.html",
        frame(
            request,
            edition,
            readers=readers,
            may_go=readers == "host" and is_empty(edition),
        ),
    )
