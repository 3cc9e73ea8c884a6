"""Tell the other side of a need or an offer that somebody wrote to it, or is interested."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from punte.apps.access.permissions import acting_as_system
from punte.apps.market.models import Interest, Listing, Relay, Revision
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Person

MESSAGE_KIND: Final = "listing.message"
INTEREST_KIND: Final = "listing.interest"


def tell_message(message: Relay) -> None:
    """Tell who keeps the listing of a message about it, or who wrote before of the owner's answer."""
    listing = message.listing
    with acting_as_system("tell the other side of a listing"):
        wrote = Relay.objects.filter(listing=listing, thread_org_id=message.thread_org_id).exclude(
            owner_org_id=message.owner_org_id
        )
        readers = _people(wrote.values("author_id"))
        if not readers and message.owner_org_id != listing.owner_org_id:
            readers = _keepers(listing)
    _queue(MESSAGE_KIND, readers, listing, str(message.pk))


def keepers_of(listing: Listing) -> list[Person]:
    """Return who is told about a listing of theirs: its contact, else whoever changed it last."""
    with acting_as_system("tell the other side of a listing"):
        return _keepers(listing)


def tell_interest(interest: Interest) -> None:
    """Tell who keeps a listing that an organisation is interested; once for each organisation."""
    with acting_as_system("tell the other side of a listing"):
        readers = _keepers(interest.listing)
    _queue(INTEREST_KIND, readers, interest.listing, str(interest.pk))


def _keepers(listing: Listing) -> list[Person]:
    """Return the contact of a listing, else whoever changed it last."""
    if listing.contact_id is not None:
        return _people([listing.contact_id])
    last = Revision.objects.filter(listing=listing).order_by("-number").first()
    return _people([last.changed_by_id]) if last is not None and last.changed_by_id else []


def _people(keys: QuerySet[Any, Any] | list[UUID]) -> list[Person]:
    return list(
        Person.objects.filter(pk__in=keys, erased_at__isnull=True).select_related("account")
    )


def _queue(kind: str, readers: list[Person], listing: Listing, key: str) -> None:
    queue_about(kind, readers, listing, key, details={"row": key})


def queue_about(
    kind: str, readers: list[Person], listing: Listing, key: str, *, details: Mapping[str, str]
) -> int:
    """Queue a mail about a listing to each reader; return how many are on their way [count]."""
    return queue_mails(
        kind=kind,
        to=[(person, details) for person in readers],
        key=key,
        edition_id=listing.edition_id,
        owner_org_id=listing.owner_org_id,
        about_id=listing.pk,
    )
