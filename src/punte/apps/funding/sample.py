"""Public figures of SAFE for Romania with their sources, and an invented plan that waits for invented milestones."""

import uuid
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.funding import bridge
from punte.apps.funding.actions import compute_allocation
from punte.apps.funding.models import Allocation, LoanPlan

_SPACE: Final = uuid.UUID("5f1d6a8e-2f0c-4f6b-9a1c-7d0e4b8c9f21")
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
        if not milestones:
            return 2
        LoanPlan.objects.create(
            id=uuid.uuid5(_SPACE, "synthetic"),
            name="Border watch line, draws (synthetic)",
            note="Invented: three draws that wait for the milestones of the invented programme.",
            content=_waiting(public, milestones),
            is_synthetic=True,
            **label,
        )
    return 3


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
