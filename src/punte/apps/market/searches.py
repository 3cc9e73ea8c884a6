"""Saved searches: keep one, drop one, and tell its person of needs and offers that are new since."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.access.texts import one_line
from punte.apps.market.bridge import (
    Document,
    Hint,
    Hit,
    ListingSource,
    Named,
    Reading,
    hints_of,
    named_in,
    search_in,
    source_of,
)
from punte.apps.market.models import Listing, SavedSearch, Translation
from punte.apps.market.queries import Filter, listings
from punte.apps.people.mail import queue_mail
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import PunteError

MOST_KEPT: Final = 20
"""Searches that one person keeps."""
MOST_FOUND: Final = 100
"""Finds among which a kept search looks for new ones."""
BEFORE_NAMES: Final = 10
"""Texts that come before organisations whose name has the words among others."""
FOUND_KIND: Final = "search.found"


class TooManySearchesError(PunteError):
    """The person keeps as many searches as one may."""


def kept_by(subject: Subject) -> list[SavedSearch]:
    """Return the searches that the subject keeps, oldest first."""
    if subject.person_id is None:
        return []
    return list(SavedSearch.objects.filter(person_id=subject.person_id))


def keep_search(*, by: Subject, words: str, language: str) -> SavedSearch | None:
    """
    Keep a search of the acting person; None for a visitor, or where there are no words.

    Raises
    ------
    ClassifiedError
        If the words are marked RESTRICTED or above.
    TooManySearchesError
        If ``MOST_KEPT`` are kept already.
    """
    words = one_line(words, 300)
    if by.person_id is None or by.org_id is None or not words:
        return None
    refuse_classified(_("The search"), [("q", words)])
    own = kept_by(by)
    for one in own:
        if one.words == words:
            return one
    if len(own) >= MOST_KEPT:
        raise TooManySearchesError(
            _("You keep %(count)d searches, the most there can be. Drop one first.")
            % {"count": MOST_KEPT}
        )
    kept = SavedSearch.objects.create(
        owner_org_id=by.org_id,
        person_id=by.person_id,
        words=words,
        language=language,
        label_stewards=[f"person:{by.person_id}"],
    )
    record("search.kept", kept)
    return kept


def drop_search(*, by: Subject, search_id: UUID) -> bool:
    """Drop a search of the acting person; False where there is none."""
    if by.person_id is None:
        return False
    gone = bool(SavedSearch.objects.filter(pk=search_id, person_id=by.person_id).delete()[0])
    if gone:
        record("search.dropped", None, search=str(search_id))
    return gone


def listings_read(subject: Subject) -> tuple[ListingSource, ListingSource]:
    """Return the published needs and offers that a search of this subject reads."""
    return (
        ListingSource(listings(Filter(side=Listing.Side.NEED), subject)),
        ListingSource(listings(Filter(side=Listing.Side.OFFER), subject)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search finds, best first, each once, and whether meaning counted beside words."""

    hits: tuple[Hit, ...]
    reading: Reading


def find(
    words: str,
    subject: Subject,
    *,
    language: str,
    sides: Sequence[str] = ("need", "offer"),
    others: Sequence[Document] = (),
    top: int = 30,
) -> Found:
    """
    Return what the words find among published needs and offers, their translations, and other things.

    A need or offer is found by its own text, by a translation of its owner, by a code that it declares and by whom it
    belongs to. The latter two are named first, or last where an organisation's name has other words as well. Of organisations
    whose name has the words, those that are meant come first, others after ``BEFORE_NAMES`` texts about the words.

    Parameters
    ----------
    words
        Not empty.
    sides
        ``need``, ``offer``, both or none.
    others
        What else is searched, as the subject sees it.
    top
        How many the words and the meaning find at most, >= 1; what is named outright comes on top.
    """
    offered = [listings(Filter(side=side), subject) for side in sides]
    published = _either(offered)
    texts, whose = _translations(published)
    sources = [ListingSource(rows) for rows in offered]
    documents = source_of([*others, *texts])
    names = frozenset(one.key for one in others if one.is_name)
    named = named_in(words, published) if offered else Named()
    hits, reading = search_in(
        words,
        *sources,
        documents,
        language=language,
        top=top,
        names=names,
        named=named.organisations,
    )
    ranked = [replace(hit, key=whose.get(hit.key, hit.key)) for hit in hits]
    owners = [hit for hit in ranked if hit.key in named.meant]
    ranked = _texts_before_names(ranked, named.organisations - named.meant)
    first = [Hit(key=key, reasons=(why,)) for key, why in named.first.items()]
    last = [Hit(key=key, reasons=(why,)) for key, why in named.last.items()]
    once: dict[str, Hit] = {}
    for hit in (*owners, *first, *ranked, *last):
        before = once.get(hit.key)
        reasons = hit.reasons if before is None else (*before.reasons, *hit.reasons)
        once[hit.key] = Hit(key=hit.key, reasons=tuple(dict.fromkeys(reasons)))
    return Found(hits=tuple(once.values()), reading=reading)


