"""What requests of an edition are about: how each need and offer was asked about, answered and met."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from punte.apps.market.models import Listing
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.people.models import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Requests, and of these the accepted ones and those that the published timetable holds [count]."""

    asked: int = 0
    accepted: int = 0
    met: int = 0

    @property
    def share(self) -> float | None:
        """Accepted requests that are met, 0 to 1; None where none was accepted."""
        return self.met / self.accepted if self.accepted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingTally:
    """A need or an offer, and the requests about it; an owner whom the reader may not see is unnamed."""

    listing: Listing
    owner: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class ByListing:
    """
    The requests that the reader sees, by what they are about; each is counted once.

    Parameters
    ----------
    needs, offers
        Those of the edition that are published, and those that a request is about; the most asked about first.
    neither
        Requests about nothing, or about what the reader does not see: the two are not told apart.
    """

    needs: tuple[ListingTally, ...]
    offers: tuple[ListingTally, ...]
    neither: Tally


def sum_of(tallies: Iterable[Tally]) -> Tally:
    """Return what some lines come to together."""
    found = list(tallies)
    return Tally(
        asked=sum(one.asked for one in found),
        accepted=sum(one.accepted for one in found),
        met=sum(one.met for one in found),
    )


def requests_by_listing(edition_id: UUID) -> ByListing:
    """Return how often each need and offer of an edition is asked about and met, in a constant number of queries."""
    tallies = _tallies(edition_id)
    seen = list(
        Listing.objects.filter(
            Q(edition_id=edition_id, state=Listing.State.PUBLISHED)
            | Q(pk__in=[key for key in tallies if key is not None])
        ).only("id", "side", "title", "language", "owner_org_id", "label_tlp")
    )
    owners = dict(
        Organisation.objects.filter(pk__in={row.owner_org_id for row in seen}).values_list(
            "pk", "name"
        )
    )
    lines = sorted(
        (
            ListingTally(
                listing=row,
                owner=owners.get(row.owner_org_id, ""),
                tally=tallies.pop(row.pk, Tally()),
            )
            for row in seen
        ),
        key=lambda line: (-line.tally.asked, line.listing.title.casefold(), line.listing.pk),
    )
    return ByListing(
        needs=tuple(line for line in lines if line.listing.side == Listing.Side.NEED),
        offers=tuple(line for line in lines if line.listing.side == Listing.Side.OFFER),
        neither=sum_of(tallies.values()),
    )


def _tallies(edition_id: UUID) -> dict[UUID | None, Tally]:
    held = set(
        Meeting.objects.filter(
            version__edition_id=edition_id, version__state=TimetableVersion.State.PUBLISHED
        ).values_list("request_id", flat=True)
    )
    counts: defaultdict[UUID | None, Counter[str]] = defaultdict(Counter)
    for key, about, state in MeetingRequest.objects.filter(edition_id=edition_id).values_list(
        "pk", "about_listing_id", "state"
    ):
        counts[about]["asked"] += 1
        counts[about]["accepted"] += state == MeetingRequest.State.ACCEPTED
        counts[about]["met"] += key in held
    return {about: Tally(**count) for about, count in counts.items()}
