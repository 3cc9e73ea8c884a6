"""Terms of a loan plan as the fields of a form: the instrument, each loan, and the indices of its rates."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.numbers import (
    UnreadableNumberError,
    read_amount,
    read_number,
    write_number,
)
from punte.apps.funding.forms import Row, clean, refuse_too_many, rows_from, with_blanks
from punte.kernel.errors import InvalidInputError, Problem

INSTRUMENT: Final[Mapping[str, str]] = {
    "envelope": "amount",
    "availability_end": "day",
    "max_maturity_years": "count",
    "max_grace_years": "count",
    "prefinancing_share": "share",
}
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
}
RATE: Final[Mapping[str, str]] = {
    "kind": "text",
    "rate": "rate",
    "steps": "steps",
    "index": "text",
    "every_years": "count",
    "spread": "rate",
    "floor": "rate",
    "cap": "rate",
    "why": "text",
}
"""Field of the format to how it is typed; shares and rates are typed in per cent."""
LEAST: Final[Mapping[str, int]] = {"share": 0, "parts": 0, "rate": -100, "steps": -100, "number": 0}
MOST: Final[Mapping[str, int]] = {
    "share": 100,
    "parts": 100,
    "rate": 99,
    "steps": 99,
    "number": 1_000,
}
"""Between what a field is typed [per cent, or years]."""
POINT_FIELDS: Final = ("id", "day", "rate")
SOURCE_FIELDS: Final = ("field", "value", "source")
USUAL: Final[Mapping[str, str]] = {
    "payments_per_year": "1",
    "profile": "equal",
    "interest": "periodic",
    "day_count": "30/360",
    "every_years": "1",
    "payment_lag_business_days": "0",
}
"""What the format takes where a field is not written."""


def term_fields(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the terms of a plan as the form's fields, ``loan-safe-rate.spread`` for one of a loan's rate."""
    fields = {f"instrument-{k}": v for k, v in _typed(content["instrument"], INSTRUMENT).items()}
    for name, loan in content["loans"].items():
        fields |= {f"loan-{name}-{key}": text for key, text in _typed(loan, LOAN).items()}
        rate = loan["rate"] if isinstance(loan["rate"], dict) else {"kind": "fixed", **_flat(loan)}
        fields |= {f"loan-{name}-rate.{key}": text for key, text in _typed(rate, RATE).items()}
    return fields


def point_rows(content: Mapping[str, Any]) -> list[Row]:
    """Return the steps of the indices as the rows of their table."""
    rows = [
        {"id": index["id"], "day": str(day), "rate": _percent(rate)}
        for index in content.get("indices", [])
        for day, rate in index["points"]
    ]
    return with_blanks(rows, POINT_FIELDS)


def content_with_terms(content: Mapping[str, Any], data: Mapping[str, str]) -> dict[str, Any]:
    """
    Return the plan with the terms that a form says; what the form does not show stays.

    Raises
    ------
    InvalidInputError
        Naming each field that holds no number or no day.
    """
    problems: list[Problem] = []
    instrument = _read(content["instrument"], INSTRUMENT, "instrument-", data, problems)
    loans = {}
    for name, loan in content["loans"].items():
        at = f"loan-{name}-"
        rate = loan["rate"] if isinstance(loan["rate"], dict) else {"kind": "fixed", **_flat(loan)}
        loans[name] = _read(loan, LOAN, at, data, problems)
        loans[name]["rate"] = _read(rate, RATE, f"{at}rate.", data, problems)
    indices = _indices(content, rows_from(data, "point", POINT_FIELDS), problems)
    if problems:
        raise InvalidInputError(str(_("The loan plan")), problems)
    models = _models(content, indices)
    return {
        **content,
        "instrument": instrument,
        "loans": loans,
        "indices": indices,
        **({"models": models} if models else {}),
    }


