"""Keep what a form says of a loan plan: against what others kept meanwhile, and with every fault told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from punte.apps.access.permissions import active_subject
from punte.apps.funding import actions
from punte.apps.funding.forms import Row, clean, rows_from, with_blanks
from punte.apps.funding.models import LoanPlan
from punte.apps.funding.read_state import require_unchanged, state_of
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.finance.faults import told
from punte.web.refusals import refusal

MOST_REVISIONS: Final = 200
"""Changes of a plan or an allocation that its page lists, newest first [count]."""


def keep_plan(
    request: HttpRequest,
    plan: LoanPlan,
    content_of: Callable[[str], dict[str, Any]],
    *,
    name: str = "",
    place_of: Callable[[str], str] = str,
) -> list[dict[str, str]]:
    """
    Keep a plan as a form says it; return the faults for which nothing was kept.

    Parameters
    ----------
    content_of
        From why it changes to the changed plan.
    name
        A new name of the plan; the one that it has where none is given.
    place_of
        From a place in the changed plan to where the form has it.
    """
    reason = clean(request.POST.get("reason", ""))[:300]
    try:
        require_unchanged(plan, request.POST.get("read", ""))
        content = content_of(reason)
    except InvalidInputError as error:
        return told(error.problems)
    except PunteError as error:
        return [{"what": refusal(error)}]
    if name and name != plan.name:
        content = {**content, "name": name}
    try:
        actions.keep_loan_plan(
            by=active_subject(),
            plan=plan,
            name=name or plan.name,
            content=content,
            note=plan.note,
            reason=reason,
        )
    except InvalidInputError as error:
        return told(tuple(replace(one, place=place_of(one.place)) for one in error.problems))
    except PunteError as error:
        return [{"what": refusal(error)}]
    return []


def kept_response(request: HttpRequest, plan: LoanPlan, here: str) -> HttpResponse:
    """Return to the plan, or to the form ``here`` where its reader goes on with it."""
    messages.success(request, _("Kept. What it was before stays in its history."))
    return redirect(here if request.POST.get("then") == "here" else "loan_plan", plan_id=plan.pk)


def typed_rows(request: HttpRequest, kind: str, fields: tuple[str, ...]) -> list[Row]:
    """Return the rows of a table as they were typed, readable or not, with blank ones."""
    return with_blanks(rows_from(request.POST, kind, fields), fields)


def form_state(request: HttpRequest, plan: LoanPlan) -> dict[str, Any]:
    """Return what every form of a plan shows besides its own fields."""
    return {
        "plan": plan,
        "reason": request.POST.get("reason", ""),
        "read": request.POST.get("read") or state_of(plan),
        "marking": plan.label_tlp,
        "synthetic": plan.is_synthetic,
    }
