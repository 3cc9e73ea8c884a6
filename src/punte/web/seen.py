"""Where an account is signed in, and since when it was seen there: noted once a minute, not with every page."""

from typing import Final

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

EVERY_S: Final = 60
"""A page after so long is noted again [s]: a write at each page would wait for the disk each time."""


class SeenMiddleware(UserSessionsMiddleware):  # type: ignore[misc]
    """allauth's, asked less often; a new address or browser under the same session is noted, and told, at once."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note the session where that is due."""
        key = request.session.session_key
        client = (request.META.get("REMOTE_ADDR"), *self._told(request))
        mark = f"seen-{hash(client)}-{key}"
        if key and caches["local"].get(mark):
            answer: HttpResponse = self.get_response(request)
            return answer
        if key:
            caches["local"].set(mark, 1, EVERY_S)
        noted: HttpResponse = super().__call__(request)
        return noted

    def _told(self, request: HttpRequest) -> tuple[str, str]:
        """Return what else names the client: the way through proxies, and the browser."""
        meta = request.META
        return meta.get("HTTP_X_FORWARDED_FOR", ""), meta.get("HTTP_USER_AGENT", "")
