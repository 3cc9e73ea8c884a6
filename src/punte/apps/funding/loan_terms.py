"""Terms of a loan plan as the fields of a form: the plan, its instrument, each loan, and the indices of its rates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.funding.forms import Row, refuse_too_many, rows_from, whole, with_blanks
from punte.apps.funding.loan_fields import (
    LONGEST,
    loan_typed,
    read_fields,
    read_loan,
    shown,
    typed,
    value_of,
)
from punte.kernel.errors import InvalidInputError, Problem

PLAN: Final[Mapping[str, str]] = {
    "currency": "text",
    "as_of": "day",
    "request_lag_days": "count",
}
NAMES: Final[Mapping[str, str]] = {
    "id": "text",
    "name": "text",
    "lender": "text",
    "borrower": "text",
}
INSTRUMENT: Final[Mapping[str, str]] = {
    "envelope": "amount",
    "availability_end": "day",
    "max_maturity_years": "count",
    "max_grace_years": "count",
    "prefinancing_share": "share",
}
"""Field of the format to how it is typed; shares and rates are typed in per cent."""
POINT_FIELDS: Final = ("id", "day", "rate", "source", "verified")
SOURCE_FIELDS: Final = (
    "field",
    "value",
    "source",
    "article",
    "valid_from",
    "valid_to",
    "note",
    "verified",
)
"""What is typed of a further source: all that the format holds of a term but the choice, which a person makes among several."""
YES: Final = "yes"
"""What a ticked box sends."""


def term_fields(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the terms of a plan as the form's fields, ``loan-safe-rate.spread`` for one of a loan's rate."""
    fields = {f"plan-{key}": text for key, text in typed(content, PLAN).items()}
    instrument = typed(content["instrument"], {**NAMES, **INSTRUMENT})
    fields |= {f"instrument-{key}": text for key, text in instrument.items()}
    for name, loan in content["loans"].items():
        at = f"loan-{name}-"
        fields |= {f"{at}name": name, **loan_typed(loan, at)}
    return fields | {"new-loan": "", "new-loan-like": ""}


def point_rows(content: Mapping[str, Any]) -> list[Row]:
    """Return the steps of the indices as the rows of their table, with the source of each at its first one."""
    rows = []
    for index in content.get("indices", []):
        source = {
            "source": index.get("source", ""),
            "verified": YES if index.get("verified") else "",
        }
        for day, rate in index["points"]:
            rows.append({"id": index["id"], "day": str(day), "rate": shown(rate, "rate"), **source})
            source = {"source": "", "verified": ""}
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
    made = read_fields(content, PLAN, "plan-", data, problems)
    instrument = {**NAMES, **INSTRUMENT}
    made["instrument"] = read_fields(
        content["instrument"], instrument, "instrument-", data, problems
    )
    made |= _loans(content, data, problems)
    rows = rows_from(data, "point", POINT_FIELDS)
    indices = _indices(content, rows, problems)
    if indices or "indices" in content:
        made["indices"] = indices
    if problems:
        raise InvalidInputError(str(_("The loan plan")), problems)
    if "models" in content:
        made["models"] = _models(content, indices)
    return made


def _loans(
    content: Mapping[str, Any], data: Mapping[str, str], problems: list[Problem]
) -> dict[str, Any]:
    """Return the loans by the names that the form gives them, one more where it names one, and the draws on them."""
    called = {
        name: whole(data.get(f"loan-{name}-name", name), LONGEST, f"loan-{name}-name", problems)
        for name in content["loans"]
    }
    loans: dict[str, Any] = {}
    for name, loan in content["loans"].items():
        at = f"loan-{name}-"
        if not called[name]:
            _refuse_if_drawn(content, name, at, problems)
            continue
        _refuse_twice(called[name], loans, f"{at}name", problems)
        loans[called[name]] = read_loan(loan, at, data, problems)
    new = whole(data.get("new-loan", ""), LONGEST, "new-loan", problems)
    if new and loans:
        _refuse_twice(new, loans, "new-loan", problems)
        like = called.get(data.get("new-loan-like", ""), "")
        loans[new] = loans.get(like) or next(iter(loans.values()))
    draws = [
        {**draw, "loan": called.get(draw["loan"]) or draw["loan"]} for draw in content["draws"]
    ]
    return {"loans": loans, "draws": draws}


def _refuse_if_drawn(
    content: Mapping[str, Any], name: str, at: str, problems: list[Problem]
) -> None:
    on_it = [draw["id"] for draw in content["draws"] if draw["loan"] == name]
    if on_it:
        problems.append(
            Problem(
                place=f"{at}name",
                what=_("“%(name)s” is drawn on: %(draws)s.")
                % {"name": name, "draws": ", ".join(on_it[:5])},
                remedy=_("Let these draws be on another loan first, or leave its name."),
            )
        )


def _refuse_twice(name: str, loans: Mapping[str, Any], place: str, problems: list[Problem]) -> None:
    if name in loans:
        problems.append(
            Problem(
                place=place,
                what=_("“%(name)s” stands twice.") % {"name": name[:60]},
                remedy=_("Give each loan a name of its own."),
            )
        )


def _models(content: Mapping[str, Any], indices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the models of the rates, each moved by as much as the value of its index on the valuation day was."""
    before = {index["id"]: index["points"] for index in content.get("indices", [])}
    after = {index["id"]: index["points"] for index in indices}
    day = str(content.get("as_of") or timezone.localdate())
    moved = []
    for model in content.get("models", []):
        name = model["index"]
        if name in before and name in after:
            by = value_on(after[name], day) - value_on(before[name], day)
            start, mean = (Decimal(str(model[field])) + by for field in ("start", "mean"))
            moved.append({**model, "start": float(start), "mean": float(mean)})
        elif name in after:
            moved.append(model)
    return moved


def value_on(points: list[list[Any]], day: str) -> Decimal:
    """Return the value in force on a day; the first one before it begins."""
    steps = sorted((str(when), Decimal(str(rate))) for when, rate in points)
    held = [rate for when, rate in steps if when <= day]
    return held[-1] if held else steps[0][1]


def _indices(
    content: Mapping[str, Any], rows: list[Row], problems: list[Problem]
) -> list[dict[str, Any]]:
    """Return the indices with the steps of the rows and what was read where; who keeps the plan stands for a new one without source."""
    refuse_too_many(rows, "indices", problems, longest=LONGEST)
    known = {index["id"]: index for index in content.get("indices", [])}
    made: dict[str, dict[str, Any]] = {}
    sources: dict[str, list[str]] = {}
    verified = {row["id"] for row in rows if row["verified"]}
    for number, row in enumerate(rows, start=1):
        at, name = f"point-{number}", row["id"]
        day = value_of(row["day"], "day", at, problems)
        rate = value_of(row["rate"], "rate", at, problems)
        index = made.setdefault(name, {**known.get(name, {"id": name}), "points": []})
        index["points"].append([day, rate])
        sources.setdefault(name, [])
        if row["source"] and row["source"] not in sources[name]:
            sources[name].append(row["source"])
    for name, index in made.items():
        new = "" if name in known else _("entered by hand")
        note_source(index, "; ".join(sources[name]) or new, is_verified=name in verified)
    return list(made.values())


def note_source(found: dict[str, Any], source: str, *, is_verified: bool) -> None:
    """Note where a part of the format was read, and whether a person has verified it; nothing where neither was ever said."""
    if source or found.get("source"):
        found["source"] = source
    if is_verified or found.get("verified"):
        found["verified"] = is_verified
