"""
A form that makes something is done once: sent again as it is, it leads where it led, and makes nothing.

A form says that it is one by a field of its own, ``<input type="hidden" name="once" value="yes">``. Each showing of a page has
its own secret already, the masked token against forged requests; so a double click, a reload and a step back are known
by it, and two people or two tabs never meet. What is kept of it stands in the transaction of what the form makes.
"""

import hashlib
from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.contrib.messages import constants
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from punte.apps.access.permissions import active_subject
from punte.apps.people.sent_forms import Sent, give_back, keep_address, take_form
from punte.web.navigation import main_items

FIELD: Final = "once"
SHOWING: Final = "csrfmiddlewaretoken"
"""The field that differs from showing to showing of a page."""


class OnceMiddleware:
    """Let a form that makes something through once. It stands inside the transaction of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a form, or lead to what came of it when it was sent first."""
        if request.method != "POST" or not request.POST.get(FIELD) or not request.POST.get(SHOWING):
            return self.get_response(request)
        content = _digest(*_written(request))
        sent = take_form(
            person_id=active_subject().person_id,
            key_sha256=_digest(
                str(request.POST[SHOWING]),
                str(getattr(request.user, "pk", "")),
                request.path,
                request.POST.get("do", ""),
            ),
            content_sha256=content,
        )
        if sent.is_new:
            return self._answer(request, sent)
        if sent.content_sha256 == content:
            messages.info(
                request,
                _("This form was sent already, and was done once. Here is what came of it."),
            )
            return redirect(sent.address or request.path)
        return _ask(request, sent)

    def _answer(self, request: HttpRequest, sent: Sent) -> HttpResponse:
        response = self.get_response(request)
        if transaction.get_connection().needs_rollback:
            return response  # nothing stays, this neither
        if _did(request, response):
            keep_address(sent, response.headers["Location"])
        else:
            give_back(sent)
        return response


def _did(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a form did what it says: it leads on, and no fault is told."""
    if response.status_code not in {302, 303}:
        return False
    if getattr(request, "form_was_refused", False):
        return False
    told = getattr(messages.get_messages(request), "_queued_messages", [])
    return not any(one.level >= constants.ERROR for one in told)


def _ask(request: HttpRequest, sent: Sent) -> HttpResponse:
    """Ask of a form that was sent before with other words whether it is meant as another one; nothing typed is lost."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != SHOWING
        for value in map(str, values)
    ]
    context = {
        "fields": fields,
        "made": sent.address,
        "has_files": bool(request.FILES),
        "navigation": main_items(request),
    }
    return render(request, "ui/once.html", context, status=409)


def _written(request: HttpRequest) -> list[str]:
    texts = [
        text
        for name, values in sorted(request.POST.lists())
        if name != SHOWING
        for text in (name, *map(str, values))
    ]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            texts += [name, str(file.name), str(file.size)]
    return texts


def _digest(*texts: str) -> str:
    # Each part by its own digest: no two lists of parts run into the same bytes.
    parts = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return hashlib.sha256(b"".join(parts)).hexdigest()
