"""Who said that a need or an offer concerns them, and whom of them its owner may ask for a meeting."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from punte.apps.access.permissions import Subject
from punte.apps.forum.models import Delegate
from punte.apps.market.models import Interest, Listing
from punte.apps.market.queries import interests_in
from punte.apps.meetings.may_ask import reason_against
from punte.apps.people.models import Organisation

MOST_ASKED: Final = 12
"""Organisations for which somebody to be asked is looked for at most; the list of who is there has the rest."""
PEOPLE_OF_EACH: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Interested:
    """An expression of interest, its organisation where the reader sees it, and somebody there who may be asked."""

    interest: Interest
    organisation: Organisation | None
    whom: Delegate | None


def interested_in(listing: Listing, subject: Subject) -> list[Interested]:
    """Return the expressions of interest that the subject sees; its owner is also told whom to ask."""
    interests = interests_in(listing)
    keys = {one.owner_org_id for one in interests}
    organisations = Organisation.objects.in_bulk(keys) if keys else {}
    asked = _to_be_asked(listing, subject, interests) if keys else {}
    return [
        Interested(
            interest=one,
            organisation=organisations.get(one.owner_org_id),
            whom=asked.get(one.owner_org_id),
        )
        for one in interests
    ]


def _to_be_asked(
    listing: Listing, subject: Subject, interests: list[Interest]
) -> dict[UUID, Delegate]:
    is_owner = subject.org_id == listing.owner_org_id
    if not is_owner or listing.edition_id is None or subject.person_id is None:
        return {}
    delegates = Delegate.objects.filter(edition_id=listing.edition_id)
    delegates = delegates.select_related("organisation", "category", "edition")
    me = delegates.filter(person_id=subject.person_id).first()
    if me is None:
        return {}
    found: dict[UUID, Delegate] = {}
    for one in interests[:MOST_ASKED]:
        people = delegates.filter(organisation_id=one.owner_org_id, left_at__isnull=True)
        whom = next(
            (other for other in people[:PEOPLE_OF_EACH] if not reason_against(me, other)), None
        )
        if whom is not None:
            found[one.owner_org_id] = whom
    return found
