"""The needs and offers that a cooperation can be linked to, told apart by organisation and country."""

from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.cooperation.models import Cooperation
from punte.apps.market.models import Listing
from punte.apps.people.models import Organisation

MOST = 500


def listing_choices(row: Cooperation, chosen: list[UUID]) -> dict[str, list[tuple[UUID, str]]]:
    """Return needs and offers by side: one's own and the partners' first, then by title; those chosen are always there."""
    near = {one.organisation_id for one in row.partners.all() if one.left_at is None}
    shown = Q(state=Listing.State.PUBLISHED) | Q(pk__in=chosen)
    listings = _nearest(Listing.objects.filter(shown), near, chosen)
    owners = Organisation.objects.in_bulk({one.owner_org_id for one in listings})
    found: dict[str, list[tuple[UUID, str]]] = {side: [] for side in Listing.Side.values}
    for one in listings:
        found[one.side].append((one.pk, _told(one, owners.get(one.owner_org_id))))
    return found


def _nearest(rows: QuerySet[Listing], near: set[UUID], chosen: list[UUID]) -> list[Listing]:
    place = Case(
        When(owner_org_id=active_subject().org_id, then=Value(0)),
        When(owner_org_id__in=near, then=Value(1)),
        When(pk__in=chosen, then=Value(2)),
        default=Value(3),
    )
    return list(rows.order_by(place, "title", "pk")[:MOST])


def _told(one: Listing, owner: Organisation | None) -> str:
    """Return how an option reads; whose it is stands there only where the reader sees the organisation."""
    if owner is None:
        return one.title
    return f"{one.title} ({owner.name}, {country_name(owner.country_id)})"
