"""What a search reads, and the page of each thing that it finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Words
from punte.apps.access.permissions import Subject
from punte.apps.cooperation.searchable import things
from punte.apps.market.bridge import Document
from punte.apps.market.models import Listing
from punte.apps.people.models import Organisation

KINDS: Final[dict[str, Promise]] = {
    "need": _("Needs"),
    "offer": _("Offers"),
    "organisation": _("Organisations"),
    "programme": _("Programmes"),
    "milestone": _("Milestones"),
    "commitment": _("Commitments"),
    "cooperation": _("Cooperations"),
    "file": _("Documents of cooperations"),
    "assistance": _("Assistance"),
    "group": _("Working groups"),
    "topic": _("Discussions"),
    "decision": _("Decisions"),
    "note": _("Notes on meetings"),
    "edition": _("Editions"),
    "session": _("Agenda"),
    "release": _("Press releases"),
    "case": _("Cases of eligibility"),
    "plan": _("Loan plans"),
    "allocation": _("Allocations"),
}
ADDRESSES: Final = {
    "need": "/needs/{key}/",
    "offer": "/offers/{key}/",
    "organisation": "/organisations/{key}/",
    "programme": "/programmes/{key}/",
    "milestone": "/programmes/milestones/{key}/",
    "commitment": "/commitments/{key}/",
    "cooperation": "/cooperations/{key}/",
    "file": "/cooperations/{under}/files/{key}/",
    "assistance": "/assistance/{key}/",
    "group": "/groups/{key}/",
    "topic": "/discussions/{key}/",
    "decision": "/decisions/#d-{key}",
    "note": "/e/{under}/",
    "edition": "/e/{under}/",
    "session": "/e/{under}/agenda/{key}/",
    "release": "/e/{under}/press/",
    "case": "/eligibility/{key}/",
    "plan": "/finance/plans/{key}/",
    "allocation": "/finance/allocations/{key}/",
}
FOR_ACCOUNTS: Final = frozenset({"organisation", "cooperation", "file", "group", "topic", "note"})
"""Kinds whose pages ask a visitor to sign in; a visitor is not led there."""
SIDES: Final = tuple(Listing.Side.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One thing that can be found: what the engine reads, its kind, its page, and whose it is where that is seen.

    Parameters
    ----------
    title, text
        As they are shown.
    """

    document: Document
    kind: str
    address: str
    title: Words
    text: Words
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """What a search reads: needs, offers or neither, and everything else by key."""

    sides: tuple[str, ...]
    others: dict[str, Entry]

    @property
    def documents(self) -> list[Document]:
        """The texts of everything but needs and offers."""
        return [entry.document for entry in self.others.values()]

    def entries(self, keys: Iterable[str]) -> dict[str, Entry]:
        """Return what was found, by key; a need or an offer that is gone by now is left out."""
        asked = list(keys)
        rows = Listing.objects.in_bulk([UUID(key) for key in asked if key not in self.others])
        owners = Organisation.objects.in_bulk({row.owner_org_id for row in rows.values()})
        found = {
            str(key): _of_listing(row, owners.get(row.owner_org_id)) for key, row in rows.items()
        }
        return found | {key: self.others[key] for key in asked if key in self.others}


def readable(subject: Subject, kind: str = "") -> Readable:
    """Return what the reader sees, of one kind or of all."""
    others = {}
    for thing in things(kind, leave_out=frozenset() if subject.person_id else FOR_ACCOUNTS):
        key = thing.document.key
        address = ADDRESSES[thing.kind].format(key=key, under=thing.under)
        others[key] = Entry(
            document=thing.document,
            kind=thing.kind,
            address=address,
            title=thing.said or Words(thing.document.title, thing.document.language),
            text=thing.about if thing.said else Words(thing.document.text, thing.document.language),
        )
    return Readable(sides=tuple(side for side in SIDES if kind in {"", side}), others=others)


def _of_listing(listing: Listing, owner: Organisation | None) -> Entry:
    return Entry(
        document=Document(
            key=str(listing.pk),
            language=listing.language,
            title=listing.title,
            text=listing.text,
        ),
        kind=listing.side,
        title=Words(listing.title, listing.language),
        text=Words(listing.text, listing.language),
        address=ADDRESSES[listing.side].format(key=listing.pk),
        owner=owner.name if owner else "",
    )
