"""
Who never sits at one table, as asking, solving and booking read it.

The list is seen by organisers alone, and bites for everybody: it is read as the platform, and what is told is only
that the two are kept apart, never why or by which line.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.models import NeverMeet
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import Apart
from punte.apps.people.models import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """
    Pairs of sides that are kept apart, each named as :attr:`Subject.names` names it.

    Parameters
    ----------
    countries
        Of the organisations that come, where a pair names a country; empty otherwise.
    """

    pairs: frozenset[tuple[str, str]]
    countries: Mapping[UUID, str]

    def keep(self, one: Delegate, other: Delegate) -> bool:
        """Whether two delegates are kept apart."""
        return bool(self.pairs) and bool(self.pairs_between(one, other))

    def pairs_between(self, one: Delegate, other: Delegate) -> set[tuple[str, str]]:
        """Return the pairs that keep two delegates apart."""
        first, second = self._names_of(one), self._names_of(other)
        asked = {pair for a in first for b in second for pair in ((a, b), (b, a))}
        return asked & self.pairs

    def _names_of(self, delegate: Delegate) -> tuple[str, str, str]:
        return (
            self.countries.get(delegate.organisation_id, ""),
            f"org:{delegate.organisation_id}",
            f"person:{delegate.person_id}",
        )


def sides_apart(edition_id: UUID) -> Sides:
    """Return who is kept apart at an edition: its own list, and organisations that never see each other at all."""
    with acting_as_system("keep two sides apart"):
        pairs = set(Apart.objects.filter(edition_id=edition_id).values_list("one", "other"))
        pairs |= {
            (f"org:{one}", f"org:{other}")
            for one, other in NeverMeet.objects.values_list("one_org_id", "other_org_id")
        }
        countries: dict[UUID, str] = {}
        if any(":" not in name for pair in pairs for name in pair):
            coming = Organisation.objects.filter(delegates__edition_id=edition_id)
            countries = dict(coming.order_by().distinct().values_list("pk", "country_id"))
    return Sides(pairs=frozenset(pairs), countries=countries)


def strangers(
    sender: Delegate, receiver: Delegate, along: Iterable[Delegate]
) -> list[tuple[Delegate, Delegate]]:
    """Return who sits opposite whom at a meeting: its two sides, and of those who come along each pair of two organisations."""
    everybody = itertools.combinations((sender, receiver, *along), 2)
    return [
        (one, other)
        for one, other in everybody
        if one.organisation_id != other.organisation_id or (one, other) == (sender, receiver)
    ]


def reason_apart(one: Delegate, other: Delegate) -> str:
    """Return in words that two delegates are kept apart; empty where they are not."""
    if not sides_apart(one.edition_id).keep(one, other):
        return ""
    return _("The organisers keep the two of you from one table. Ask them if that is a mistake.")
