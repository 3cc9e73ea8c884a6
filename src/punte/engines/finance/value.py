"""What flows are worth: present value, internal rate, grant element, and how much of the envelope is left."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import pyxirr

from punte.engines.finance.curves import Curve
from punte.engines.finance.floating_run import reconcile
from punte.engines.finance.instance import Portfolio
from punte.engines.finance.result import Flow, Headroom, Ledger, Valuation, Value

UNIFIED_DISCOUNT_RATE: Final = 0.05
"""
Yearly rate at which concessionality is measured [fraction].

References: IMF Executive Board, *Unification of discount rates used in external debt analysis for low-income countries* (2013).
"""


def value(flows: Sequence[Flow], curve: Curve, day: date) -> Value:
    """Return draws and service as worth on ``day`` by ``curve`` [major units]; fees count as service."""
    discounts = {pay_day: curve.discount(day, pay_day) for pay_day in {f.pay_day for f in flows}}
    draws = sum(flow.draw_cents * discounts[flow.pay_day] for flow in flows) / 100
    service = sum(flow.service_cents * discounts[flow.pay_day] for flow in flows) / 100
    return Value(
        curve=curve.name,
        pv_draws=draws,
        pv_service=service,
        grant_element=(draws - service) / draws,
    )


def internal_rate(flows: Sequence[Flow]) -> float | None:
    """
    Return the yearly rate at which draws and service are worth the same [fraction], or ``None`` if there is none.

    References
    ----------
    Days over 365, compounded once a year: the convention of spreadsheet XIRR, by pyxirr.
    """
    days: dict[date, int] = {}
    for flow in flows:
        days[flow.pay_day] = days.get(flow.pay_day, 0) + flow.draw_cents - flow.service_cents
    amounts = [cents / 100 for cents in days.values()]
    if min(amounts) >= 0 or max(amounts) <= 0:
        return None
    rate = pyxirr.xirr(list(days), amounts)
    return None if rate is None else float(rate)


def headroom(portfolio: Portfolio) -> Headroom:
    """Return how much of the envelope is drawn and how long it can still be, counted from the valuation day."""
    drawn = sum(draw.amount_cents for draw in portfolio.draws)
    envelope = portfolio.instrument.envelope_cents
    end = portfolio.instrument.availability_end
    return Headroom(
        envelope_cents=envelope,
        drawn_cents=drawn,
        left_cents=None if envelope is None else envelope - drawn,
        days_to_end=None if end is None else (end - portfolio.valuation_day).days,
    )


def valuation(portfolio: Portfolio, ledger: Ledger) -> Valuation:
    """Return all single numbers of a ledger: at the unified 5 % and, where given, on the national curve."""
    curves = [Curve.flat(UNIFIED_DISCOUNT_RATE, name="unified 5 %")]
    if portfolio.national is not None:
        curves.append(portfolio.national)
    return Valuation(
        values=tuple(value(ledger.flows, curve, portfolio.valuation_day) for curve in curves),
        irr=internal_rate(ledger.flows),
        headroom=headroom(portfolio),
        reconciliation=reconcile(portfolio, ledger),
    )
