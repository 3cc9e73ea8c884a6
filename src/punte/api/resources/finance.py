"""Loans: the ledger of a plan of draws that is kept nowhere. Amounts are integer cents."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from punte.api.checks import computes
from punte.api.problems import RefusalError
from punte.api.schemas import Answer, Body, said
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import active_subject
from punte.apps.funding import bridge
from punte.apps.funding.permissions import may_judge

router = Router(tags=["Finance"])


class ScheduleBody(Body):
    """A plan of draws."""

    portfolio: dict[str, Any] = Field(
        description="A plan as `punte finance schedule` reads it (punte.finance.portfolio/1).",
        examples=[{"format": "punte.finance.portfolio/1"}],
    )


class YearAnswer(Answer):
    """Debt service of a calendar year, by day of payment."""

    year: int = said("Which.", 2030)
    drawn_cents: int = said("Drawn in it.", 0)
    interest_cents: int = said("Interest paid.", 3000000)
    fee_cents: int = said("Fees paid.", 0)
    principal_cents: int = said("Principal paid back.", 0)
    owed_cents: int = said("Owed on 31 December.", 100000000)


class DrawAnswer(Answer):
    """One draw at a glance."""

    id: str = said("As the plan names it.", "d1")
    day: dt.date = said("Drawn on.", "2026-06-30")
    amount_cents: int = said("Drawn.", 100000000)
    first_principal: dt.date = said("First day on which principal is paid.", "2036-06-30")
    last_payment: dt.date = said("Last payment.", "2071-06-30")
    interest_cents: int = said("Interest over its life.", 90000000)
    fee_cents: int = said("Fees over its life.", 0)


class PaymentAnswer(Answer):
    """One line of the ledger of a draw, with the reason of its rate."""

    draw: str = said("Of which draw.", "d1")
    number: int = said("0: the disbursement.", 1)
    pay_day: dt.date = said("Paid on.", "2027-06-30")
    balance_cents: int = said("Owed during the period.", 100000000)
    rate: float = said("Yearly rate [fraction].", 0.03)
    rate_reason: str = said("Why it is that one.", "fixed for the whole life")
    interest_cents: int = said("Accrued in the period.", 3000000)
    interest_paid_cents: int = said("Paid with this payment.", 3000000)
    principal_cents: int = said("Principal paid back.", 0)
    fee_cents: int = said("Fees.", 0)
    closing_cents: int = said("Owed after the payment.", 100000000)


class ScheduleAnswer(Answer):
    """The ledger of a plan, checked by a second program."""

    name: str = said("Of the plan.", "Romania")
    currency: str = said("ISO 4217.", "EUR")
    input_sha256: str = said("Of the plan that was computed.", "9f86d081884c7d65")
    drawn_cents: int = said("All draws.", 100000000)
    interest_cents: int = said("All interest.", 90000000)
    fee_cents: int = said("All fees.", 0)
    service_cents: int = said("All payments.", 190000000)
    irr: float | None = said("Internal rate [fraction]; null where none solves it.", 0.03)
    draws: list[DrawAnswer] = said("Each draw.")
    years: list[YearAnswer] = said("Every year from the first payment to the last.")
    payments: list[PaymentAnswer] = said("Every payment.")


@router.post(
    "/schedules",
    response=ScheduleAnswer,
    operation_id="compute_schedule",
    summary="Compute the schedule of a loan plan",
    description=(
        "Every payment of every draw with the reason of its rate, each year's debt service, and the totals, in integer "
        "cents. Nothing is kept. For people of an organisation; a reading token will do."
    ),
)
@computes
def compute(request: HttpRequest, body: ScheduleBody) -> ScheduleAnswer:
    """Compute a ledger without keeping it."""
    del request
    if not may_judge(active_subject()):
        raise RefusalError("not-allowed")
    refuse_classified(_("Plan"), [(_("plan"), str(body.portfolio))])
    found = bridge.ledger_of(body.portfolio, source="body.portfolio")
    ledger = found.ledger
    return ScheduleAnswer(
        name=found.portfolio.name,
        currency=found.portfolio.currency,
        input_sha256=bridge.sha256_of(body.portfolio),
        drawn_cents=ledger.drawn_cents,
        interest_cents=ledger.interest_cents,
        fee_cents=ledger.fee_cents,
        service_cents=ledger.service_cents,
        irr=found.value.irr,
        draws=[
            DrawAnswer(
                id=line.draw,
                **{name: getattr(line, name) for name in DrawAnswer.model_fields if name != "id"},
            )
            for line in ledger.draws
        ],
        years=[
            YearAnswer(**{name: getattr(line, name) for name in YearAnswer.model_fields})
            for line in ledger.years
        ],
        payments=[
            PaymentAnswer(**{name: getattr(flow, name) for name in PaymentAnswer.model_fields})
            for flow in ledger.flows
        ],
    )
