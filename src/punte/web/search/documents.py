"""What a search reads: every kind of labelled thing that has words, in the reader's name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from punte.apps.access.permissions import Subject
from punte.apps.cooperation.models import Assistance, Commitment, Cooperation, Post, Topic
from punte.apps.forum.models import Session
from punte.apps.market.bridge import Document, ListingSource, Source, source_of
from punte.apps.market.models import Listing
from punte.apps.market.queries import Filter, listings
from punte.apps.programmes.queries import list_programmes

MOST: Final = 500
"""Rows of each other kind that are read."""
KINDS: Final[dict[str, Promise]] = {
    "need": _("Needs"),
    "offer": _("Offers"),
    "programme": _("Programmes"),
    "milestone": _("Milestones"),
    "commitment": _("Commitments"),
    "cooperation": _("Cooperations"),
    "assistance": _("Assistance"),
    "topic": _("Discussions"),
    "session": _("Agenda"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that can be found: what the engine reads, its kind, and its page."""

    document: Document
    kind: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """
    What a search reads.

    Parameters
    ----------
    sources
        The texts; needs and offers are read only where they are not at hand already.
    others
        Everything but needs and offers, by key.
    """

    sources: tuple[Source, ...]
    others: dict[str, Entry]

    def entries(self, keys: Iterable[str]) -> dict[str, Entry]:
        """Return what was found, by key; a need or an offer that is gone by now is left out."""
        asked = list(keys)
        rows = Listing.objects.in_bulk([UUID(key) for key in asked if key not in self.others])
        found = {str(key): _of_listing(listing) for key, listing in rows.items()}
        return found | {key: self.others[key] for key in asked if key in self.others}


def readable(subject: Subject, kind: str = "") -> Readable:
    """Return what the reader sees, of one kind or of all."""
    others = {entry.document.key: entry for entry in _others(kind)}
    sides = [side for side in Listing.Side.values if kind in {"", side}]
    offered = [ListingSource(listings(Filter(side=side), subject)) for side in sides]
    texts = source_of([entry.document for entry in others.values()])
    return Readable(sources=(*offered, texts), others=others)


def _of_listing(listing: Listing) -> Entry:
    folder = "needs" if listing.side == Listing.Side.NEED else "offers"
    return Entry(
        document=Document(
            key=str(listing.pk),
            language=listing.language,
            title=listing.title,
            text=listing.text,
        ),
        kind=listing.side,
        address=f"/{folder}/{listing.pk}/",
    )


def _others(kind: str) -> Iterator[Entry]:
    if kind in {"", "programme", "milestone"}:
        yield from _of_programmes(kind)
    yield from _of_cooperation(kind)
    if kind in {"", "session"}:
        yield from _of_agendas()


def _of_agendas() -> Iterator[Entry]:
    """Yield the sessions that are released; drafts are read by nobody here."""
    released = Session.objects.filter(is_released=True).select_related("edition")
    for session in released[:MOST]:
        text = f"{session.subtitle} {session.about} {session.track}"
        folder = f"e/{session.edition.slug}/agenda"
        yield _entry("session", folder, session.pk, session.title, text)


def _of_cooperation(kind: str) -> Iterator[Entry]:
    if kind in {"", "commitment"}:
        for commitment in Commitment.objects.all()[:MOST]:
            text = f"{commitment.who} {commitment.occasion} {commitment.quotation}"
            yield _entry("commitment", "commitments", commitment.pk, commitment.what, text)
    if kind in {"", "cooperation"}:
        for work in Cooperation.objects.all()[:MOST]:
            yield _entry("cooperation", "cooperations", work.pk, work.name, work.about)
    if kind in {"", "assistance"}:
        for help_ in Assistance.objects.all()[:MOST]:
            text = f"{help_.about} {help_.provider} {help_.place}"
            yield _entry("assistance", "assistance", help_.pk, help_.title, text)
    if kind in {"", "topic"}:
        said = Prefetch("posts", Post.objects.filter(removed_because=""))
        for topic in Topic.objects.prefetch_related(said)[:MOST]:
            text = "\n".join(post.text for post in topic.posts.all())
            yield _entry("topic", "discussions", topic.pk, topic.title, text)


def _of_programmes(kind: str) -> Iterator[Entry]:
    for programme in list_programmes()[:MOST]:
        if kind in {"", "programme"}:
            text = f"{programme.scope} {programme.authority}"
            yield _entry("programme", "programmes", programme.pk, programme.name, text)
        if kind in {"", "milestone"}:
            for milestone in programme.milestones.all():
                text = f"{milestone.note} {programme.name}"
                yield _entry(
                    "milestone", "programmes/milestones", milestone.pk, milestone.name, text
                )


def _entry(kind: str, folder: str, key: object, title: str, text: str) -> Entry:
    # Long texts are read from their beginning: a search answers while the reader waits.
    document = Document(key=str(key), language="en", title=title, text=text[:1200].strip())
    return Entry(document=document, kind=kind, address=f"/{folder}/{key}/")
