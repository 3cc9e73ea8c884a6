"""What sources say of the terms of a loan plan, what a person chose among them, and what the figures use."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from punte.apps.funding.forms import whole
from punte.apps.funding.loan_fields import LOAN, shown, value_of
from punte.apps.funding.loan_terms import INSTRUMENT, SOURCE_FIELDS
from punte.kernel.errors import InvalidInputError, Problem

KINDS: Final[Mapping[str, str]] = {**INSTRUMENT, **LOAN}
"""Terms that a plan computes with, to how each is typed; of others sources say something, and nothing follows."""


def term_shown(field: str, value: Any) -> str:  # noqa: ANN401 - any value of the format
    """Return a term as its field shows it: shares in per cent, amounts in the reader's writing."""
    kind = KINDS.get(field, "text")
    try:
        return f"{shown(value, kind)} %" if kind == "share" else shown(value, kind)
    except (InvalidOperation, TypeError, ValueError):
        return str(value)


def in_use(content: Mapping[str, Any], field: str) -> list[Any]:
    """Return the values of a term that the figures use: the instrument's, or each loan's; none where nothing does."""
    if field in INSTRUMENT:
        value = content["instrument"].get(field)
        return [] if value is None else [value]
    if field in LOAN:
        return [loan[field] for loan in content["loans"].values() if loan.get(field) is not None]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A chosen term beside other values that the figures use."""

    field: str
    chosen: str
    used: tuple[str, ...]
    reason: str


def differences(content: Mapping[str, Any]) -> list[Difference]:
    """Return the terms of which a person chose a value that the figures do not use."""
    return [
        Difference(
            field=term["field"],
            chosen=term_shown(term["field"], term["value"]),
            used=tuple(term_shown(term["field"], value) for value in used),
            reason=term.get("reason", ""),
        )
        for term in content["instrument"].get("terms", [])
        if term.get("chosen")
        and (used := in_use(content, term["field"]))
        and any(not _is_same(term["value"], value) for value in used)
    ]


def _is_same(one: object, other: object) -> bool:
    try:
        return Decimal(str(one)) == Decimal(str(other))
    except InvalidOperation:
        return str(one) == str(other)


def with_sources(
    content: Mapping[str, Any], data: Mapping[str, str], reason: str
) -> dict[str, Any]:
    """
    Return the plan with one more sourced value, and with the one in use that is chosen where sources disagree; the others stay.

    Raises
    ------
    InvalidInputError
        A choice without a reason, a value without its source, or one that cannot be used.
    """
    problems: list[Problem] = []
    terms = [dict(term) for term in content["instrument"].get("terms", [])]
    made: dict[str, Any] = {**content, "instrument": {**content["instrument"], "terms": terms}}
    problems += _choices_of_none(terms, data)
    for number, term in enumerate(terms):
        if f"term-{number}" in data:
            term["verified"] = bool(data.get(f"verified-{number}"))
        picked = data.get(f"chosen-{term['field']}", "")
        if not picked or (is_chosen := picked == str(number)) == bool(term.get("chosen")):
            continue
        if not reason:
            problems.append(
                Problem(
                    place=f"chosen-{term['field']}",
                    what=_("A choice among sources needs its reason."),
                    remedy=_("Write it at the end of the form."),
                )
            )
        term |= {"chosen": is_chosen, "reason": reason if is_chosen else ""}
        if is_chosen and term["value"] is not None:
            made = _with_value(made, term["field"], term["value"], problems)
    terms += _new_source(data, problems)
    if problems:
        raise InvalidInputError(str(_("The loan plan")), problems)
    return made


def _choices_of_none(
    terms: Sequence[Mapping[str, Any]], data: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield each choice of a value that no source of its term gives."""
    numbers: dict[str, set[str]] = {}
    for number, term in enumerate(terms):
        numbers.setdefault(term["field"], set()).add(str(number))
    for field, known in numbers.items():
        picked = data.get(f"chosen-{field}", "")
        if picked and picked not in known:
            yield Problem(
                place=f"chosen-{field}",
                what=_("No source gives this value."),
                remedy=_("Choose one from the list."),
            )


def _with_value(
    content: dict[str, Any],
    field: str,
    value: Any,  # noqa: ANN401 - any value of the format
    problems: list[Problem],
) -> dict[str, Any]:
    """Return the plan that computes with a chosen value; a text that was kept as it was typed is read now."""
    kind = KINDS.get(field)
    if kind is None:
        return content
    if isinstance(value, str) and kind not in {"text", "amount", "day"}:
        value = value_of(value, kind, f"chosen-{field}", problems)
    if field in INSTRUMENT:
        return {**content, "instrument": {**content["instrument"], field: value}}
    loans = {name: {**loan, field: value} for name, loan in content["loans"].items()}
    return {**content, "loans": loans}


