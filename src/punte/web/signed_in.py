"""Where an account is signed in: read, ended one by one or all but this, and never at more places than the site allows."""

import re
from collections.abc import Iterable
from typing import Final

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Account
from punte.web.navigation import main_items

BROWSERS: Final = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrom(e|ium)/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)
"""What a browser says of itself; each is also named by those above it, which came later."""
SYSTEMS: Final = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "ChromeOS"),
    (r"Macintosh|Mac OS X", "macOS"),
    (r"Linux|X11", "Linux"),
)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """List where one is signed in; end one of them, or all but this one."""
    account = request.user
    assert isinstance(account, Account)
    if request.method == "POST":
        return _end_chosen(request, account)
    here = request.session.session_key
    rows = sorted(
        UserSession.objects.purge_and_list(account),
        key=lambda row: (row.session_key != here, -row.last_seen_at.timestamp()),
    )
    context = {
        "rows": [(row, in_words(row.user_agent), row.session_key == here) for row in rows],
        "most": settings.SESSIONS_OF_AN_ACCOUNT,
        "navigation": main_items(request),
    }
    response = render(request, "account/signed_in.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _end_chosen(request: HttpRequest, account: Account) -> HttpResponse:
    others = _others(account, request.session.session_key)
    chosen = request.POST.get("session", "")
    if request.POST.get("do") == "end":
        others = [row for row in others if str(row.pk) == chosen]
    ended = _end(others)
    if ended:
        words = ngettext("Signed out at %(n)d place.", "Signed out at %(n)d places.", ended)
        messages.success(request, words % {"n": ended})
    else:
        messages.info(request, _("Nothing to end: you are signed out there already."))
    return redirect("usersessions_list")


def in_words(browser: str) -> str:
    """Return what a person calls a browser: “Firefox on Windows”."""
    name = next((name for sign, name in BROWSERS if re.search(sign, browser)), "")
    system = next((name for sign, name in SYSTEMS if re.search(sign, browser)), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or _("a browser that does not say what it is")


def _others(account: Account, here: str | None) -> list[UserSession]:
    """Return the sessions but this one, the one seen last first."""
    found = UserSession.objects.filter(user=account).exclude(session_key=here or "")
    return list(found.order_by("-last_seen_at", "-pk"))


def _end(rows: Iterable[UserSession]) -> int:
    return len([row.end() for row in rows])


def end_above_most(request: HttpRequest, user: Account, **_more: object) -> None:
    """End those that were seen longest ago, where a new one makes them more than the site allows."""
    _end(_others(user, request.session.session_key)[settings.SESSIONS_OF_AN_ACCOUNT - 1 :])


def end_others(request: HttpRequest, user: Account, **_more: object) -> None:
    """End all but this one: whoever came in by the second step of before comes in by it no more."""
    _end(_others(user, request.session.session_key))


def listen() -> None:
    """Let sessions end with what they hang on. A changed password ends them by itself: it is part of each."""
    user_logged_in.connect(end_above_most, dispatch_uid="sessions-above-most")
    for signal in (authenticator_added, authenticator_removed, authenticator_reset):
        signal.connect(end_others, dispatch_uid=f"sessions-of-second-step-{id(signal)}")
