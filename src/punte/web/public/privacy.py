"""What is kept about people, why, and how long: the list that the nightly round works from."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.people.kept_by_clock import CLOCKED
from punte.apps.people.kept_fields import STANDING
from punte.web.navigation import main_items


@login_not_required
@require_GET
def show_privacy(request: HttpRequest) -> HttpResponse:
    """Show the list to anybody."""
    return render(
        request,
        "public/privacy.html",
        {
            "parts": [
                (_("What ends by itself"), CLOCKED),
                (_("What stays until somebody ends it"), STANDING),
            ],
            "is_signed_in": request.user.is_authenticated,
            "navigation": main_items(request),
        },
    )
