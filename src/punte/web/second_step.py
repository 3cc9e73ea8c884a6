"""Whoever holds a right needs a second step to sign in: without one, only the page that sets it up opens."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from punte.apps.access.models import Account
from punte.apps.people.models import Right

OPEN = ("/accounts/", "/i18n/", "/static/", "/ui/", "/live/")
"""Addresses under which one signs in, sets the second step up, and changes language."""


class SecondStepMiddleware:
    """Send holders of a right without passkey or one-time codes to where they set them up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to the set-up."""
        if settings.PUNTE_REQUIRE_MFA and self._needs_one(request):
            messages.warning(request, _what_to_do())
            return redirect("mfa_index")
        return self.get_response(request)

    def _needs_one(self, request: HttpRequest) -> bool:
        account = request.user
        subject = getattr(request, "subject", None)
        return (
            isinstance(account, Account)
            and subject is not None
            and not request.path.startswith(OPEN)
            and (bool(subject.roles & set(Right.values)) or subject.acted_by is not None)
            and not is_mfa_enabled(account)
        )


def _what_to_do() -> str:
    if settings.PUNTE_HALL_COPY:
        return _(
            "You hold a right at an edition: set up one-time codes before you go on. "
            "They hold at this copy for the hall alone; at the site you set up others."
        )
    return _("You hold a right at an edition: set up a passkey or one-time codes before you go on.")
