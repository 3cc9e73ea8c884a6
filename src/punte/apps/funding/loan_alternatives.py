"""Other ways to have the money of a loan plan, and the curve that they are weighed on, as the fields of a form and back."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from punte.apps.funding.forms import Row, refuse_too_many, rows_from, whole, with_blanks
from punte.apps.funding.loan_fields import (
    LONGEST,
    cost_rows,
    loan_typed,
    read_loan,
    shown,
    value_of,
)
from punte.apps.funding.loan_presets import NEW_FIELDS, with_new_ways
from punte.apps.funding.loan_terms import YES, note_source
from punte.kernel.errors import InvalidInputError, Problem

OWN: Final = ("id", "name", "source", "verified")
CURVE: Final = ("name", "day_count", "source", "verified")
QUOTE_FIELDS: Final = ("term", "rate", "day", "source", "verified")
USUAL_DAY_COUNT: Final = "act/365f"


def alternative_fields(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return each alternative of a plan as the fields of a form, ``alt-0-rate.spread`` for one of the first one's rate."""
    return [
        {
            **{f"alt-{number}-{key}": _text(found.get(key)) for key in OWN},
            **loan_typed(found["loan"], f"alt-{number}-"),
        }
        for number, found in enumerate(content.get("alternatives", []))
    ]


def alternative_costs(content: Mapping[str, Any]) -> list[list[Row]]:
    """Return the rows of the costs of each alternative."""
    return [cost_rows(found["loan"]) for found in content.get("alternatives", [])]


def _text(value: object) -> str:
    return YES if value is True else "" if value in {None, False} else str(value)


def curve_fields(content: Mapping[str, Any]) -> dict[str, str]:
    """Return what is said of the whole national curve as the fields of a form."""
    curve = content.get("national_curve") or {}
    fields = {f"curve-{key}": _text(curve.get(key)) for key in CURVE}
    fields["curve-day_count"] = fields["curve-day_count"] or USUAL_DAY_COUNT
    return fields


def quote_rows(content: Mapping[str, Any]) -> list[Row]:
    """Return the points of the national curve as the rows of their table."""
    curve = content.get("national_curve") or {}
    quotes = {float(one["term"]): one for one in curve.get("quotes", [])}
    rows = [
        {
            "term": shown(term, "number"),
            "rate": shown(rate, "rate"),
            **{key: _text(quotes.get(float(term), {}).get(key)) for key in QUOTE_FIELDS[2:]},
        }
        for term, rate in curve.get("points", [])
    ]
    return with_blanks(rows, QUOTE_FIELDS)


def content_with_alternatives(
    content: Mapping[str, Any], data: Mapping[str, str]
) -> dict[str, Any]:
    """
    Return the plan with the alternatives and the national curve that a form says; what the form does not show stays.

    Raises
    ------
    InvalidInputError
        Naming each field that cannot be read.
    """
    problems: list[Problem] = []
    made = {**content}
    kept = [
        _alternative(number, found, data, problems)
        for number, found in enumerate(content.get("alternatives", []))
    ]
    alternatives = [found for found in kept if found is not None]
    if alternatives or "alternatives" in content:
        made["alternatives"] = alternatives
    curve = _curve(content.get("national_curve") or {}, data, problems)
    if curve or content.get("national_curve"):
        made["national_curve"] = curve
    rows = rows_from(data, "new", NEW_FIELDS)
    refuse_too_many(rows, "new", problems, longest=LONGEST)
    made = with_new_ways(made, rows, weigh=bool(data.get("curve-from-new")), problems=problems)
    if problems:
        raise InvalidInputError(str(_("The loan plan")), problems)
    return made


def place_as_typed(place: str, content: Mapping[str, Any], data: Mapping[str, str]) -> str:
    """Return a place in the plan that a form makes as the form counts it: by its own rows, those taken away too."""
    found = re.fullmatch(r"alternatives\[(\d+)\](.*)", place)
    if found is None:
        return place
    before = range(len(content.get("alternatives", [])))
    kept = [number for number in before if not data.get(f"alt-{number}-remove")]
    index = int(found[1])
    if index < len(kept):
        return f"alternatives[{kept[index]}]{found[2]}"
    return f"new[{index - len(kept)}]{found[2]}"


def _alternative(
    number: int, before: Mapping[str, Any], data: Mapping[str, str], problems: list[Problem]
) -> dict[str, Any] | None:
    """Return an alternative as the form says it; None where it is taken away."""
    at = f"alt-{number}-"
    if data.get(f"{at}remove"):
        return None
    if f"{at}id" not in data:
        return dict(before)
    place = f"alternatives[{number}]."
    said = {key: whole(data.get(at + key, ""), LONGEST, place + key, problems) for key in OWN}
    made = {**before, "id": said["id"]}
    if said["name"] or before.get("name"):
        made["name"] = said["name"]
    note_source(made, said["source"], is_verified=bool(said["verified"]))
    if not said["id"]:
        problems.append(
            Problem(
                place=f"{place}id",
                what=_("is empty."),
                remedy=_("Give a short name, or take the alternative away."),
            )
        )
    made["loan"] = read_loan(before["loan"], at, data, problems, place=f"{place}loan.")
    return made


def _curve(
    before: Mapping[str, Any], data: Mapping[str, str], problems: list[Problem]
) -> dict[str, Any] | None:
    """Return the national curve as the form says it; None where it has no point and nothing else was said of it."""
    rows = rows_from(data, "quote", QUOTE_FIELDS)
    refuse_too_many(rows, "national_curve.points", problems, longest=LONGEST)
    said = {
        key: whole(data.get(f"curve-{key}", ""), LONGEST, f"national_curve.{key}", problems)
        for key in CURVE
    }
    if not rows:
        if said["name"] or said["source"]:
            problems.append(
                Problem(
                    place="national_curve.points",
                    what=_("The curve has no rate."),
                    remedy=_("Give one term with its rate, or empty its name and source."),
                )
            )
        return None
    made = {**before, "name": said["name"] or _("national curve")}
    if said["day_count"] and ("day_count" in before or said["day_count"] != USUAL_DAY_COUNT):
        made["day_count"] = said["day_count"]
    note_source(made, said["source"], is_verified=bool(said["verified"]))
    made["points"], quotes = _points(rows, before, problems)
    made.pop("quotes", None)
    if quotes:
        made["quotes"] = quotes
    return made


def _points(
    rows: list[Row], before: Mapping[str, Any], problems: list[Problem]
) -> tuple[list[list[Any]], list[dict[str, Any]]]:
    """Return the points of a curve by rising terms, and where single ones were read."""
    points: list[list[Any]] = []
    quotes: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        at = f"national_curve.points[{number}]."
        term = value_of(row["term"], "number", f"{at}term", problems)
        rate = value_of(row["rate"], "rate", f"{at}rate", problems)
        if term is None or rate is None:
            continue
        points.append([term, rate])
        quote: dict[str, Any] = {"term": term}
        if row["day"]:
            quote["day"] = value_of(row["day"], "day", f"{at}day", problems)
        note_source(quote, row["source"], is_verified=bool(row["verified"]))
        if len(quote) > 1:
            quotes.append(quote)
    del before
    return sorted(points), sorted(quotes, key=lambda one: float(one["term"]))
