"""Who is not let in although a badge was made: who was withdrawn, and who is suspended, alone or with their organisation or country."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from punte.apps.access.models import Denial
from punte.apps.forum.models import Delegate


class Why(StrEnum):
    """Why somebody is turned away."""

    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"


def turned_away(edition_id: UUID, among: Iterable[UUID] | None = None) -> dict[UUID, Why]:
    """
    Return whom the doors of an edition turn away now, among the delegates that the subject sees.

    Parameters
    ----------
    among
        Only these delegates; everybody where ``None``.
    """
    chosen = Delegate.objects.filter(edition_id=edition_id)
    if among is not None:
        chosen = chosen.filter(pk__in=set(among))
    names = list(Denial.objects.in_force(timezone.now()).values_list("name", flat=True))
    found = dict.fromkeys(
        chosen.filter(_is_of(names)).values_list("pk", flat=True) if names else (), Why.SUSPENDED
    )
    gone = chosen.filter(left_at__isnull=False).values_list("pk", flat=True)
    return found | dict.fromkeys(gone, Why.WITHDRAWN)


def _is_of(names: Iterable[str]) -> Q:
    """Return the delegates whom these names suspend, as :class:`Denial` writes them."""
    keys: dict[str, list[str]] = {"person": [], "org": [], "": []}
    for name in names:
        kind, _colon, key = name.rpartition(":")
        keys.get(kind, []).append(key)
    return (
        Q(person_id__in=keys["person"])
        | Q(organisation_id__in=keys["org"])
        | Q(organisation__country_id__in=keys[""])
    )