def _texts_before_names(ranked: Sequence[Hit], names: Collection[str]) -> list[Hit]:
    # A word of a name weighs as much as a whole text about it: twenty firms "... Drones" would hide the need for drones.
    texts = [hit for hit in ranked if hit.key not in names]
    named = [hit for hit in ranked if hit.key in names]
    return [*texts[:BEFORE_NAMES], *named, *texts[BEFORE_NAMES:]]


def _either(offered: Sequence[QuerySet[Listing]]) -> QuerySet[Listing]:
    chosen = Q(pk__in=[])
    for rows in offered:
        chosen |= Q(pk__in=rows.order_by().values("pk"))
    return Listing.objects.filter(chosen)


def _translations(published: QuerySet[Listing]) -> tuple[list[Document], dict[str, str]]:
    """Return the owners' translations as texts, and the listing that each belongs to."""
    found = list(Translation.objects.filter(listing__in=published.order_by().values("pk")))
    return [document_of(one) for one in found], {str(one.pk): str(one.listing_id) for one in found}


def document_of(translation: Translation) -> Document:
    """Return a translation as a text that a search reads."""
    return Document(
        key=str(translation.pk),
        language=translation.language,
        title=translation.title,
        text=translation.text,
    )


def new_finds(search: SavedSearch, subject: Subject, *, since: dt.datetime) -> list[Listing]:
    """Return what the search finds now and what was not yet published then, or was under embargo until later, best first."""
    hits = find(search.words, subject, language=search.language, top=MOST_FOUND).hits
    freed = Q(label_embargo_until__gt=since, label_embargo_until__lte=timezone.now())
    is_new = Q(published_at__gt=since) | freed
    rows = Listing.objects.filter(is_new).in_bulk([UUID(hit.key) for hit in hits])
    return [rows[key] for hit in hits if (key := UUID(hit.key)) in rows]


def tell_searchers(now: dt.datetime | None = None) -> int:
    """
    Queue a mail to each person whose saved search finds something new; return how many [count].

    Each search runs in its person's name as that name stands now: what was withdrawn is not told.
    """
    now = now or timezone.now()
    with acting_as_system("tell of new finds"):
        kept = list(SavedSearch.objects.values_list("pk", "person_id"))
    return sum(_tell(search_id, person_id, now) for search_id, person_id in kept)


def _tell(search_id: UUID, person_id: UUID, now: dt.datetime) -> int:
    subject = subject_of_person(person_id)
    with acting(subject):
        search = SavedSearch.objects.filter(pk=search_id).first()
        person = Person.objects.filter(pk=person_id).first()
        if search is None or person is None:
            return 0
        since = search.told_at
        found = new_finds(search, subject, since=since)
        SavedSearch.objects.filter(pk=search_id).update(told_at=now)
        if not found:
            return 0
        return int(
            queue_mail(
                kind=FOUND_KIND,
                to=person,
                key=f"{search_id}:{since.isoformat()}",
                about_id=search_id,
                details={"since": since.isoformat()},
            )
        )


def suggested_codes(subject: Subject, words: str, *, language: str) -> list[Hint]:
    """
    Return codes that may be right for what somebody writes.

    Parameters
    ----------
    words
        What was written so far, not empty.
    """
    return hints_of(words, *listings_read(subject), language=language)
