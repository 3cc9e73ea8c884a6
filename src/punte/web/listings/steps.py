"""The steps of a need's or offer's life: each one button, one POST, one action."""

import datetime as dt
from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from punte.apps.market import actions, changing, translating
from punte.apps.market.models import Listing
from punte.kernel.errors import PunteError
from punte.web.listings.pages import address_of, found_or_404, subject_of, written_in
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed

Step = Callable[[HttpRequest, Listing], None]


def _submit(request: HttpRequest, listing: Listing) -> None:
    actions.submit_listing(by=subject_of(request), listing=listing)


def _publish(request: HttpRequest, listing: Listing) -> None:
    actions.publish_listing(by=subject_of(request), listing=listing)


def _send_back(request: HttpRequest, listing: Listing) -> None:
    note = written_in(request, "note")
    actions.send_back_listing(by=subject_of(request), listing=listing, note=note)


def _publish_translation(request: HttpRequest, listing: Listing) -> None:
    translating.publish_translation(
        by=subject_of(request), listing=listing, waiting_id=_waiting_in(request)
    )


def _send_back_translation(request: HttpRequest, listing: Listing) -> None:
    translating.send_back_translation(
        by=subject_of(request),
        listing=listing,
        waiting_id=_waiting_in(request),
        note=written_in(request, "note"),
    )


def _publish_change(request: HttpRequest, listing: Listing) -> None:
    changing.publish_change(
        by=subject_of(request), listing=listing, waiting_id=_waiting_in(request)
    )


def _send_back_change(request: HttpRequest, listing: Listing) -> None:
    changing.send_back_change(
        by=subject_of(request),
        listing=listing,
        waiting_id=_waiting_in(request),
        note=written_in(request, "note"),
    )


def _take_back_change(request: HttpRequest, listing: Listing) -> None:
    changing.take_back_change(by=subject_of(request), listing=listing)


def _waiting_in(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("waiting", ""))
    except ValueError as error:
        raise Http404 from error


def _withdraw(request: HttpRequest, listing: Listing) -> None:
    actions.withdraw_listing(by=subject_of(request), listing=listing)


def _renew(request: HttpRequest, listing: Listing) -> None:
    try:
        until = dt.date.fromisoformat(request.POST.get("until", ""))
    except ValueError as error:
        raise PunteError(_("Give the new last day as a date.")) from error
    actions.renew_listing(by=subject_of(request), listing=listing, until=until)


def _interest(request: HttpRequest, listing: Listing) -> None:
    reason = written_in(request, "reason")
    actions.express_interest(by=subject_of(request), listing=listing, reason=reason)


def _no_interest(request: HttpRequest, listing: Listing) -> None:
    actions.take_back_interest(by=subject_of(request), listing=listing)


def _message(request: HttpRequest, listing: Listing) -> None:
    try:
        thread = UUID(request.POST["thread"]) if request.POST.get("thread") else None
    except ValueError as error:
        raise Http404 from error
    actions.send_message(
        by=subject_of(request),
        listing=listing,
        text=written_in(request, "text"),
        thread_org_id=thread,
    )


STEPS: Final[dict[str, tuple[Step, object]]] = {
    "submit": (_submit, gettext_lazy("Submitted. The focal points of the edition see it now.")),
    "publish": (_publish, gettext_lazy("Published.")),
    "send-back": (_send_back, gettext_lazy("Sent back to its owner with your note.")),
    "publish-translation": (_publish_translation, gettext_lazy("The translation is published.")),
    "send-back-translation": (
        _send_back_translation,
        gettext_lazy("Sent back to its owner with your note."),
    ),
    "publish-change": (_publish_change, gettext_lazy("The change is published.")),
    "send-back-change": (
        _send_back_change,
        gettext_lazy("Sent back to its owner with your note. What was published stays so."),
    ),
    "take-back-change": (
        _take_back_change,
        gettext_lazy("The change is dropped. What is published stays as it reads."),
    ),
    "withdraw": (_withdraw, gettext_lazy("Withdrawn. Nobody else sees it any more.")),
    "renew": (_renew, gettext_lazy("Renewed.")),
    "interest": (_interest, gettext_lazy("Your interest is noted. Only the owner sees it.")),
    "no-interest": (_no_interest, gettext_lazy("Your interest is taken back.")),
    "message": (_message, gettext_lazy("Sent. The answer appears on this page.")),
}


@require_POST
def take_step(request: HttpRequest, side: str, listing_id: UUID, step: str) -> HttpResponse:
    """Take one step and say what came of it, on the listing's page."""
    if step not in STEPS:
        raise Http404
    listing = found_or_404(listing_id, side)
    act, done = STEPS[step]
    try:
        act(request, listing)
    except PunteError as error:
        keep_typed(request, page=reverse(address_of(listing), kwargs={"listing_id": listing.pk}))
        tell_refusal(request, error)
        return redirect(address_of(listing), listing_id=listing.pk)
    messages.success(request, str(done))
    # Who has just lost sight of it goes to the list: its own page would be a dead end.
    if step in {"publish", "send-back"}:
        return redirect("listings:review")
    return redirect(address_of(listing), listing_id=listing.pk)
