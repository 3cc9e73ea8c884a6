"""One's own tokens for programs that use the API: made, shown once, revoked."""

from typing import Final
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Account
from punte.apps.access.permissions import active_subject
from punte.apps.people.models import ApiToken
from punte.apps.people.tokens import NewToken, make_token, own_tokens, revoke_token, works
from punte.kernel.errors import PunteError
from punte.web.navigation import main_items
from punte.web.people.delegation import uuid_of
from punte.web.people.nobody import nobody_yet
from punte.web.refusals import tell_refusal
from punte.web.subject import MEMBERSHIP_KEY

DAYS: Final = (30, 90, 365)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """List one's tokens; make one, whose secret this answer alone shows; revoke one."""
    subject = active_subject()
    if subject.person_id is None:
        raise nobody_yet()
    if subject.acted_by is not None:
        raise PermissionDenied(
            _("Tokens belong to the person alone: end acting in another's name first.")
        )
    made = None
    if request.method == "POST" and request.POST.get("do") == "revoke":
        return _revoke(request)
    if request.method == "POST":
        made = _make(request)
    context = {
        "made": made,
        "rows": [(row, works(row)) for row in own_tokens(subject)],
        "scopes": ApiToken.Scope.choices,
        "days": [
            (days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days})
            for days in DAYS
        ],
        "typed": {} if made else request.POST,
        "navigation": main_items(request),
    }
    response = render(request, "people/tokens.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _make(request: HttpRequest) -> NewToken | None:
    data, days = request.POST, request.POST.get("days", "")
    try:
        return make_token(
            by=active_subject(),
            name=data.get("name", ""),
            scope=data.get("scope", ""),
            days=int(days) if days in map(str, DAYS) else 0,
            membership_id=_membership(request),
            has_second_step=_passed_second_step(request),
        )
    except PunteError as error:
        tell_refusal(request, error)
        return None


def _membership(request: HttpRequest) -> UUID | None:
    """Return for whom the session acts, where the person chose."""
    chosen = request.session.get(MEMBERSHIP_KEY)
    return uuid_of(str(chosen)) if chosen else None


def _passed_second_step(request: HttpRequest) -> bool:
    """Return whether this very session was opened with codes or a passkey; that the account has some is not enough."""
    account = request.user
    return isinstance(account, Account) and any(
        record.get("method") == "mfa" for record in get_authentication_records(request, account)
    )


def _revoke(request: HttpRequest) -> HttpResponse:
    try:
        revoke_token(by=active_subject(), token_id=uuid_of(request.POST.get("token", "")))
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(request, _("Revoked. It opens nothing any more."))
    return redirect("me_tokens")
