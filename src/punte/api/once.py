"""
A POST with a key of its own is done once: sent again, it gets the answer that it got.

References
----------
IETF, The Idempotency-Key HTTP Header Field, draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import re
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from punte.api.problems import problem_response
from punte.apps.access.permissions import Subject
from punte.apps.people.replies import Reply, keep_answer, reply_to
from punte.apps.people.tokens import OpenToken

HEADER: Final = "Idempotency-Key"
KEY_PATTERN: Final = r'^("[ !#-\[\]-~]{1,200}"|[!#-\[\]-~]{1,200})$'
"""A structured-field string without escapes; without its quotation marks too, as most programs send it."""


def take_key(request: HttpRequest, subject: Subject) -> HttpResponseBase | Reply | None:
    """
    Take the key that a call brings.

    Returns
    -------
    HttpResponseBase | Reply | None
        What the call is answered without being done; or the place for its answer; or None where it brings no key.
    """
    text, token = request.headers.get(HEADER), getattr(request, "api_token", None)
    if text is None or request.method != "POST" or not isinstance(token, OpenToken):
        return None
    if not re.fullmatch(KEY_PATTERN, text.strip()):
        return problem_response("bad-key")
    key = text.strip().strip('"')
    call, seen_as = _call(request), subject.fingerprint
    reply = reply_to(token_id=token.id, key=key, call_sha256=call, subject_sha256=seen_as)
    if reply.is_new:
        return reply
    if reply.call_sha256 != call:
        return problem_response("key-used")
    if reply.subject_sha256 != seen_as:
        return problem_response("answered-before")
    return HttpResponse(reply.content, status=reply.status, content_type=reply.content_type or None)


def keep_reply(reply: Reply, response: HttpResponseBase) -> None:
    """Keep what a call was answered."""
    assert isinstance(response, HttpResponse)
    keep_answer(
        reply,
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        content=response.content.decode(),
    )


def _call(request: HttpRequest) -> str:
    parts = (str(request.method).encode(), request.get_full_path().encode(), request.body)
    # Each part by its own digest: no two calls run into the same bytes.
    return hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in parts)).hexdigest()
