"""Published loan tables as cases: their fields in, payments and rows out."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from punte.engines.finance.table import (
    RateChange,
    Rounding,
    TableRow,
    TableTerms,
    first_payment_amount,
    table,
)
from punte.formats.finance_fields import Day, DayCountName, Many
from punte.formats.reading import Record
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.phrases import template_of


def _parse_decimal(value: Any) -> Any:  # noqa: ANN401 - what a file holds is checked here
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(template_of("write a number, as a text or as it is"))  # noqa: TRY004 - pydantic collects ValueError
    try:
        text = str(value)
        number = Decimal(text if text.isascii() and "_" not in text else "no number")
    except InvalidOperation:
        raise ValueError(template_of("this is no number: write digits with a point")) from None
    if not number.is_finite() or not 0 <= number < _MOST:
        raise ValueError(template_of("must be finite, not negative, and below 1e18"))
    return number


_MOST: Final = Decimal(10) ** 18
"""Above it a number was mistyped: more money than there is, in any currency."""

Number = Annotated[Decimal, BeforeValidator(_parse_decimal)]

_ROUNDINGS: Final[dict[str, Rounding]] = {
    "ROUND_UP": "up",
    "ROUND_DOWN": "down",
    "ROUND_HALF_UP": "half up",
    "ROUND_HALF_DOWN": "half down",
    "ROUND_HALF_EVEN": "half even",
}
_PER_YEAR: Final = {
    "annual": 1,
    "semi_annual": 2,
    "quarterly": 4,
    "monthly": 12,
    "semi_monthly": 24,
    "biweekly": 26,
    "weekly": 52,
    "daily": 365,
}
RoundingWord = Literal[
    "ROUND_UP", "ROUND_DOWN", "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN"
]
_FREQUENCY_WORDS: Final = {
    "annually": "annual",
    "yearly": "annual",
    "semiannual": "semi_annual",
    "semi_annually": "semi_annual",
    "half_yearly": "semi_annual",
    "bi_weekly": "biweekly",
    "fortnightly": "biweekly",
    "semimonthly": "semi_monthly",
}


def _parse_frequency(value: Any) -> Any:  # noqa: ANN401 - what a file holds is checked here
    word = str(value).strip().lower().replace("-", "_").replace(" ", "_")
    found = _FREQUENCY_WORDS.get(word, word)
    if found not in _PER_YEAR:
        raise ValueError(f"unknown frequency: one of {', '.join(_PER_YEAR)}")
    return found


FrequencyWord = Annotated[str, BeforeValidator(_parse_frequency)]


class RateChangeFile(Record):
    """A new rate from a payment on; per cent, as the tables print it."""

    effective_payment_number: Annotated[int, Field(ge=1)]
    new_annual_rate: Number
    recast: bool = True
    payment_cap_factor: Number | None = None


class TableFile(Record):
    """Inputs of an ``amortisation_table``: amounts as texts, rates in per cent."""

    principal: Number
    annual_rate: Number
    term_months: int = Field(ge=1, le=1200)
    amortization_period_months: int | None = Field(default=None, ge=1, le=1200)
    day_count: DayCountName = "30/360"
    payment_rounding: RoundingWord = "ROUND_HALF_UP"
    interest_rounding: RoundingWord = "ROUND_HALF_UP"
    compounding: FrequencyWord = "monthly"
    payment_frequency: FrequencyWord = "monthly"
    balance_tracking: Literal["round_each", "carry_precision"] | None = None
    interest_only_months: int = Field(default=0, ge=0)
    payment_override: Number | None = None
    fee_per_period: Number = Decimal(0)
    currency_unit: Number = Decimal("0.01")
    start_date: Day | None = None
    rate_schedule: Many[RateChangeFile] = ()


def table_answer(file: TableFile) -> dict[str, Any]:
    """
    Return payments, rows, balloon and totals of a table.

    Raises
    ------
    InvalidInputError
        If the amortisation is shorter than the term, or the interest-only time reaches it.
    """
    terms = terms_of(file)
    rows = table(terms)
    first = _text(first_payment_amount(terms), terms.unit)
    balance = rows[-1].balance
    return {
        "periodic_payment": first,
        "monthly_payment": first,
        "balloon_at_term": _text(balance, terms.unit),
        "final_payment": _text(rows[-1].payment_amount, terms.unit),
        "n_rows": len(rows),
        "total_interest": _text(sum((row.interest for row in rows), Decimal(0)), terms.unit),
        "total_payments": _text(sum((row.payment_amount for row in rows), Decimal(0)), terms.unit),
        "rows": [_row(row, terms.unit) for row in rows],
    }


def terms_of(file: TableFile) -> TableTerms:
    """
    Return the terms of a table; per cent become fractions, months become payments.

    Raises
    ------
    InvalidInputError
        If the amortisation is shorter than the term, or the interest-only time reaches it.
    """
    problems = _problems(file)
    if problems:
        raise InvalidInputError("The case", problems)
    per_year = _PER_YEAR[file.payment_frequency]
    payments = round(file.term_months * per_year / 12)
    whole = file.amortization_period_months or file.term_months
    return TableTerms(
        principal=file.principal,
        annual_rate=file.annual_rate / 100,
        payments=max(payments, 1),
        amortisation_payments=max(round(whole * per_year / 12), 1),
        payments_per_year=per_year,
        compoundings_per_year=_PER_YEAR[file.compounding],
        day_count=file.day_count,  # type: ignore[arg-type] # the three were checked above
        payment_rounding=_ROUNDINGS[file.payment_rounding],
        interest_rounding=_ROUNDINGS[file.interest_rounding],
        unit=file.currency_unit,
        carries_precision=_carries_precision(file),
        interest_only=round(file.interest_only_months * per_year / 12),
        payment_override=file.payment_override,
        fee=file.fee_per_period,
        start=file.start_date,
        rate_changes=tuple(_rate_change(change) for change in file.rate_schedule),
    )


def _rate_change(change: RateChangeFile) -> RateChange:
    return RateChange(
        payment=change.effective_payment_number,
        annual_rate=change.new_annual_rate / 100,
        recast=change.recast,
        payment_cap_factor=change.payment_cap_factor,
    )


def _problems(file: TableFile) -> list[Problem]:
    whole = file.amortization_period_months or file.term_months
    problems = []
    if whole < file.term_months:
        problems.append(
            Problem(
                place="inputs.amortization_period_months",
                what=f"{whole} months are shorter than the term of {file.term_months}.",
            )
        )
    if file.interest_only_months >= whole:
        problems.append(
            Problem(
                place="inputs.interest_only_months",
                what=f"{file.interest_only_months} months without principal reach the maturity of {whole} months.",
                remedy="Shorten them or lengthen the loan.",
            )
        )
    if file.day_count not in {"30/360", "act/360", "act/365f"}:
        problems.append(
            Problem(
                place="inputs.day_count", what=f"{file.day_count!r} has no level-payment table."
            )
        )
    if file.currency_unit == 0 or file.principal == 0:
        problems.append(
            Problem(place="inputs", what="principal and currency_unit must be above 0.")
        )
    return problems


def _carries_precision(file: TableFile) -> bool:
    """
    Whether nothing is rounded but what is shown.

    Where a table does not say, lenders on ``30/360`` round each line; commercial lenders on actual days carry all digits: the published
    balloon of Fannie Mae's multifamily guide, section 1103, is reached in no other way.
    """
    if file.balance_tracking is None:
        return file.day_count != "30/360"
    return file.balance_tracking == "carry_precision"


def _text(amount: Decimal, unit: Decimal) -> str:
    return str(amount.quantize(unit))


def _row(row: TableRow, unit: Decimal) -> dict[str, str]:
    record = {
        "payment": str(row.payment),
        "payment_amount": _text(row.payment_amount, unit),
        "principal": _text(row.principal, unit),
        "interest": _text(row.interest, unit),
    }
    if row.fee:
        record["fee"] = _text(row.fee, unit)
    return {**record, "balance": _text(row.balance, unit)}


def range_answer(rows: list[dict[str, str]], first: int, last: int) -> dict[str, Any]:
    """
    Return what payments ``first`` to ``last`` repay, and what is owed after them.

    Raises
    ------
    InvalidInputError
        If the table has no such payments.
    """
    if not 1 <= first <= last <= len(rows):
        what = f"payments {first} to {last} are not in a table of {len(rows)}."
        raise InvalidInputError("The case", [Problem(place="amortization_ranges", what=what)])
    part = rows[first - 1 : last]
    return {
        "start_payment": first,
        "end_payment": last,
        "balance": part[-1]["balance"],
        "principal": str(sum((Decimal(row["principal"]) for row in part), Decimal(0))),
        "interest": str(sum((Decimal(row["interest"]) for row in part), Decimal(0))),
    }
