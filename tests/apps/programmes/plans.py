"""A programme of the cast's authority, and a small plan of it, for the tests."""

from typing import Any

from cast import Cast
from punte.apps.access.permissions import acting
from punte.apps.programmes import actions, plan_actions
from punte.apps.programmes.models import PlanVersion, Programme


def draft(**changes: Any) -> actions.ProgrammeDraft:
    values: dict[str, Any] = {
        "kind": "national",
        "name": "Watch line",
        "scope": "Sensors along a border.",
        "authority": "Programme office",
        "countries": ("FRA",),
        "capability": ("maritime",),
        "status": "proposed",
        "status_as_of": "2026-01",
        "status_source": "",
        "status_note": "",
        "sources": (),
        "parent_id": None,
        "is_public": False,
    }
    return actions.ProgrammeDraft(**(values | changes))


def enter(cast: Cast, **changes: Any) -> Programme:
    by = cast.authority.subject
    with acting(by):
        return actions.enter_programme(by=by, draft=draft(**changes))


PLAN: dict[str, Any] = {
    "format": "punte.roadmap.plan/1",
    "unit": "day",
    "start": "2027-01-04",
    "activities": [
        {"id": "A", "name": "Design", "duration": {"likely": 20, "low": 10, "high": 40}},
        {"id": "B", "name": "Build", "duration": {"likely": 30, "low": 20, "high": 60}},
    ],
    "links": [{"from": "A", "to": "B"}],
}


def save(cast: Cast, programme: Programme, content: dict[str, Any], **more: Any) -> PlanVersion:
    by = cast.authority.subject
    with acting(by):
        return plan_actions.save_plan(by=by, programme=programme, content=content, **more)
