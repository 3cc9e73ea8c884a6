"""The page that shows every piece, and the switch of the display."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from punte.web.ui.context import THEME_COOKIE, THEMES
from punte.web.ui.showcase import describe_pieces

YEAR_S = 365 * 24 * 3600


@login_not_required
@require_GET
def show_pieces(request: HttpRequest) -> HttpResponse:
    """Show every piece of the design system, as it is used."""
    return render(request, "ui/pieces.html", describe_pieces())


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of display in a cookie and go back to their page."""
    theme = request.POST.get("theme", "auto")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=YEAR_S,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response