def _new_source(data: Mapping[str, str], problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield a further sourced value with the place and the days that it holds, where one is typed."""
    typed = {
        key: whole(data.get(f"source-{key}", ""), 300, f"source-{key}", problems)
        for key in SOURCE_FIELDS
    }
    if not any(typed.values()):
        return
    field, value = typed["field"], typed["value"]
    if not (field and value and typed["source"]):
        problems.append(
            Problem(
                place="source",
                what=_("A value from a source needs the term, the value and where it was read."),
                remedy=_("Fill in all three, or none."),
            )
        )
        return
    kind = KINDS.get(field, "text")
    days = {
        key: value_of(typed[key], "day", f"source-{key}", problems)
        for key in ("valid_from", "valid_to")
        if typed[key]
    }
    if len(days) == 2 and all(days.values()) and days["valid_to"] < days["valid_from"]:
        problems.append(
            Problem(place="source-valid_to", what=_("ends before it begins."), remedy="")
        )
    yield {
        "field": field,
        "value": value_of(value, kind, "source-value", problems),
        "source": [typed["source"]],
        "verified": bool(typed["verified"]),
        **{key: typed[key] for key in ("article", "note") if typed[key]},
        **days,
    }


BEGUN: Final[Mapping[str, str]] = {
    "instrument-envelope": "amount",
    "instrument-availability_end": "day",
    "loan-maturity_years": "count",
    "loan-first_principal_year": "count",
    "loan-principal_payments": "count",
    "loan-rate": "rate",
    "draw-id": "text",
    "draw-date": "day",
    "draw-amount": "amount",
}
"""Fields with which a plan begins."""
LIMITS: Final = ("max_maturity_years", "max_grace_years")
"""What a plan takes over from its instrument, so that a loan beyond it is refused."""


def begun_fields(instrument: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a new plan, filled in with what was chosen among the sources of an instrument."""
    chosen = {
        term["field"]: shown(term["value"], KINDS[term["field"]])
        for term in instrument["terms"]
        if term.get("chosen") and term["field"] in KINDS
    }
    fields = dict.fromkeys(BEGUN, "")
    for name in fields:
        fields[name] = chosen.get(name.partition("-")[2], "")
    return fields


def begun_content(
    fields: Mapping[str, str], instrument: Mapping[str, Any], *, name: str, on: dt.date
) -> dict[str, Any]:
    """
    Return a plan of one draw at one fixed rate.

    Raises
    ------
    InvalidInputError
        Naming each field that holds no number or no day.
    """
    problems: list[Problem] = []
    places = {
        key: f"draws[0].{key.partition('-')[2]}" if key.startswith("draw-") else key
        for key in BEGUN
    }
    values = {
        key: value_of(whole(fields[key], 200, places[key], problems), kind, places[key], problems)
        for key, kind in BEGUN.items()
        if fields[key]
    }
    problems += [
        Problem(place=places[key], what=_("is empty."), remedy=_("It is needed to compute."))
        for key in BEGUN
        if not fields[key] and not key.startswith("instrument-")
    ]
    if problems:
        raise InvalidInputError(str(_("The loan plan")), problems)

    return _begun(values, instrument, name=name, on=on)


def _begun(
    values: Mapping[str, Any], instrument: Mapping[str, Any], *, name: str, on: dt.date
) -> dict[str, Any]:
    def part(kind: str) -> dict[str, Any]:
        return {
            key.partition("-")[2]: value for key, value in values.items() if key.startswith(kind)
        }

    content: dict[str, Any] = {
        "format": "punte.finance.portfolio/1",
        "name": name,
        "as_of": on.isoformat(),
        "instrument": {
            "id": instrument["id"] or "loan",
            "name": instrument.get("name", ""),
            **{limit: instrument[limit] for limit in LIMITS if instrument.get(limit) is not None},
            **part("instrument-"),
            "terms": [dict(term) for term in instrument["terms"]],
        },
        "loans": {
            "loan": {**part("loan-"), "rate": {"kind": "fixed", "rate": values["loan-rate"]}}
        },
        "draws": [{**part("draw-"), "loan": "loan"}],
    }
    for term in content["instrument"]["terms"]:
        used = in_use(content, term["field"])
        if term.get("chosen") and used and not all(_is_same(term["value"], one) for one in used):
            # Whoever begins with another value has not chosen this one.
            term |= {"chosen": False, "reason": ""}
    return content
