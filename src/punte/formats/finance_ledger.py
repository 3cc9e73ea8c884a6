"""The file ``punte.finance.schedule/1``: every flow with its reason, years, values; amounts to the cent as texts."""

import csv
import io
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from punte import __version__
from punte.engines.finance.instance import Portfolio
from punte.engines.finance.result import Flow, Ledger, Valuation, YearLine
from punte.formats.finance_fields import amount
from punte.formats.spreadsheets import guard

SCHEDULE: Final = "punte.finance.schedule/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """
    Where an answer comes from, so that it can be made again.

    Parameters
    ----------
    content
        Bytes of the input.
    seed
        ``None`` where nothing is random.
    runtime_s
        [s], >= 0.
    """

    content: bytes
    seed: int | None = None
    runtime_s: float = 0.0

    def record(self) -> dict[str, Any]:
        """Return the keys that every answer carries."""
        return {
            "input_sha256": sha256(self.content).hexdigest(),
            "engine": f"punte {__version__}",
            "seed": self.seed,
            "runtime_s": round(self.runtime_s, 6),
        }


def schedule_record(
    portfolio: Portfolio, ledger: Ledger, valuation: Valuation, provenance: Provenance
) -> dict[str, Any]:
    """Return the answer of ``punte finance schedule``."""
    return {
        "format": SCHEDULE,
        **provenance.record(),
        "name": portfolio.name,
        "currency": portfolio.currency,
        "as_of": portfolio.valuation_day.isoformat(),
        "unverified_terms": [
            term.field for term in portfolio.instrument.terms if not term.verified
        ],
        "totals": {
            "drawn": amount(ledger.drawn_cents),
            "interest": amount(ledger.interest_cents),
            "fees": amount(ledger.fee_cents),
            "service": amount(ledger.service_cents),
            "flows": sum(
                (flow.interest_cents > 0) + (flow.principal_cents > 0)
                for flow in ledger.flows
                if flow.number
            ),
            "horizon": max(flow.pay_day for flow in ledger.flows).isoformat(),
        },
        **valuation_record(valuation),
        "draws": [
            {
                "id": line.draw,
                "date": line.day.isoformat(),
                "amount": amount(line.amount_cents),
                "first_principal": line.first_principal.isoformat(),
                "last_payment": line.last_payment.isoformat(),
                "interest": amount(line.interest_cents),
                "fees": amount(line.fee_cents),
                "average_life_years": round(line.average_life_years, 6),
            }
            for line in ledger.draws
        ],
        "years": [year_record(line) for line in ledger.years],
        "flows": [flow_record(flow) for flow in ledger.flows],
    }


def valuation_record(valuation: Valuation) -> dict[str, Any]:
    """Return values, internal rate, headroom and reconciliation."""
    room, check = valuation.headroom, valuation.reconciliation
    return {
        "values": [
            {
                "curve": value.curve,
                "pv_draws": round(value.pv_draws, 2),
                "pv_service": round(value.pv_service, 2),
                "npv": round(value.npv, 2),
                "grant_element": round(value.grant_element, 10),
            }
            for value in valuation.values
        ],
        "irr": None if valuation.irr is None else round(valuation.irr, 12),
        "headroom": {
            "envelope": None if room.envelope_cents is None else amount(room.envelope_cents),
            "drawn": amount(room.drawn_cents),
            "left": None if room.left_cents is None else amount(room.left_cents),
            "days_to_end": room.days_to_end,
        },
        "reconciliation": {
            "ledger_total": round(check.ledger_total, 2),
            "float_total": check.float_total,
            "largest_difference": round(check.difference, 6),
            "allowed_by_rounding": round(check.allowed, 6),
            "holds": check.holds,
        },
    }


def year_record(line: YearLine) -> dict[str, Any]:
    """Return one calendar year."""
    return {
        "year": line.year,
        "drawn": amount(line.drawn_cents),
        "interest": amount(line.interest_cents),
        "fees": amount(line.fee_cents),
        "principal": amount(line.principal_cents),
        "service": amount(line.service_cents),
        "owed_31_december": amount(line.owed_cents),
    }


def flow_record(flow: Flow) -> dict[str, Any]:
    """Return one flow."""
    return {
        "draw": flow.draw,
        "number": flow.number,
        "accrual_start": flow.accrual_start.isoformat(),
        "accrual_end": flow.accrual_end.isoformat(),
        "pay_date": flow.pay_day.isoformat(),
        "balance": amount(flow.balance_cents),
        "years": flow.years,
        "rate": flow.rate,
        "rate_reason": flow.rate_reason,
        "drawn": amount(flow.draw_cents),
        "interest": amount(flow.interest_cents),
        "interest_paid": amount(flow.interest_paid_cents),
        "capitalised": amount(flow.capitalised_cents),
        "fees": amount(flow.fee_cents),
        "principal": amount(flow.principal_cents),
        "service": amount(flow.service_cents),
        "closing": amount(flow.closing_cents),
    }


def flows_csv(ledger: Ledger) -> bytes:
    """Return all flows as CSV in UTF-8 with a header, one line each; no cell is run by a spreadsheet."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(flow_record(ledger.flows[0])), lineterminator="\n")
    writer.writeheader()
    for flow in ledger.flows:
        cells = flow_record(flow)
        writer.writerow({**cells, "draw": guard(flow.draw), "rate_reason": guard(flow.rate_reason)})
    return text.getvalue().encode()
