"""A copy of the site in the hall takes only what comes back to the site: check-ins, marks of meetings, notes, feedback."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _

from punte.web.navigation import main_items

READS: Final = ("GET", "HEAD", "OPTIONS")
OPEN: Final = ("/accounts/login/", "/accounts/logout/", "/accounts/2fa/authenticate/", "/i18n/")
COMES_BACK: Final = frozenset({"check_in", "check_in_merge", "check_in_list", "follow_up"})
"""Names of the addresses whose entries `punte hall merge` brings to the site."""
SECOND_STEP: Final = frozenset(
    {
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
    }
)
"""Names of the addresses where who holds a right and has no second step sets up codes, for this copy alone."""
AT_A_MEETING: Final = frozenset({"", "mark", "note", "feedback"})
"""What comes back of what the page of a meeting takes: marks, notes and feedback."""


class HallCopyMiddleware:
    """Refuse, with a clear page, whatever would be lost with the copy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.PUNTE_HALL_COPY:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say where it has to be entered."""
        if request.method in READS or request.path.startswith(OPEN) or _is_taken(request):
            return self.get_response(request)
        sentence = _(
            "This is the copy for the hall. It takes check-ins, marks of meetings, notes and what came of a meeting, which come "
            "back to the site. "
            "Enter anything else at the site itself; nothing was changed."
        )
        context = {"sentence": sentence, "navigation": main_items(request)}
        return render(request, "400.html", context, status=403)


def _is_taken(request: HttpRequest) -> bool:
    name = resolve(request.path_info).url_name
    deed = request.POST.get("do", "")
    if name in SECOND_STEP:
        return True
    return name in COMES_BACK and (name != "follow_up" or deed in AT_A_MEETING)
