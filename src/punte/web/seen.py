"""Where an account is signed in, and since when it was seen there: noted once a minute, not with every page."""

import datetime as dt
from typing import Final

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.contrib.messages.storage.session import SessionStorage
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from punte.web.worker import KEEP_HEADER

EVERY_S: Final = 60
"""A page after so long is noted again [s]: a write at each page would wait for the disk each time."""
PREPARED: Final = "punte.prepared"
"""Says, in a request that the site makes of itself, that nobody was seen there; no client can set it."""
_MESSAGES: Final = SessionStorage.session_key
_WRITE: Final = """
UPDATE usersessions_usersession u SET last_seen_at = greatest(u.last_seen_at, t.at)
FROM (SELECT s.id, g.at FROM usersessions_usersession s
  JOIN unnest(%s::text[], %s::timestamptz[]) AS g(key, at) ON g.key = s.session_key
  ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED) t
WHERE u.id = t.id
"""
_seen: Final[dict[str, dt.datetime]] = {}


def note_seen(session_key: str) -> None:
    """Note that a session was seen with the address and browser that are known of it; written down for all together, once a minute."""
    now = timezone.now()
    _seen[session_key] = now
    if (now - min(list(_seen.values()))).total_seconds() < EVERY_S:
        return
    told = {key: _seen.pop(key, now) for key in list(_seen)}
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, (list(told), list(told.values())))


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
