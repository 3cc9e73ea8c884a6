"""Imported participants stand before the vetting desk like anybody: each is nominated by its organisation's delegation."""

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition
from punte.apps.meetings.bulk import Row, insert_rows
from punte.apps.people.models import Delegation, Nomination, Organisation
from punte.apps.people.places import FILLING_STATES
from punte.apps.people.register import stewards_of

_ENDED = (Nomination.State.REJECTED, Nomination.State.WITHDRAWN)


def nominate_imported(edition: Edition, delegates: Sequence[Row]) -> None:
    """
    Enter a nomination that waits for clearance for each new delegate whom none stands for.

    A delegation is opened where the organisation has none. Its places grow to hold whom the organisers' table brings:
    nobody of it becomes a substitute.

    Parameters
    ----------
    delegates
        Rows of delegates as they were inserted: ``person_id``, ``organisation_id``, ``category``.
    """
    with acting_as_system("import participants"):
        standing = set(
            Nomination.objects.filter(
                edition_id=edition.pk, person_id__in=[row["person_id"] for row in delegates]
            )
            .exclude(state__in=_ENDED)
            .values_list("person_id", flat=True)
        )
        new = [row for row in delegates if row["person_id"] not in standing]
        countries: dict[UUID, str] = dict(
            Organisation.objects.filter(pk__in={row["organisation_id"] for row in new}).values_list(
                "pk", "country_id"
            )
        )
        delegations = _delegations(
            edition, countries, Counter(row["organisation_id"] for row in new)
        )
        insert_rows(
            Nomination,
            [
                {
                    "id": uuid.uuid4(),
                    "delegation_id": delegations[row["organisation_id"]],
                    "person_id": row["person_id"],
                    "category": row["category"],
                    "owner_org_id": row["organisation_id"],
                    "label_stewards": stewards_of(edition.pk, countries[row["organisation_id"]]),
                }
                for row in new
            ],
            edition_id=edition.pk,
            state=Nomination.State.WAITING,
        )


def _delegations(
    edition: Edition, countries: dict[UUID, str], coming: Counter[UUID]
) -> dict[UUID, UUID]:
    """Return the delegation of each organisation, opened where there is none, with a place for each who comes."""
    found = {
        one.organisation_id: one
        for one in Delegation.objects.select_for_update()
        .filter(edition_id=edition.pk, organisation_id__in=coming)
        .order_by("pk")
    }
    taken = Counter(
        Nomination.objects.filter(
            delegation__in=list(found.values()), state__in=FILLING_STATES
        ).values_list("delegation__organisation_id", flat=True)
    )
    for organisation_id, one in found.items():
        needed = taken[organisation_id] + coming[organisation_id]
        if needed > one.quota:
            one.quota = needed
            one.save(update_fields=["quota"])
    usual = Delegation._meta.get_field("quota").get_default()  # noqa: SLF001  (public API of Django)
    opened: list[dict[str, Any]] = [
        {
            "id": uuid.uuid4(),
            "organisation_id": organisation_id,
            "owner_org_id": organisation_id,
            "quota": max(usual, count),
            "label_stewards": stewards_of(edition.pk, countries[organisation_id]),
        }
        for organisation_id, count in coming.items()
        if organisation_id not in found
    ]
    insert_rows(Delegation, opened, edition_id=edition.pk)
    return {
        **{key: one.pk for key, one in found.items()},
        **{row["organisation_id"]: row["id"] for row in opened},
    }
