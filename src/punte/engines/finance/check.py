"""Is this answer right? Ledgers are recomputed line by line from the terms, without the code that made them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from math import isclose

from punte.engines.finance.day_counts import add_months, exact_years, year_fraction
from punte.engines.finance.instance import Draw, Portfolio
from punte.engines.finance.result import Flow, Ledger


def check_ledger(portfolio: Portfolio, ledger: Ledger) -> tuple[str, ...]:
    """
    Return every violation found, in words; nothing for a right ledger.

    Checked: one disbursement for each draw; accruals that join without gap from draw to maturity; balances that follow from
    the line before and are never negative; interest that is balance times rate times year fraction; principal that sums to the
    draw and what was capitalised; the profile; the sums of each year.
    """
    violations = []
    by_draw: dict[str, list[Flow]] = defaultdict(list)
    for flow in ledger.flows:
        by_draw[flow.draw].append(flow)
    known = {draw.id for draw in portfolio.draws}
    violations += [f"draw {name}: is not in the portfolio" for name in by_draw if name not in known]
    for draw in portfolio.draws:
        violations += [f"draw {draw.id}: {text}" for text in _draw_faults(draw, by_draw[draw.id])]
    violations += _year_faults(ledger)
    return tuple(violations)


def _draw_faults(draw: Draw, flows: list[Flow]) -> Iterator[str]:
    if not flows or flows[0].draw_cents != draw.amount_cents or flows[0].pay_day != draw.day:
        yield f"the disbursement of {draw.amount_cents} cents on {draw.day} is missing"
        return
    payments = flows[1:]
    if any(flow.draw_cents for flow in payments):
        yield "money is drawn twice"
    if not payments:
        yield "nothing is ever paid"
        return
    loan = draw.loan
    last = loan.maturity or add_months(draw.day, 12 * (loan.maturity_years or 0))
    if payments[-1].accrual_end != last:
        yield f"ends on {payments[-1].accrual_end}, maturity is {last}"
    before = flows[0]
    for flow in payments:
        yield from _line_faults(draw, before, flow)
        before = flow
    if before.closing_cents != 0:
        yield f"{before.closing_cents} cents are still owed after the last payment"
    yield from _sum_faults(draw, payments)


def _line_faults(draw: Draw, before: Flow, flow: Flow) -> Iterator[str]:
    at = f"payment {flow.number}"
    if flow.accrual_start != before.accrual_end or flow.accrual_end <= flow.accrual_start:
        yield f"{at}: accrues from {flow.accrual_start}, the line before ends {before.accrual_end}"
    if flow.balance_cents != before.closing_cents:
        yield f"{at}: opens with {flow.balance_cents} cents, the line before closed with {before.closing_cents}"
    if flow.closing_cents != flow.balance_cents + flow.capitalised_cents - flow.principal_cents:
        yield f"{at}: closes with {flow.closing_cents} cents, which does not follow from its parts"
    if min(flow.closing_cents, flow.balance_cents, flow.principal_cents) < 0:
        yield f"{at}: a balance or a principal part is negative"
    interest = flow.balance_cents * Fraction(repr(flow.rate)) * exact_years(flow.years)
    if round(interest) != flow.interest_cents:
        yield f"{at}: interest is {flow.interest_cents} cents, balance x rate x years is {float(interest):.4f}"
    if not flow.rate_reason:
        yield f"{at}: the rate has no reason"
    spec = draw.loan.rate
    if spec.kind == "fixed" and flow.rate != spec.rate:
        yield f"{at}: the rate is {flow.rate}, the terms fix {spec.rate}"
    convention = draw.loan.day_count
    if convention not in {"act/act icma", "30e/360 isda"}:
        years = year_fraction(convention, flow.accrual_start, flow.accrual_end)
        if not isclose(years, flow.years, abs_tol=1e-12):
            yield f"{at}: {flow.years} years of accrual, {convention} gives {years}"
    if flow.pay_day < flow.accrual_end - timedelta(days=14):
        yield f"{at}: is paid on {flow.pay_day}, before it has accrued"


def _sum_faults(draw: Draw, payments: list[Flow]) -> Iterator[str]:
    principal = sum(flow.principal_cents for flow in payments)
    capitalised = sum(flow.capitalised_cents for flow in payments)
    if principal != draw.amount_cents + capitalised:
        yield f"principal sums to {principal} cents, drawn and capitalised were {draw.amount_cents + capitalised}"
    accrued = sum(flow.interest_cents for flow in payments)
    paid = sum(flow.interest_paid_cents for flow in payments)
    if accrued != paid + capitalised:
        yield f"{accrued} cents of interest accrued, {paid} paid and {capitalised} capitalised"
    loan = draw.loan
    if loan.profile == "bullet":
        wrong = [flow.number for flow in payments[:-1] if flow.principal_cents]
        if wrong:
            yield f"a bullet loan repays with payment {wrong[0]}"
        return
    carrying = [flow for flow in payments if flow.number >= loan.first_principal_payment]
    early = [flow.number for flow in payments if flow.principal_cents and flow not in carrying]
    if early:
        yield f"repays with payment {early[0]}, the first is {loan.first_principal_payment}"
    if len(carrying) != loan.principal_payments:
        yield f"{len(carrying)} payments can carry principal, the terms say {loan.principal_payments}"
    if loan.profile == "equal" and carrying:
        parts = [flow.principal_cents for flow in carrying]
        if max(parts) - min(parts) > 1:
            yield f"the equal parts differ by {max(parts) - min(parts)} cents, more than one"


def _year_faults(ledger: Ledger) -> Iterator[str]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for flow in ledger.flows:
        line = sums[flow.pay_day.year]
        line[0] += flow.draw_cents
        line[1] += flow.interest_paid_cents
        line[2] += flow.fee_cents
        line[3] += flow.principal_cents
    for year in ledger.years:
        found = [year.drawn_cents, year.interest_cents, year.fee_cents, year.principal_cents]
        if found != sums.pop(year.year, [0, 0, 0, 0]):
            yield f"year {year.year}: its sums differ from its flows"
    if sums:
        yield f"year {min(sums)}: has flows but no line"
