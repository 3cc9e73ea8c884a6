"""In which language each delegate is written to."""

from collections.abc import Iterable
from uuid import UUID

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.people.mail_sending import language_of


def languages_of_delegates(delegate_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the language that mails to each of the delegates are in, by the delegate's key."""
    with acting_as_system("write a sheet in its reader's language"):
        rows = Delegate.objects.filter(pk__in=list(delegate_ids)).select_related("person__account")
        return {one.pk: language_of(one.person) for one in rows}
