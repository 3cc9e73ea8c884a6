"""Rows of programmes: what is promised, by when, and the plans behind it."""

from punte.apps.programmes.models.milestone import (
    Milestone,
    MilestoneWait,
    PromiseChange,
    Remark,
)
from punte.apps.programmes.models.plan import PlanVersion
from punte.apps.programmes.models.programme import Programme

__all__ = ["Milestone", "MilestoneWait", "PlanVersion", "Programme", "PromiseChange", "Remark"]
