"""Tell the audit log of every file that a signed-in person takes from the site, whichever page gave it, and mark it."""

from collections.abc import Callable
from email.message import Message
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from punte.apps.access.actions import record
from punte.apps.access.models import Tlp
from punte.apps.access.permissions import active_subject
from punte.apps.forum.queries import find_edition
from punte.web.tables import HANDLING_HEADER

TOLD: Final = frozenset(
    {
        "badge",
        "group_export",
        "listings:coverage",
        "listings:need-table",
        "listings:ocds",
        "listings:offer-table",
        "listings:pairs",
        "listings:verdicts",
        "me_data",
        "outcome_pdf",
        "paper",
        "topic",
        "topic_file",
        "cooperation_file",
        "all_requests",
        "equal_access",
        "met_register",
    }
)
"""Pages whose own entry says more, such as how many rows there were."""


class HandedOutMiddleware:
    """Record each answer that is a file. It stands inside the subject's transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and note what was handed out to whom."""
        response = self.get_response(request)
        if active_subject().person_id is not None and response.has_header("Content-Disposition"):
            # What its own page does not mark is for who took it and those who need it.
            response.setdefault(HANDLING_HEADER, str(Tlp.AMBER))
            response["X-Robots-Tag"] = "noindex"
        match = request.resolver_match
        if (
            response.status_code == 200
            and response.has_header("Content-Disposition")
            and match is not None
            and match.view_name not in TOLD
            and active_subject().person_id is not None
        ):
            named = {name: str(value) for name, value in match.kwargs.items()}
            record(
                "export.read",
                None,
                edition_id=_edition_of(named.get("slug", "")),
                what=match.view_name,
                file=_name_in(response),
                of=named,
            )
        return response


def _edition_of(slug: str) -> UUID | None:
    """Return the edition whose page gave the file; None for a page of the whole site."""
    edition = find_edition(slug) if slug else None
    return edition.pk if edition is not None else None


def _name_in(response: HttpResponseBase) -> str:
    message = Message()
    message["Content-Disposition"] = response["Content-Disposition"]
    return message.get_filename() or ""
