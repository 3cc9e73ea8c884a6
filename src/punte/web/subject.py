"""Give each request its subject, from the person behind the account, before any view runs."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from punte.apps.access.models import Account
from punte.apps.access.permissions import VISITOR, Subject, acting
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_account
from punte.apps.people.rights import subject_on_behalf
from punte.apps.people.tokens import OpenToken
from punte.kernel.errors import PunteError

BEHALF_KEY = "on_behalf"
"""Where the session keeps in whose name an organiser acts."""
MEMBERSHIP_KEY = "acting_for"
"""Where the session keeps for which organisation a person of several acts; checked again each time."""


def subject_of_request(request: HttpRequest) -> Subject:
    """Return in whose name the request reads: of a token that the API opened, else of who is signed in."""
    token = getattr(request, "api_token", None)
    if isinstance(token, OpenToken):
        return subject_of_account(token.account, membership_id=token.membership_id)
    account = request.user
    if not isinstance(account, Account):
        return VISITOR
    try:
        membership_id = UUID(str(request.session.get(MEMBERSHIP_KEY, "")))
    except ValueError:
        membership_id = None
    own = subject_of_account(account, membership_id=membership_id)
    return _on_behalf(request, own)


def _on_behalf(request: HttpRequest, own: Subject) -> Subject:
    """Return the delegate in whose name an organiser acts; asked anew each time, so that a right that ends, ends it."""
    wish = request.session.get(BEHALF_KEY)
    if not wish:
        return own
    try:
        with acting(own):
            person = Person.objects.filter(pk=UUID(wish["person"])).first()
            if person is not None:
                return subject_on_behalf(
                    by=own, person=person, edition_id=UUID(wish["edition"]), is_new=False
                )
    except (PunteError, KeyError, ValueError):
        pass
    request.session.pop(BEHALF_KEY, None)
    return own


class SubjectMiddleware:
    """
    Open one transaction for the request, and enter it in the subject's name.

    A streamed response is sent after it ended: its generator opens ``acting(subject)`` of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in its subject's name."""
        subject = subject_of_request(request)
        request.subject = subject  # type: ignore[attr-defined]
        with acting(subject):
            return self.get_response(request)
