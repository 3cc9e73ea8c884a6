"""Invented gifts and hospitality of the sample edition, so that its register shows what it is for."""

import datetime as dt
import uuid
from typing import Any, Final

from django.db import transaction

from punte.apps.access.models import Tlp
from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.cooperation.models import Gift, GiftStep
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people.models import Organisation

_SPACE: Final = uuid.UUID("7c3e0b9a-4d52-4f0b-9b86-0d1e5a6f7c41")
NOTE: Final = "Invented, to show how the register works."
_INVENTED: Final = (
    ("gift", "in", "handed", "A fountain pen (synthetic)", "65"),
    ("host", "in", "kept", "Dinner for two after the first day (synthetic)", "80"),
    ("gift", "in", "declined", "A wrist watch (synthetic)", "450"),
    ("gift", "out", "kept", "A book on the bridges of the Danube (synthetic)", "30"),
    ("host", "in", "declined", "Two tickets for a concert (synthetic)", "120"),
    ("gift", "in", "kept", "A desk calendar (synthetic)", None),
)


def load_gifts(edition: Edition) -> int:
    """Declare a few invented gifts at the sample edition, released to everybody; return how many are new [count]."""
    with transaction.atomic(), acting_as_system("load the sample edition"):
        if Gift.objects.filter(edition=edition, is_synthetic=True).exists():
            return 0
        authorities, firms = (_organisations(edition, kind) for kind in ("authority", "company"))
        if not authorities or not firms:
            return 0
        gifts = [
            _gift(edition, authorities[number % len(authorities)], firms[number % len(firms)], told)
            for number, told in enumerate(_INVENTED)
        ]
        Gift.objects.bulk_create(gifts)
        GiftStep.objects.bulk_create([_declared(one) for one in gifts])
        return len(gifts)


def _organisations(edition: Edition, kind: str) -> list[Organisation]:
    """Return invented organisations of a kind that come, a few of them; never one that exists."""
    there = Delegate.objects.filter(edition=edition).values("organisation_id")
    found = Organisation.objects.filter(kind=kind, is_synthetic=True, pk__in=there)
    return list(found.order_by("name", "pk")[:4])


def _label(owner: Organisation) -> dict[str, Any]:
    return {
        "owner_org_id": owner.pk,
        "label_releasable_to": [PUBLIC],
        "label_tlp": str(Tlp.CLEAR),
    }


def _gift(
    edition: Edition,
    authority: Organisation,
    firm: Organisation,
    told: tuple[str, str, str, str, str | None],
) -> Gift:
    kind, way, became, what, worth = told
    return Gift(
        id=uuid.uuid5(_SPACE, f"{edition.pk}/{what}"),
        edition=edition,
        authority_name=authority.name,
        other=firm,
        other_name=firm.name,
        kind=kind,
        way=way,
        became=became,
        what=what,
        on=edition.starts_on,
        worth=worth,
        currency="" if worth is None else "EUR",
        note=NOTE,
        declared_at=dt.datetime.combine(edition.ends_on, dt.time(17), edition.zone),
        is_synthetic=True,
        **_label(authority),
    )


def _declared(gift: Gift) -> GiftStep:
    return GiftStep(
        id=uuid.uuid5(_SPACE, f"{gift.pk}/declared"),
        gift=gift,
        step=GiftStep.Step.DECLARED,
        at=gift.declared_at,
        label_releasable_to=gift.label_releasable_to,
        label_tlp=gift.label_tlp,
        owner_org_id=gift.owner_org_id,
    )
