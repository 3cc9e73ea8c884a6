"""Fields of a loan plan as they are typed, and back: the terms of a loan, the rate it follows, and its costs."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from punte.apps.access.numbers import (
    UnreadableNumberError,
    read_amount,
    read_number,
    write_number,
)
from punte.apps.funding.forms import Row, refuse_too_many, rows_from, whole, with_blanks
from punte.kernel.errors import Problem

LOAN: Final[Mapping[str, str]] = {
    "maturity_years": "count",
    "payments_per_year": "count",
    "first_principal_year": "count",
    "principal_payments": "count",
    "grace_years": "number",
    "profile": "text",
    "shares": "parts",
    "interest": "text",
    "day_count": "text",
    "payment_lag_business_days": "count",
    "maturity": "day",
    "first_payment": "day",
    "first_principal_payment": "count",
    "calendar": "text",
    "holidays": "days",
    "roll": "text",
}
RATE: Final[Mapping[str, str]] = {
    "kind": "text",
    "rate": "rate",
    "steps": "steps",
    "index": "text",
    "every_years": "count",
    "spread": "rate",
    "lag_days": "count",
    "floor": "rate",
    "cap": "rate",
    "why": "text",
}
"""Field of the format to how it is typed; shares and rates are typed in per cent."""
COST_FIELDS: Final = ("name", "kind", "rate", "amount")
COST: Final[Mapping[str, str]] = {
    "name": "text",
    "kind": "text",
    "rate": "share",
    "amount": "amount",
}
LEAST: Final[Mapping[str, int]] = {"rate": -49, "steps": -49, "pair": -1}
MOST: Final[Mapping[str, int]] = {
    "share": 100,
    "parts": 100,
    "rate": 99,
    "steps": 99,
    "number": 1_000,
    "pair": 1,
}
"""Between what a field is typed [per cent, years, or a plain number]; at least 0 where nothing is said."""
PLAIN: Final = frozenset({"number", "pair"})
"""What is kept as it is typed; the rest is typed in per cent."""
USUAL: Final[Mapping[str, str]] = {
    "payments_per_year": "1",
    "profile": "equal",
    "interest": "periodic",
    "day_count": "30/360",
    "every_years": "1",
    "payment_lag_business_days": "0",
    "lag_days": "0",
    "request_lag_days": "0",
    "currency": "EUR",
    "calendar": "none",
    "roll": "none",
}
"""What the format takes where a field is not written."""
LONGEST: Final = 1_000
"""The longest text of a field [characters]."""


def loan_typed(loan: Mapping[str, Any], at: str) -> dict[str, str]:
    """Return the terms of a loan as the fields of a form, each name with ``at`` before it."""
    fields = {f"{at}{key}": text for key, text in typed(loan, LOAN).items()}
    return fields | {f"{at}rate.{key}": text for key, text in typed(_rate_of(loan), RATE).items()}


def cost_rows(loan: Mapping[str, Any]) -> list[Row]:
    """Return the costs of a loan as the rows of their table."""
    rows = [
        {
            key: shown(cost[key], kind) if cost.get(key) is not None else ""
            for key, kind in COST.items()
        }
        for cost in loan.get("costs", [])
    ]
    return with_blanks(rows, COST_FIELDS)


def read_loan(
    before: Mapping[str, Any],
    at: str,
    data: Mapping[str, str],
    problems: list[Problem],
    *,
    place: str | None = None,
) -> dict[str, Any]:
    """
    Return a loan with the terms that a form says.

    Parameters
    ----------
    place
        What faults call it, where that is not how its fields are named.
    """
    named = at if place is None else place
    made = read_fields(before, LOAN, at, data, problems, place=named)
    rate = read_fields(_rate_of(before), RATE, f"{at}rate.", data, problems, place=f"{named}rate.")
    is_number = not isinstance(before.get("rate"), Mapping)
    is_plain = set(rate) == {"kind", "rate"} and rate["kind"] == "fixed"
    made["rate"] = rate["rate"] if is_number and is_plain else rate
    costs = _costs(rows_from(data, f"{at}cost", COST_FIELDS), named, problems)
    if any(name.startswith(f"{at}cost-") for name in data) and (costs or "costs" in before):
        made["costs"] = costs
    return made


def _costs(rows: list[Row], at: str, problems: list[Problem]) -> list[dict[str, Any]]:
    refuse_too_many(rows, f"{at}costs", problems, longest=LONGEST)
    found = []
    for number, row in enumerate(rows):
        place = f"{at}costs[{number}]."
        cost = {
            key: value_of(row[key], kind, place + key, problems)
            for key, kind in COST.items()
            if row[key]
        }
        problems += [
            Problem(place=place + key, what=_("is empty."), remedy=_("It is needed to compute."))
            for key in ("name", "kind")
            if not row[key]
        ]
        found.append(cost)
    return found


def _rate_of(loan: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return how a rate is found; a bare number stands for one for good."""
    rate = loan.get("rate")
    return rate if isinstance(rate, Mapping) else {"kind": "fixed", "rate": rate}


