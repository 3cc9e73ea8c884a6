"""Where an account is signed in, and since when it was seen there: noted once a minute, not with every page."""

import time
from typing import Final

from allauth.usersessions.middleware import UserSessionsMiddleware
from allauth.usersessions.models import UserSession
from django.contrib.messages.storage.session import SessionStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from punte.web.worker import KEEP_HEADER

EVERY_S: Final = 60
"""A page after so long is noted again [s]: a write at each page would wait for the disk each time."""
PREPARED: Final = "punte.prepared"
"""Says, in a request that the site makes of itself, that nobody was seen there; no client can set it."""
_MESSAGES: Final = SessionStorage.session_key
_seen: set[str] = set()
_noted_at = time.monotonic()


def note_seen(session_key: str) -> None:
    """Note that a session was seen with the address and browser that are known of it; written down for all together, once a minute."""
    global _noted_at
    _seen.add(session_key)
    if time.monotonic() - _noted_at < EVERY_S:
        return
    _noted_at, keys = time.monotonic(), list(_seen)
    _seen.difference_update(keys)
    UserSession.objects.filter(session_key__in=keys).update(last_seen_at=timezone.now())


class SeenMiddleware(UserSessionsMiddleware):  # type: ignore[misc]
    """allauth's, asked less often; a new address or browser under the same session is noted, and told, at once."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note the session where that is due."""
        if request.META.get(PREPARED):
            prepared: HttpResponse = self.get_response(request)
            if request.session.modified or _MESSAGES in request.session:
                del prepared.headers[
                    KEEP_HEADER
                ]  # what is shown once is for whoever opens the page
            return prepared
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
