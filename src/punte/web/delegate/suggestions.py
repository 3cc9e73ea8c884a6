"""People a delegate should meet: those whose needs or offers fit their organisation's own, with the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import acting
from punte.apps.access.queries import country_name
from punte.apps.forum.models import Delegate
from punte.apps.market.bridge import Fit, fits_of
from punte.apps.market.models import Listing
from punte.apps.market.queries import others_of
from punte.apps.meetings.may_ask import reason_against, why_closed
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.queries import subject_of_person
from punte.web.delegate.place import Seat, take_seat

OWN_READ: Final = 6
"""Own needs and offers that are compared, newest first."""
MOST: Final = 6
"""People that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Somebody to meet, and why: what of theirs fits what of ours."""

    delegate: Delegate
    country: str
    own: Listing
    fit: Fit


def suggestions_for(seat: Seat) -> list[Suggestion]:
    """Return whom the delegate should meet, best first, each organisation once, nobody already asked."""
    me, subject = seat.me, seat.subject
    own = Listing.objects.filter(
        owner_org_id=me.organisation_id, state=Listing.State.PUBLISHED
    ).order_by("-published_at", "pk")[:OWN_READ]
    best: dict[UUID, list[tuple[Listing, Fit]]] = {}
    # The best of each own listing first: scores compare within one list only.
    ranked = [
        (
            listing,
            fits_of(listing, others_of(listing, subject), by=subject, top=5, is_strict=True).fits,
        )
        for listing in own
    ]
    for place in range(max((len(fits) for _listing, fits in ranked), default=0)):
        for listing, fits in ranked:
            if place < len(fits):
                best.setdefault(fits[place].listing.owner_org_id, []).append((listing, fits[place]))
    asked = {
        other
        for sender, receiver in MeetingRequest.objects.filter(edition=seat.edition)
        .exclude(state__in=["withdrawn", "declined"])
        .values_list("sender_id", "receiver_id")
        if me.pk in (sender, receiver)
        for other in (sender, receiver)
    }
    found = []
    for organisation_id, pairs in best.items():
        people = (
            Delegate.objects.filter(edition=seat.edition, organisation_id=organisation_id)
            .exclude(pk__in=asked)
            .select_related("organisation", "category", "edition")
        )
        other = next((one for one in people[:5] if not reason_against(me, one)), None)
        pair = None if other is None else _first_seen(other, pairs)
        if other is not None and pair is not None:
            country = country_name(other.organisation.country_id)
            found.append(Suggestion(delegate=other, country=country, own=pair[0], fit=pair[1]))
        if len(found) == MOST:
            break
    return found


def _first_seen(
    other: Delegate, pairs: Sequence[tuple[Listing, Fit]]
) -> tuple[Listing, Fit] | None:
    """Return the best of pairs whose own part the other may see too: nobody is asked about what is hidden from them."""
    with acting(subject_of_person(other.person_id)):
        keys = {own.pk for own, _fit in pairs}
        seen = set(Listing.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return next(((own, fit) for own, fit in pairs if own.pk in seen), None)


@require_GET
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show whom the reader should meet; a part of their day that comes after it."""
    seat = take_seat(request, slug)
    return render(
        request,
        "delegate/suggestions.html",
        seat.context(
            suggestions=suggestions_for(seat),
            closed=why_closed(seat.edition),
            is_part=bool(request.headers.get("HX-Request")),
        ),
    )
