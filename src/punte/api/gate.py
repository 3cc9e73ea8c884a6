"""
The gate of the API: opens the token, counts the call, and gives every refusal one shape.

It stands outside the transaction of the request. In whose name the call reads, the site's own
:class:`punte.web.subject.SubjectMiddleware` decides, as for every page.
"""

import hashlib
from collections.abc import Callable
from typing import Final

from allauth.core.internal.ratelimit import consume, get_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from punte.api.problems import BY_STATUS, MEDIA_TYPE, problem_response
from punte.apps.people.tokens import OpenToken, open_token

PATH: Final = "/api/"
READS: Final = ("GET", "HEAD", "OPTIONS")
SECRET_NAMES: Final = frozenset(
    {"access_token", "api_key", "apikey", "auth", "authorization", "bearer", "key", "token"}
)
"""Parameters in which other systems take secrets; an address is written into logs on its way."""
LONGEST: Final = 200
"""Characters of an Authorization header that can be a token."""


class ApiGateMiddleware:
    """Let calls of the API in, and make every answer its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a call; whatever is no call of the API passes."""
        if not request.path.startswith(PATH):
            return self.get_response(request)
        return _finished(request, _refusal(request) or self.get_response(request))


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Open the token of a call, if it brings one; return why the call goes no further."""
    if SECRET_NAMES & {name.lower() for name in request.GET}:
        return problem_response("token-in-address")
    texts = [request.path, *request.GET, *(v for _name, vs in request.GET.lists() for v in vs)]
    if any("\x00" in text for text in texts):
        return problem_response("unreadable", _("The address holds the character NUL."))
    token = None
    if "Authorization" in request.headers:
        token = _token_of(request.headers["Authorization"])
        if token is not None:
            request.user = token.account
            request.api_token = token  # type: ignore[attr-defined]
    if not _is_in_time(request, token):
        return problem_response("too-many")
    if token is None and "Authorization" in request.headers:
        return problem_response("token-refused")
    if settings.PUNTE_HALL_COPY and request.method not in READS:
        return problem_response("hall-copy")
    return None


def _token_of(header: str) -> OpenToken | None:
    """Return the token that a header names. Every header takes the same way to the database, so that none answers faster."""
    scheme, _space, secret = header[:LONGEST].partition(" ")
    return open_token(secret.strip() if scheme.lower() == "bearer" else "")


def _is_in_time(request: HttpRequest, token: OpenToken | None) -> bool:
    key = f"token {token.id}" if token else f"address {get_ip(request)}"
    used = consume(request, app="allauth.account", action="api", key=key, limit_get=True)
    return used is not None


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    is_problem = response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
    if 300 <= response.status_code < 400 and response.status_code != 304:
        # The one redirect of the pages behind the gate: to where a second step is set up.
        response = problem_response("second-step")
    elif response.status_code >= 400 and not is_problem:
        told = problem_response(BY_STATUS.get(response.status_code, "failed"))
        if response.has_header("Allow"):
            told["Allow"] = ", ".join(sorted(response["Allow"].split(", ")))
        response = told
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ("Authorization", "Cookie", "Accept-Language"))
    if request.method in READS and response.status_code == 200:
        return _with_etag(request, response)
    return response


def _with_etag(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark an answer by its own bytes alone: what its reader does not see, does not change it."""
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        unchanged = HttpResponse(status=304)
        for name in ("ETag", "Cache-Control", "Vary"):
            unchanged[name] = response[name]
        return unchanged
    return response
