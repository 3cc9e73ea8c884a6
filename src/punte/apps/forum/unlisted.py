"""Delegates whom nobody can ask for a meeting, because they have not said that others may find them; asked by mail."""

import datetime as dt
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Consent, Mail, Person
from punte.apps.people.permissions import may_decide, require

ASKED_KIND: Final = "directory.asked"
AGAIN_AFTER: Final = dt.timedelta(days=7)
"""Nobody is asked twice within it."""


def is_unlisted(delegate: Delegate) -> bool:
    """Whether a delegate could be asked for meetings, were others let find it."""
    is_found = f"edition:{delegate.edition_id}" in delegate.label_releasable_to
    return delegate.left_at is None and delegate.category.may_be_asked and not is_found


def unlisted(edition_id: UUID) -> QuerySet[Delegate]:
    """Return the delegates whom :func:`is_unlisted` names, as far as the subject sees them."""
    return Delegate.objects.filter(
        edition=edition_id, left_at__isnull=True, category__may_be_asked=True
    ).exclude(label_releasable_to__contains=[f"edition:{edition_id}"])


def askable(edition_id: UUID, *, now: dt.datetime) -> QuerySet[Person]:
    """
    Return who may be asked by mail now; the caller acts as the platform.

    They have an account, did not take an agreement back (that is an answer), and were not asked within the week.
    """
    asked = Mail.objects.filter(
        kind=ASKED_KIND, edition_id=edition_id, queued_at__gt=now - AGAIN_AFTER
    )
    refused = Consent.objects.filter(edition_id=edition_id, withdrawn_at__isnull=False)
    return (
        Person.objects.filter(
            pk__in=unlisted(edition_id).values("person_id"),
            account__isnull=False,
            merged_into__isnull=True,
            erased_at__isnull=True,
        )
        .exclude(pk__in=asked.exclude(state=Mail.State.NOT_SENT).values("person_id"))
        .exclude(pk__in=refused.values("person_id"))
        .select_related("account")
    )


def count_askable(*, by: Subject, edition_id: UUID) -> int:
    """Return how many an organiser could ask by mail now [count]; none for anybody else."""
    if not may_decide(by, "organise", edition_id):
        return 0
    with acting_as_system("ask delegates into the directory"):
        return askable(edition_id, now=timezone.now()).count()


def ask_unlisted(*, by: Subject, edition_id: UUID) -> int:
    """
    Ask those whom :func:`askable` names, by mail, whether others may find them; return how many [count].

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    """
    require(
        may_decide(by, "organise", edition_id),
        _("Asking the delegates"),
        _("Only an organiser may."),
    )
    now = timezone.now()
    with acting_as_system("ask delegates into the directory"):
        # Two who press at the same moment come one after the other: the second finds whom the first has asked.
        Edition.objects.select_for_update(no_key=True).get(pk=edition_id)
        persons = list(askable(edition_id, now=now))
    count = queue_mails(
        kind=ASKED_KIND,
        to=[(person, {}) for person in persons],
        key=f"{edition_id} {now.isoformat()}",
        edition_id=edition_id,
    )
    record("directory.asked", None, edition_id=edition_id, persons=count)
    return count
