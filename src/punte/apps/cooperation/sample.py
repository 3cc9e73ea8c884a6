"""Public commitments and assistance with their sources, and invented training that shows the register."""

import datetime as dt
import json
import uuid
from importlib.resources import files
from typing import Any, Final

from django.db import transaction

from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.cooperation.models import Assistance, Commitment

_SPACE: Final = uuid.UUID("7c3e0b9a-4d52-4f0b-9b86-0d1e5a6f7c32")


def load_cooperation(keeper_org_id: uuid.UUID, *, with_synthetic: bool) -> int:
    """Enter the public facts, and the invented training where asked for; return how many rows are new [count]."""
    with transaction.atomic(), acting_as_system("load the sample edition"):
        text = (files("punte.apps.cooperation") / "data" / "public_facts.json").read_text("utf-8")
        facts: dict[str, list[dict[str, Any]]] = json.loads(text)
        first = facts["commitments"][0]
        if Commitment.objects.filter(pk=uuid.uuid5(_SPACE, first["what"])).exists():
            return 0
        label: dict[str, Any] = {
            "owner_org_id": keeper_org_id,
            "label_releasable_to": [PUBLIC],
            "label_tlp": "TLP:CLEAR",
        }
        commitments = [_commitment(found, label) for found in facts["commitments"]]
        assistance = [_assistance(found, label) for found in facts["assistance"]]
        if with_synthetic:
            assistance += [_invented(number, label) for number in range(3)]
        Commitment.objects.bulk_create(commitments)
        Assistance.objects.bulk_create(assistance)
        return len(commitments) + len(assistance)


def _commitment(found: dict[str, Any], label: dict[str, Any]) -> Commitment:
    return Commitment(
        id=uuid.uuid5(_SPACE, found["what"]),
        who=found["who"],
        what=found["what"],
        occasion=found["occasion"],
        promised_on=dt.date.fromisoformat(found["promised_on"]),
        due_on=dt.date.fromisoformat(found["due_on"]),
        sources=found["sources"],
        is_verified=found["verified"],
        note=found["note"],
        **label,
    )


def _assistance(found: dict[str, Any], label: dict[str, Any]) -> Assistance:
    return Assistance(
        id=uuid.uuid5(_SPACE, found["title"] + found["about"]),
        kind=found["kind"],
        side=Assistance.Side.OFFER,
        title=found["title"],
        about=found["about"],
        provider=found["provider"],
        beneficiaries=found["beneficiaries"],
        starts_on=dt.date.fromisoformat(found["starts_on"]),
        amount_cents=found["amount_cents"],
        state=Assistance.State.RUNNING,
        sources=found["sources"],
        is_verified=found["verified"],
        **label,
    )


def _invented(number: int, label: dict[str, Any]) -> Assistance:
    kinds = ("training", "technical", "training")
    titles = (
        "Joint exercise of engineers, Romania and Moldova (synthetic)",
        "Help with procurement procedures (synthetic)",
        "Course on counter-drone operation (synthetic)",
    )
    day = dt.date(2027, 3 + 2 * number, 8)
    return Assistance(
        id=uuid.uuid5(_SPACE, titles[number]),
        kind=kinds[number],
        side=Assistance.Side.REQUEST if number == 2 else Assistance.Side.OFFER,
        title=titles[number],
        about="Invented, to show how the register works.",
        provider="" if number == 2 else "Synthetic training command",
        beneficiaries=["MDA", "ROU"],
        place="Iași",
        starts_on=day,
        ends_on=day + dt.timedelta(days=4),
        seats=24,
        is_synthetic=True,
        **label,
    )