def _models(content: Mapping[str, Any], indices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the models of the rates, each moved by as much as the value of its index on the valuation day was."""
    before = {index["id"]: index["points"] for index in content.get("indices", [])}
    after = {index["id"]: index["points"] for index in indices}
    day = str(content.get("as_of") or timezone.localdate())
    moved = []
    for model in content.get("models", []):
        name = model["index"]
        if name in before and name in after:
            by = _value_on(after[name], day) - _value_on(before[name], day)
            start, mean = (Decimal(str(model[field])) + by for field in ("start", "mean"))
            moved.append({**model, "start": float(start), "mean": float(mean)})
        elif name in after:
            moved.append(model)
    return moved


def _value_on(points: list[list[Any]], day: str) -> Decimal:
    """Return the value in force on a day; the first one before it begins."""
    steps = sorted((str(when), Decimal(str(rate))) for when, rate in points)
    held = [rate for when, rate in steps if when <= day]
    return held[-1] if held else steps[0][1]


def _flat(loan: Mapping[str, Any]) -> dict[str, Any]:
    return {"rate": loan["rate"]}


def _typed(found: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, str]:
    return {
        key: USUAL.get(key, "") if found.get(key) is None else shown(found[key], kind)
        for key, kind in kinds.items()
    }


def shown(value: Any, kind: str) -> str:  # noqa: ANN401 - any field of the format
    """Return a field of the format as it is typed."""
    match kind:
        case "share" | "rate":
            return _percent(value)
        case "amount" | "number":
            return write_number(value)
        case "parts":
            return "; ".join(_percent(part) for part in value)
        case "steps":
            return "; ".join(f"{year}: {_percent(rate)}" for year, rate in value)
        case _:
            return str(value)


def _percent(value: float | str) -> str:
    return write_number(f"{(Decimal(str(value)) * 100).normalize():f}")


def _read(
    before: Mapping[str, Any],
    kinds: Mapping[str, str],
    at: str,
    data: Mapping[str, str],
    problems: list[Problem],
) -> dict[str, Any]:
    made = dict(before)
    for key, kind in kinds.items():
        text = clean(data.get(at + key, ""))[:200]
        if text and (key in made or text != USUAL.get(key)):
            made[key] = value_of(text, kind, at + key, problems)
        elif not text:
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
        remedies = {
            "day": _("Write year, month and day, such as 2027-05-15."),
            "count": _("Write a whole number."),
            "share": _("Write it in per cent, such as 3.2."),
            "rate": _("Write it in per cent, such as 3.2."),
            "parts": _("Write the parts in per cent, such as 40; 30; 30."),
            "steps": _("Write year since the draw and rate in per cent, such as 0: 2.5; 5: 3."),
            "number": _("Write a number, such as 9.5."),
        }
        what = (
            str(error)
            if isinstance(error, UnreadableNumberError)
            else _("“%(text)s” is not understood.") % {"text": text[:40]}
        )
        problems.append(Problem(place=place, what=what, remedy=remedies[kind]))
        return None


def _day(text: str, _kind: str) -> str:
    return dt.date.fromisoformat(text).isoformat()


def _count(text: str, _kind: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError(text)
    return int(text)


def _number(text: str, kind: str) -> float:
    number = read_number(text.removesuffix("%").strip())
    if not LEAST[kind] <= number <= MOST[kind]:
        raise UnreadableNumberError(
            _("%(number)s is not between %(least)s and %(most)s.")
            % {"number": write_number(number), "least": LEAST[kind], "most": MOST[kind]}
        )
    return float(number if kind == "number" else number / 100)


def _parts(text: str, kind: str) -> list[float]:
    return [_number(part, kind) for part in text.split(";") if part.strip()]


def _steps(text: str, kind: str) -> list[list[Any]]:
    found = []
    for part in filter(str.strip, text.split(";")):
        year, colon, rate = part.partition(":")
        if not colon:
            raise ValueError(part)
        found.append([_count(year.strip(), kind), _number(rate.strip(), kind)])
    return found


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "day": _day,
    "count": _count,
    "share": _number,
    "rate": _number,
    "number": _number,
    "parts": _parts,
    "steps": _steps,
}


def _indices(
    content: Mapping[str, Any], rows: list[Row], problems: list[Problem]
) -> list[dict[str, Any]]:
    """Return the indices with the steps of the rows; one that is new has the person who keeps the plan as its only source."""
    refuse_too_many(rows, "indices", problems)
    known = {index["id"]: index for index in content.get("indices", [])}
    points: dict[str, list[list[Any]]] = {}
    for number, row in enumerate(rows, start=1):
        at = f"point-{number}"
        day = value_of(row["day"], "day", at, problems)
        rate = value_of(row["rate"], "rate", at, problems)
        points.setdefault(row["id"], []).append([day, rate])
    return [
        {**known.get(name, {"id": name, "source": _("entered by hand")}), "points": steps}
        for name, steps in points.items()
    ]
