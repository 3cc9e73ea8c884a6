"""Rows of funding, each holding a question in the format of its engine, so that anybody can compute it again."""

from punte.apps.funding.models.allocation import Allocation, AllocationRevision, Decision
from punte.apps.funding.models.case import EligibilityCase
from punte.apps.funding.models.loan import LoanPlan, LoanPlanRevision

__all__ = [
    "Allocation",
    "AllocationRevision",
    "Decision",
    "EligibilityCase",
    "LoanPlan",
    "LoanPlanRevision",
]
