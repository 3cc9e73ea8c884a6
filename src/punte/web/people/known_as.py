"""Persons as an organiser tells them apart: by organisation, function and the code on the badge, as far as they are seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from punte.apps.forum.folding import holds
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people.models import Organisation, Person

SHOWN: Final = 20
"""People that a search shows; whoever is not among them is found with more words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person beside others of the same name; what the reader may not see, or nobody knows, is empty."""

    person_id: UUID
    name: str
    function: str = ""
    organisation: str = ""
    code: str = ""


def known_as(edition: Edition, people: Iterable[Person]) -> dict[UUID, Known]:
    """Return persons as the reader knows them, by their keys: as delegates of the edition, else by their organisation."""
    wanted = {one.pk: one for one in people}
    found = {
        row.person_id: _as_delegate(row)
        for row in Delegate.objects.filter(edition=edition, person_id__in=wanted).select_related(
            "organisation"
        )
    }
    rest = [one for key, one in wanted.items() if key not in found]
    owners = Organisation.objects.in_bulk({one.owner_org_id for one in rest}) if rest else {}
    for one in rest:
        owner = owners.get(one.owner_org_id)
        found[one.pk] = Known(
            person_id=one.pk, name=one.name, organisation=owner.name if owner else ""
        )
    return found


def find_people(edition: Edition, words: str) -> tuple[list[Known], int]:
    """
    Return whom all words fit, the first of them, and how many there are [count].

    The delegates of the edition who come stand first, found by name, organisation, function or code; then everybody else
    whom the reader sees and who has an account, by name, address or organisation: who organises, vets or checks in
    need not be a delegate, and a new edition has none yet.
    """
    chosen = Delegate.objects.filter(
        edition=edition,
        left_at__isnull=True,
        person__erased_at__isnull=True,
        person__merged_into__isnull=True,
    )
    for word in words.split()[:8]:
        chosen = chosen.filter(
            holds(word, "badge_name", "organisation__name", "function") | Q(code__iexact=word)
        )
    rows = chosen.select_related("organisation").order_by("badge_name", "pk")
    found = [_as_delegate(row) for row in rows[:SHOWN]]
    others = _others(edition, words)
    beside = known_as(edition, others.order_by("name", "pk")[: SHOWN - len(found)])
    return [*found, *beside.values()], chosen.count() + others.count()


def _others(edition: Edition, words: str) -> QuerySet[Person]:
    found = Person.objects.filter(
        account__isnull=False, erased_at__isnull=True, merged_into__isnull=True
    ).exclude(delegates__in=Delegate.objects.filter(edition=edition))
    for word in words.split()[:8]:
        # The organisation's name is read under the wall too: whoever does not see it finds nobody by it.
        named = Organisation.objects.filter(holds(word, "name")).values("pk")
        found = found.filter(
            holds(word, "name") | Q(account__email__iexact=word) | Q(owner_org_id__in=named)
        )
    return found


def _as_delegate(row: Delegate) -> Known:
    return Known(
        person_id=row.person_id,
        name=row.badge_name,
        function=row.function,
        organisation=row.organisation.name,
        code=row.code,
    )
