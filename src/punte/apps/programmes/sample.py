"""The public programmes with their sources, and one invented national programme with a whole plan."""

import datetime as dt
import json
import uuid
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.programmes import bridge
from punte.apps.programmes.models import Milestone, PlanVersion, Programme

_SPACE: Final = uuid.UUID("2b0c1a6e-9c7e-4d7f-8a53-5a2b3c9d7e10")


def _read(name: str) -> Any:  # noqa: ANN401  (JSON)
    return json.loads((files("punte.apps.programmes") / "data" / name).read_text("utf-8"))


def load_programmes(keeper_org_id: UUID, *, with_synthetic: bool) -> int:
    """
    Enter the public programmes, kept by an organisation; return how many are new [count].

    Where they stand already nothing is done.
    """
    with transaction.atomic(), acting_as_system("load the sample edition"):
        if Programme.objects.filter(pk=_id("EDDI")).exists():
            return 0
        facts = _read("public_programmes.json")
        for found in facts["programmes"]:
            _enter(found, keeper_org_id, is_synthetic=False)
        count = len(facts["programmes"])
        if with_synthetic:
            found = _read("sample_programme.json")
            programme = _enter(found, keeper_org_id, is_synthetic=True)
            _plan(programme, found["plan"])
            _wait(programme, found["waits"])
            count += 1
    return count


def _id(*parts: str) -> UUID:
    return uuid.uuid5(_SPACE, "/".join(parts))


def _enter(found: dict[str, Any], keeper_org_id: UUID, *, is_synthetic: bool) -> Programme:
    status = found.get("status", {})
    programme = Programme.objects.create(
        id=_id(found["id"]),
        kind=found["kind"],
        name=found["name"],
        scope=found["scope"],
        authority=found.get("authority", ""),
        countries=found.get("countries", []),
        capability=found.get("capability_areas", []),
        status=status.get("value", "proposed"),
        status_as_of=status.get("as_of", ""),
        status_note=status.get("note", ""),
        status_source=status.get("source", ""),
        status_verified=status.get("verified", False),
        sources=found.get("source", []),
        is_verified=found.get("verified", False),
        parent_id=_id(found["parent"]) if found.get("parent") else None,
        is_synthetic=is_synthetic,
        owner_org_id=keeper_org_id,
        label_releasable_to=[PUBLIC],
        label_tlp="TLP:CLEAR",
    )
    Milestone.objects.bulk_create(
        Milestone(
            id=_id(found["id"], line["date"], line["milestone"]),
            programme=programme,
            name=line["milestone"],
            kind=line.get("kind", "other"),
            promised_on=dt.date.fromisoformat(line["date"]),
            note=line.get("note", ""),
            sources=line.get("source", []),
            is_verified=line.get("verified", False),
            activity=line.get("activity", ""),
            required_percent=line.get("required_percent"),
        )
        for line in found["milestones"]
    )
    return programme


def _wait(programme: Programme, waits: list[dict[str, str]]) -> None:
    for line in waits:
        row = Milestone.objects.get(programme=programme, activity=line["activity"])
        row.after.add(
            Milestone.objects.get(programme=_id(line["programme"]), name=line["milestone"])
        )


def _plan(programme: Programme, content: dict[str, Any]) -> None:
    before = bridge.check_content(content["before"], source="The sample plan")
    now = bridge.check_content(content["now"], source="The sample plan")
    for number, plan in enumerate((before, now), start=1):
        PlanVersion.objects.create(
            programme=programme,
            kind=PlanVersion.Kind.PLAN,
            number=number,
            content=plan,
            sha256=bridge.sha256_of(plan),
        )
    first = PlanVersion.objects.get(programme=programme, kind=PlanVersion.Kind.PLAN, number=1)
    frozen = bridge.freeze(bridge.plan_of(first), name="As promised", sha256=first.sha256)
    PlanVersion.objects.create(
        programme=programme,
        kind=PlanVersion.Kind.BASELINE,
        number=1,
        name="As promised",
        content=frozen,
        sha256=bridge.sha256_of(frozen),
    )


def sample_milestones() -> dict[str, UUID]:
    """Return the milestones of the invented programme by the activity whose finish they are."""
    with acting_as_system("load the sample edition"):
        rows = Milestone.objects.filter(programme=_id("SYN-BORDER")).exclude(activity="")
        return dict(rows.values_list("activity", "pk"))
