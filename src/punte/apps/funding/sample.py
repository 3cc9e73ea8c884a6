"""Public figures of SAFE for Romania with their sources; an invented plan that waits for invented milestones, and an invented case."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.funding import bridge
from punte.apps.funding.actions import compute_allocation
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan

_SPACE: Final = uuid.UUID("5f1d6a8e-2f0c-4f6b-9a1c-7d0e4b8c9f21")
CASE_DAY: Final = dt.date(2026, 9, 1)
CASE: Final[bridge.Content] = {
    "format": "punte.eligibility.case/1",
    "name": "Watch post that finds intruders in a network (synthetic)",
    "categories": ["1f", "2f"],
    "participants": [
        {"country": "RO", "role": "borrower"},
        {"country": "FR", "role": "partner"},
        {"country": "MD", "role": "partner"},
    ],
    "entities": [
        {
            "id": "Integrator",
            "role": "contractor",
            "country": "RO",
            "management_country": "RO",
            "controlled_by": "RO",
            "facilities": ["RO"],
            "share": "0.8",
        },
        {
            "id": "Housing workshop",
            "role": "subcontractor",
            "country": "MD",
            "management_country": "MD",
            "controlled_by": "MD",
            "facilities": ["MD"],
            "share": "0.14",
        },
    ],
    "components": [
        {"id": "software", "origin": "RO", "cost": "600000"},
        {"id": "housing", "origin": "MD", "cost": "140000"},
        {
            "id": "computer",
            "origin": "DE",
            "cost": "260000",
            "parts": [{"id": "accelerator card", "cost": "220000"}],
        },
    ],
    "flags": {"harmful_components": False, "design_authority": None},
}
WAITING_CENTS: Final = {"T4": "18000000.00", "D7": "42000000.00", "O2": "95000000.00"}


def load_funding(keeper_org_id: UUID, *, milestones: Mapping[str, UUID]) -> int:
    """
    Enter the public plan and, where milestones are given, the invented one; return how many are new [count].

    Parameters
    ----------
    milestones
        Of the invented programme, by activity.
    """
    with transaction.atomic(), acting_as_system("load the sample edition"):
        if LoanPlan.objects.filter(pk=uuid.uuid5(_SPACE, "romania")).exists():
            return 0
        label: dict[str, Any] = {
            "owner_org_id": keeper_org_id,
            "label_releasable_to": [PUBLIC],
            "label_tlp": "TLP:CLEAR",
        }
        public = bridge.shipped("romania-portfolio")
        LoanPlan.objects.create(
            id=uuid.uuid5(_SPACE, "romania"),
            name=public["name"],
            note="Envelope and pre-financing are published; the dates of instalments, rates and milestones are a model.",
            content=public,
            **label,
        )
        projects = bridge.shipped("romania-projects")
        allocation = Allocation.objects.create(
            id=uuid.uuid5(_SPACE, "romania-projects"),
            name=projects["name"][:200],
            content=projects,
            **label,
        )
        compute_allocation(allocation)
        _load_case(label)
        if not milestones:
            return 3
        LoanPlan.objects.create(
            id=uuid.uuid5(_SPACE, "synthetic"),
            name="Border watch line, draws (synthetic)",
            note="Invented: three draws that wait for the milestones of the invented programme.",
            content=_waiting(public, milestones),
            is_synthetic=True,
            **label,
        )
    return 4


def _load_case(label: Mapping[str, Any]) -> None:
    """Enter an invented case that shows much: a category read two ways, a part from Moldova, one of unknown origin."""
    verdict, stored = bridge.judge(CASE, rules="safe", on=CASE_DAY, source="The sample")
    EligibilityCase.objects.create(
        id=uuid.uuid5(_SPACE, "case"),
        name=CASE["name"],
        rules="safe",
        on=CASE_DAY,
        content=CASE,
        content_sha256=bridge.sha256_of(CASE),
        verdict=stored,
        state=verdict.state,
        is_synthetic=True,
        **label,
    )


def _waiting(public: dict[str, Any], milestones: Mapping[str, UUID]) -> dict[str, Any]:
    days = {"T4": "2026-12-31", "D7": "2028-01-31", "O2": "2029-01-31"}
    return {
        **public,
        "name": "Border watch line (synthetic)",
        "instrument": {**public["instrument"], "id": "SAFE-SYN", "envelope": "155000000"},
        "milestones": [],
        "draws": [
            {
                "id": f"draw {number}",
                "date": days[activity],
                "amount": WAITING_CENTS[activity],
                "loan": "safe",
                "milestone": f"programme:{milestones[activity]}",
                "project": "Border watch line (synthetic)",
            }
            for number, activity in enumerate(days, start=1)
            if activity in milestones
        ],
    }
