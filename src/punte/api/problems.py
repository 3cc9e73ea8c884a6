"""
What the API answers where it cannot do what was asked: one document for every fault, with its place and its remedy.

References
----------
RFC 9457, Problem Details for HTTP APIs.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.kernel.errors import Problem, PunteError

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """A kind of fault: its status, what it means, and what usually mends it (both translated when read)."""

    status: int
    title: object
    remedy: object


KINDS: Final = {
    "unreadable": ProblemKind(
        status=400,
        title=gettext_lazy("The request cannot be read."),
        remedy=gettext_lazy("Send JSON in UTF-8, without the character NUL."),
    ),
    "unknown-parameter": ProblemKind(
        status=400,
        title=gettext_lazy("The address names a parameter that this operation does not know."),
        remedy=gettext_lazy("Leave it out, or look at the parameters of the operation."),
    ),
    "token-in-address": ProblemKind(
        status=400,
        title=gettext_lazy("A secret stands in the address."),
        remedy=gettext_lazy("Addresses are kept in logs: revoke the token, and send a new one as Authorization: Bearer."),
    ),
    "bad-key": ProblemKind(
        status=400,
        title=gettext_lazy("The header Idempotency-Key cannot be read."),
        remedy=gettext_lazy("Send 1 to 200 printable characters in quotation marks, such as a UUID; nothing was changed."),
    ),
    "no-token": ProblemKind(
        status=401,
        title=gettext_lazy("This operation needs a token."),
        remedy=gettext_lazy("Make a token on the page of your data, and send it as Authorization: Bearer."),
    ),
    "token-refused": ProblemKind(
        status=401,
        title=gettext_lazy("The token does not work."),
        remedy=gettext_lazy("It may be mistyped, revoked or over. Make a new one on the page of your data."),
    ),
    "session-only-reads": ProblemKind(
        status=403,
        title=gettext_lazy("Being signed in in a browser lets the API read, never write."),
        remedy=gettext_lazy("Send a token that reads and writes as Authorization: Bearer."),
    ),
    "scope": ProblemKind(
        status=403,
        title=gettext_lazy("This token reads only."),
        remedy=gettext_lazy("Make a token that reads and writes."),
    ),
    "second-step": ProblemKind(
        status=403,
        title=gettext_lazy("Whoever holds a right needs a second step to sign in."),
        remedy=gettext_lazy("Set it up, sign in with it, and make the token in that session."),
    ),
    "suspended": ProblemKind(
        status=403,
        title=gettext_lazy("You, your organisation or your country are suspended."),
        remedy=gettext_lazy("Ask the organisers of the edition."),
    ),
    "hall-copy": ProblemKind(
        status=403,
        title=gettext_lazy("This is the copy for the hall: its API only reads."),
        remedy=gettext_lazy("Send it to the site itself; nothing was changed."),
    ),
    "not-allowed": ProblemKind(
        status=403,
        title=gettext_lazy("You may not do this."),
        remedy=gettext_lazy("The detail says who may."),
    ),
    "not-there": ProblemKind(
        status=404,
        title=gettext_lazy("There is nothing at this address for you."),
        remedy=gettext_lazy("Look at the list that it would stand in."),
    ),
    "method": ProblemKind(
        status=405,
        title=gettext_lazy("This address does not know the method."),
        remedy=gettext_lazy("The header Allow names those it knows."),
    ),
    "changed-meanwhile": ProblemKind(
        status=409,
        title=gettext_lazy("Somebody else changed it since you read it."),
        remedy=gettext_lazy("Read it again, and send your change with its new revision."),
    ),
    "wrong-state": ProblemKind(
        status=409,
        title=gettext_lazy("Its state does not allow this now."),
        remedy=gettext_lazy("Read it again: the detail says what it is."),
    ),
    "answered-before": ProblemKind(
        status=409,
        title=gettext_lazy("It was done when this key came first, and you see other things since."),
        remedy=gettext_lazy("Read what came of it at its own address."),
    ),
    "media-type": ProblemKind(
        status=415,
        title=gettext_lazy("The body is of a kind that the API does not read."),
        remedy=gettext_lazy("Send it with Content-Type: application/json."),
    ),
    "invalid-input": ProblemKind(
        status=422,
        title=gettext_lazy("Something in the request cannot be."),
        remedy=gettext_lazy("Each of the errors names its place."),
    ),
    "key-used": ProblemKind(
        status=422,
        title=gettext_lazy("This key came before with another request."),
        remedy=gettext_lazy("Make a new key for each new request; the same one only to send the same again."),
    ),
    "refused": ProblemKind(
        status=422,
        title=gettext_lazy("The request was refused."),
        remedy=gettext_lazy("The detail says why, and what to do."),
    ),
    "classified": ProblemKind(
        status=422,
        title=gettext_lazy("The text carries a marking of RESTRICTED or above."),
        remedy=gettext_lazy("Remove it, tell your security officer, and write an unclassified version."),
    ),
    "too-many": ProblemKind(
        status=429,
        title=gettext_lazy("Too many requests in a short time."),
        remedy=gettext_lazy("Wait as long as the header Retry-After says."),
    ),
    "failed": ProblemKind(
        status=500,
        title=gettext_lazy("The site failed to answer; it is not your fault."),
        remedy=gettext_lazy("Try again later, and tell whoever runs the site when it happened."),
    ),
}  # fmt: skip
BY_STATUS: Final = {
    400: "unreadable",
    401: "no-token",
    403: "not-allowed",
    404: "not-there",
    405: "method",
    413: "unreadable",
    429: "too-many",
}
"""What an answer of the framework itself becomes."""


class RefusalError(PunteError):
    """A request that the API refuses, by a kind of :data:`KINDS`."""

    def __init__(self, kind: str, detail: str = "", errors: Iterable[Problem] = ()) -> None:
        self.kind, self.detail, self.errors = kind, detail, tuple(errors)
        super().__init__(detail or str(KINDS[kind].title))


def problem_response(kind: str, detail: str = "", errors: Iterable[Problem] = ()) -> HttpResponse:
    """
    Return the document of a fault. It names neither the address nor the moment: two refusals of one kind are the same bytes.

    Parameters
    ----------
    kind
        A key of :data:`KINDS`.
    detail
        What is particular about this one.
    errors
        Faults of the input, each with its place.
    """
    known = KINDS[kind]
    content: dict[str, object] = {
        "type": f"/api/v1/problems/{kind}",
        "title": str(known.title),
        "status": known.status,
        "remedy": str(known.remedy),
    }
    if detail:
        content["detail"] = detail
    listed = [{"place": one.place, "what": one.what, "remedy": one.remedy} for one in errors]
    if listed:
        content["errors"] = listed
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False),
        status=known.status,
        content_type=MEDIA_TYPE,
    )
    if known.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Punte"'
    if known.status == 429:
        response["Retry-After"] = "60"
    return response


def refused_by_database(error: DatabaseError) -> HttpResponse | None:
    """Return the answer for what reached the database though a check should have refused it; ``None`` for a fault of ours."""
    told = str(error)
    if "carries a marking of" in told:
        return problem_response("classified")
    if "NUL" in told:
        return problem_response("unreadable", _("The request holds the character NUL."))
    return None
