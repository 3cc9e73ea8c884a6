"""What of a change acts before anybody has reviewed it: whatever lets fewer people see what is published."""

from typing import Final

from django.utils import timezone

from punte.apps.access.models import strictest_tlp
from punte.apps.market.drafts import Draft
from punte.apps.market.models import Listing
from punte.apps.market.permissions import groups_of_audience, roles_of_audience

WITHIN: Final = {
    "public": ("edition", "allies", "eu", "eu-partners"),
    "edition": ("allies", "eu", "eu-partners"),
    "eu-partners": ("eu",),
}
"""Audiences all of whose people belong to a wider one."""


def lower_at_once(listing: Listing, draft: Draft) -> list[str]:
    """
    Let a published listing be seen by fewer, as its owner now wishes; return the fields that act at once, not yet saved.

    A stricter marking, a later embargo, an earlier last day and a narrower audience wait for nobody.
    """
    return [
        name
        for name, act in (
            ("tlp", _mark),
            ("embargo_until", _embargo),
            ("expires_on", _end),
            ("audience", _narrow),
        )
        if act(listing, draft)
    ]


def _mark(listing: Listing, draft: Draft) -> bool:
    stricter = strictest_tlp([listing.label_tlp, draft.tlp])
    is_lower, listing.label_tlp = stricter != listing.label_tlp, stricter
    return is_lower


def _embargo(listing: Listing, draft: Draft) -> bool:
    stands, wished = listing.label_embargo_until, draft.embargo_until
    is_lower = wished is not None and wished > timezone.now() and (not stands or wished > stands)
    if is_lower:
        listing.label_embargo_until = wished
    return is_lower


def _end(listing: Listing, draft: Draft) -> bool:
    stands, wished = listing.expires_on, draft.expires_on
    is_lower = wished is not None and (stands is None or wished < stands)
    if is_lower:
        listing.expires_on = wished
    return is_lower


def _narrow(listing: Listing, draft: Draft) -> bool:
    if draft.audience == listing.audience or listing.audience in WITHIN.get(draft.audience, ()):
        return False
    before = listing.label_releasable_to, listing.label_restricted_to, listing.label_audience
    is_as_chosen = before[:2] == groups_of_audience(listing)
    if is_as_chosen and draft.audience in WITHIN.get(listing.audience, ()):
        listing.audience = draft.audience
        listing.label_releasable_to, listing.label_restricted_to = groups_of_audience(listing)
    else:
        _require_both(listing, draft.audience)
    listing.label_audience = roles_of_audience(listing)
    after = listing.label_releasable_to, listing.label_restricted_to, listing.label_audience
    return before != after


def _require_both(listing: Listing, audience: str) -> None:
    """Let only those see it who belong to both audiences; the wish for the other one waits for its reviewer."""
    wished = Listing(edition_id=listing.edition_id, audience=audience)
    groups, inside = groups_of_audience(wished)
    if len(groups) == 1:
        more = [*inside, *groups]
    elif len(listing.label_releasable_to) == 1:
        more, listing.label_releasable_to = [*inside, *listing.label_releasable_to], groups
    else:
        more = inside
    held = listing.label_restricted_to
    listing.label_restricted_to = [*held, *(one for one in more if one not in held)]
