"""The end of a chain: the draws that pay, the delivery by the promised date, and what money waits for a milestone."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.cooperation.models import Commitment, Cooperation, StageChange
from punte.apps.funding.bridge import OF_PROGRAMME
from punte.apps.funding.models import LoanPlan
from punte.apps.programmes.models import Milestone
from punte.web.cooperation.stations import Station
from punte.web.finance.instruments import data_words
from punte.web.finance.loan_words import way_words
from punte.web.ui.templatetags.ui import money

MOST_DRAWS: Final = 4
"""Draws that a chain names one by one."""
MOST_PLANS: Final = 20
"""Loan plans whose draws the page of a milestone names."""
Add = Callable[..., None]


def draws_for(plan: LoanPlan, milestone_id: UUID | None) -> list[Station]:
    """Return the draws of a plan that wait for a milestone, each with the page of its ledger."""
    # The pages of draws are called by their places in the plan.
    wanted = f"{OF_PROGRAMME}{milestone_id}"
    if milestone_id is None:
        return []
    return [
        Station(
            label=_("Draw"),
            title=f"{data_words(plan.name)}, {way_words(draw['id'])}",
            address=f"/finance/plans/{plan.pk}/draws/{number}/",
            detail=f"{draw['date']}, {money(Decimal(draw['amount']))}",
        )
        for number, draw in enumerate(plan.content["draws"], start=1)
        if draw.get("milestone") == wanted
    ]


def draws_waiting_for(milestone_id: UUID) -> list[Station]:
    """Return the draws of all loan plans of the reader that wait for a milestone."""
    plans = LoanPlan.objects.filter(
        content__draws__contains=[{"milestone": f"{OF_PROGRAMME}{milestone_id}"}]
    )
    return [one for plan in plans[:MOST_PLANS] for one in draws_for(plan, milestone_id)]


def add_draws(plan: LoanPlan, milestone_id: UUID | None, add: Add) -> None:
    """Add the draws that wait for the milestone; the plan itself where none does."""
    draws = draws_for(plan, milestone_id)[:MOST_DRAWS]
    if not draws:
        add(_("Draw"), data_words(plan.name), f"/finance/plans/{plan.pk}/")
    for one in draws:
        add(one.label, one.title, one.address, one.detail)


def add_delivery(
    row: Cooperation,
    milestone: Milestone | None,
    commitments: list[Commitment],
    delivered: list[StageChange],
    add: Add,
) -> None:
    """Add whether what was promised is delivered, measured on the last day that was promised for it."""
    stopped = row.stage == Cooperation.Stage.STOPPED
    days = [one.due_on for one in commitments if one.due_on]
    promised = max(days) if days else milestone.promised_on if milestone else None
    is_done = row.stage == Cooperation.Stage.DELIVERED
    if stopped or (promised is None and not is_done):
        return
    kept = sum(one.state == Commitment.State.KEPT for one in commitments)
    said = [
        _("promised by %(day)s") % {"day": promised.isoformat()} if promised else "",
        _("commitments kept: %(kept)d of %(all)d") % {"kept": kept, "all": len(commitments)}
        if commitments
        else "",
    ]
    title = _("Not delivered yet")
    if is_done:
        title = _delivered(promised, delivered)
    add(_("Delivery"), title, f"/cooperations/{row.pk}/#history", ", ".join(filter(None, said)))


def _delivered(promised: dt.date | None, delivered: list[StageChange]) -> str:
    """Return when it was delivered, and how late."""
    if not delivered:
        return _("Delivered")
    day = timezone.localdate(max(one.at for one in delivered))
    late = (day - promised).days if promised else 0
    if late > 0:
        words = _("Delivered on %(day)s, days late: %(late)d")
        return words % {"day": day.isoformat(), "late": late}
    return _("Delivered on %(day)s") % {"day": day.isoformat()}
