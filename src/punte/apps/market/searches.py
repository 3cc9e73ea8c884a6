"""Saved searches: keep one, drop one, and tell its person of needs and offers that are new since."""

import datetime as dt
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.market.bridge import Hint, ListingSource, hints_of, search_in
from punte.apps.market.models import Listing, SavedSearch
from punte.apps.market.queries import Filter, listings
from punte.apps.people.mail import queue_mail
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import PunteError

MOST_KEPT: Final = 20
"""Searches that one person keeps."""
MOST_FOUND: Final = 100
"""Finds among which a kept search looks for new ones."""
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
    words = " ".join(words.split())[:300]
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


def new_finds(search: SavedSearch, subject: Subject, *, since: dt.datetime) -> list[Listing]:
    """Return what the search finds now and what was not yet published then, or was under embargo until later, best first."""
    hits, _reading = search_in(
        search.words, *listings_read(subject), language=search.language, top=MOST_FOUND
    )
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