def typed(found: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, str]:
    """Return a part of the format as its fields are typed."""
    return {
        key: USUAL.get(key, "") if found.get(key) is None else shown(found[key], kind)
        for key, kind in kinds.items()
    }


def shown(value: Any, kind: str) -> str:  # noqa: ANN401 - any field of the format
    """Return a field of the format as it is typed."""
    match kind:
        case "share" | "rate":
            return _percent(value)
        case "amount":
            return write_number(value)
        case "number" | "pair":
            return write_number(f"{Decimal(str(value)).normalize():f}")
        case "parts":
            return "; ".join(_percent(part) for part in value)
        case "steps":
            return "; ".join(f"{year}: {_percent(rate)}" for year, rate in value)
        case "days" | "words":
            return "; ".join(map(str, value))
        case _:
            return str(value)


def _percent(value: float | str) -> str:
    return write_number(f"{(Decimal(str(value)) * 100).normalize():f}")


def read_fields(
    before: Mapping[str, Any],
    kinds: Mapping[str, str],
    at: str,
    data: Mapping[str, str],
    problems: list[Problem],
    *,
    place: str | None = None,
) -> dict[str, Any]:
    """Return a part of the format with what its fields say; what the form does not show stays."""
    named = at if place is None else place
    made = dict(before)
    for key, kind in kinds.items():
        if at + key not in data:
            continue
        text = whole(data[at + key], LONGEST, named + key, problems)
        if text and (made.get(key) is not None or text != USUAL.get(key)):
            made[key] = value_of(text, kind, named + key, problems)
        elif not text and made.get(key) not in {"", None}:
            made.pop(key, None)
    return made


def value_of(text: str, kind: str, place: str, problems: list[Problem]) -> Any:  # noqa: ANN401
    """Return what a field says, as the format writes it; what it cannot say becomes a problem."""
    if kind == "text":
        return text
    if kind == "amount":
        return read_amount(text, place, problems)
    try:
        return _READERS[kind](text, kind)
    except (ValueError, UnreadableNumberError) as error:
        what = (
            str(error)
            if isinstance(error, UnreadableNumberError)
            else _("“%(text)s” is not understood.") % {"text": text[:40]}
        )
        problems.append(Problem(place=place, what=what, remedy=_remedies()[kind]))
        return None


def _remedies() -> Mapping[str, str]:
    """Return how each kind of field is written."""
    return {
        "day": _("Write year, month and day, such as 2027-05-15."),
        "days": _("Write days such as 2027-01-02; 2027-12-24."),
        "count": _("Write a whole number."),
        "share": _("Write it in per cent, such as 3.2."),
        "rate": _("Write it in per cent, such as 3.2."),
        "parts": _("Write the parts in per cent, such as 40; 30; 30."),
        "steps": _("Write year since the draw and rate in per cent, such as 0: 2.5; 5: 3."),
        "number": _("Write a number, such as 9.5."),
        "pair": _("Write a number between -1 and 1, such as 0.6."),
    }


def _day(text: str, _kind: str) -> str:
    return dt.date.fromisoformat(text).isoformat()


def _days(text: str, kind: str) -> list[str]:
    return [_day(part, kind) for part in _parted(text)]


def _parted(text: str, _kind: str = "") -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _count(text: str, _kind: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError(text)
    return int(text)


def _number(text: str, kind: str) -> float:
    number = read_number(text.removesuffix("%").strip())
    least, most = LEAST.get(kind, 0), MOST[kind]
    if not least <= number <= most:
        raise UnreadableNumberError(
            _("%(number)s is not between %(least)s and %(most)s.")
            % {"number": write_number(number), "least": least, "most": most}
        )
    return float(number if kind in PLAIN else number / 100)


def _parts(text: str, kind: str) -> list[float]:
    return [_number(part, kind) for part in _parted(text)]


def _steps(text: str, kind: str) -> list[list[Any]]:
    found = []
    for part in _parted(text):
        year, colon, rate = part.partition(":")
        if not colon:
            raise ValueError(part)
        found.append([_count(year.strip(), kind), _number(rate.strip(), kind)])
    return found


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "day": _day,
    "days": _days,
    "words": _parted,
    "count": _count,
    "share": _number,
    "rate": _number,
    "number": _number,
    "pair": _number,
    "parts": _parts,
    "steps": _steps,
}
