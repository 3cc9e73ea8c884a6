"""What an organisation or a country has going on, as far as the active subject sees it."""

from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from punte.apps.cooperation.models import Assistance, Commitment, Cooperation, Partner
from punte.apps.market.models import Listing
from punte.apps.people.models import Organisation

NEWEST: Final = 10
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOn:
    """The newest of each kind; ``more`` names the kinds of which there are further ones."""

    cooperations: list[Cooperation]
    needs: list[Listing]
    offers: list[Listing]
    commitments: list[Commitment]
    assistance: list[Assistance]
    more: frozenset[str]

    def __bool__(self) -> bool:
        return bool(
            self.cooperations or self.needs or self.offers or self.commitments or self.assistance
        )


def of_organisation(row: Organisation) -> GoingOn:
    """Return what an organisation has going on; assistance where it is the side that helps or asks."""
    return _going_on(
        partners=Q(organisation_id=row.pk),
        owner=Q(owner_org_id=row.pk),
        helps=Q(owner_org_id=row.pk) & (Q(provider=row.name) | Q(asker=row.name)),
    )


def of_country(code: str) -> GoingOn:
    """Return what the organisations of a country have going on, and the assistance it gives, asks for or is given."""
    return _going_on(
        partners=Q(country=code),
        owner=Q(owner_org__country_id=code),
        helps=Q(provider_country=code) | Q(asker_country=code) | Q(beneficiaries__contains=[code]),
    )


def _going_on(*, partners: Q, owner: Q, helps: Q) -> GoingOn:
    joined = Partner.objects.filter(partners, left_at__isnull=True).values("cooperation_id")
    valid = Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate())
    listings = Listing.objects.filter(owner, valid, state=Listing.State.PUBLISHED)
    listings = listings.order_by("-published_at", "pk")
    more: set[str] = set()
    return GoingOn(
        cooperations=_newest(
            "cooperations",
            Cooperation.objects.filter(pk__in=joined).order_by("-began_at", "pk"),
            more,
        ),
        needs=_newest("needs", listings.filter(side=Listing.Side.NEED), more),
        offers=_newest("offers", listings.filter(side=Listing.Side.OFFER), more),
        commitments=_newest(
            "commitments", Commitment.objects.filter(owner).order_by("-entered_at", "pk"), more
        ),
        assistance=_newest("assistance", Assistance.objects.filter(helps), more),
        more=frozenset(more),
    )


def _newest(kind: str, rows: QuerySet[Row], more: set[str]) -> list[Row]:
    found = list(rows[: NEWEST + 1])
    if len(found) > NEWEST:
        more.add(kind)
    return found[:NEWEST]
