"""Tell reviewers what waits for them, and owners what became of what they wrote or when it ends; each once."""

import datetime as dt
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db.models import Q
from django.utils import timezone

from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.market.models import Listing, WaitingChange, WaitingTranslation
from punte.apps.market.permissions import REVIEW_RIGHTS, may_review
from punte.apps.market.telling import keepers_of, queue_about
from punte.apps.people.mail import MAIL_QUEUE, queue_mail
from punte.apps.people.models import Grant, Mail, Person
from punte.apps.people.queries import subject_of_person

REVIEW_KIND: Final = "listing.review"
PUBLISHED_KIND: Final = "listing.published"
SENT_BACK_KIND: Final = "listing.sent_back"
EXPIRES_KIND: Final = "listing.expires"
REVIEW_TASK: Final = "market.tell_reviewers"
GATHERED: Final = dt.timedelta(minutes=2)
"""How long what is handed in is gathered, so that twenty offers are one mail to a reviewer."""
AHEAD: Final = dt.timedelta(days=14)
"""How long before its last day the owner of a need or an offer is told."""


def defer_review_news(listing: Listing) -> None:
    """Have the reviewers of a listing told, together with whatever else is handed in meanwhile."""
    from procrastinate.contrib.django import app

    task = app.configure_task(
        REVIEW_TASK, queue=MAIL_QUEUE, schedule_in={"seconds": int(GATHERED.total_seconds())}
    )
    task.defer(edition_id=str(listing.edition_id))


def tell_reviewers(edition_id: UUID) -> int:
    """Tell each reviewer of an edition, in one mail, what waits for them that no mail told of; return how many [count]."""
    count = 0
    for person in _reviewers(edition_id):
        subject = subject_of_person(person.pk)
        with acting(subject):
            waits = waiting_keys(subject, edition_id)
        with acting_as_system("tell reviewers what waits"):
            mails = Mail.objects.filter(person=person, kind=REVIEW_KIND, edition_id=edition_id)
            told = {
                key
                for details in mails.values_list("details", flat=True)
                for key in details["told"]
            }
        new = sorted(waits - told)
        if new:
            count += queue_mail(
                kind=REVIEW_KIND,
                to=person,
                key=str(uuid5(NAMESPACE_OID, " ".join(new))),
                edition_id=edition_id,
                details={"told": new},
            )
    return count


def waiting_keys(subject: Subject, edition_id: UUID) -> set[str]:
    """Return names for what waits for the subject's review at an edition: changed, it has another name."""
    listings = Listing.objects.filter(edition_id=edition_id).exclude(owner_org_id=subject.org_id)
    mine = [
        one for one in listings.filter(state=Listing.State.IN_REVIEW) if may_review(subject, one)
    ]
    found = {f"{one.pk}:{one.revision}" for one in mine}
    published = listings.filter(state=Listing.State.PUBLISHED)
    for model in (WaitingChange, WaitingTranslation):
        rows = model.objects.filter(listing__in=published, review_note="").select_related("listing")
        found |= {str(row.pk) for row in rows if may_review(subject, row.listing)}
    return found


def _reviewers(edition_id: UUID) -> list[Person]:
    now = timezone.now()
    with acting_as_system("tell reviewers what waits"):
        held = Grant.objects.filter(
            Q(edition_id=edition_id) | Q(edition_id__isnull=True),
            Q(until__isnull=True) | Q(until__gt=now),
            right__in=REVIEW_RIGHTS,
            since__lte=now,
            revoked_at__isnull=True,
        )
        people = Person.objects.filter(pk__in=held.values("person_id"), erased_at__isnull=True)
        return list(people.select_related("account").order_by("pk"))


def tell_published(listing: Listing, *, what: str, key: object) -> None:
    """
    Tell who keeps a listing that it, a change or a translation of it is published.

    Parameters
    ----------
    what
        ``listing``, ``change``, or the language of a translation.
    """
    queue_about(
        PUBLISHED_KIND, keepers_of(listing), listing, f"{listing.pk} {key}", details={"what": what}
    )


def tell_sent_back(listing: Listing, *, row: UUID, key: object) -> None:
    """Tell who keeps a listing that it, or what waits beside it as ``row``, was sent back."""
    queue_about(
        SENT_BACK_KIND, keepers_of(listing), listing, f"{row} {key}", details={"row": str(row)}
    )


def tell_expiring(today: dt.date) -> int:
    """Tell the owners of what ends within two weeks, once for each last day; return how many mails wait [count]."""
    with acting_as_system("tell of a last day"):
        ending = list(
            Listing.objects.filter(
                state=Listing.State.PUBLISHED, expires_on__gt=today, expires_on__lte=today + AHEAD
            )
        )
        readers = {one.pk: keepers_of(one) for one in ending}
    return sum(
        queue_about(
            EXPIRES_KIND,
            readers[one.pk],
            one,
            f"{one.pk} {one.expires_on}",
            details={"until": str(one.expires_on)},
        )
        for one in ending
    )
