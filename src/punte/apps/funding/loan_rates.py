"""How the rates of a loan plan may move, stated or by chance, as the rows of a form and back."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.funding.forms import Row, refuse_too_many, rows_from, with_blanks
from punte.apps.funding.loan_fields import LONGEST, shown, value_of
from punte.apps.funding.loan_terms import YES, note_source, value_on
from punte.kernel.errors import InvalidInputError, Problem

SCENARIO: Final[Mapping[str, str]] = {
    "id": "text",
    "name": "text",
    "shift": "rate",
    "start": "day",
    "ramp_years": "count",
    "back_years": "count",
    "indices": "words",
}
MODEL: Final[Mapping[str, str]] = {
    "index": "text",
    "start": "rate",
    "mean": "rate",
    "speed": "number",
    "volatility": "rate",
}
"""Field of the format to how it is typed."""
SOURCE: Final = ("source", "verified")
PAIR_FIELDS: Final = ("first", "second", "value")
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "scenario": (*SCENARIO, *SOURCE),
    "model": (*MODEL, *SOURCE),
    "pair": PAIR_FIELDS,
}
PLACES: Final[Mapping[str, str]] = {
    "scenario": "scenarios",
    "model": "models",
    "pair": "correlations",
}
"""What faults call each table."""
USUAL_SPEED: Final = 0.15
"""How fast a rate tends to its mean where nobody says [1/year]: half the way in between four and five years."""


def rate_rows(content: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return the scenarios, the models of the rates and how these go together as the rows of their tables, with blank ones."""
    return {
        "scenario": with_blanks(
            [_row(found, SCENARIO) for found in content.get("scenarios", [])], TABLES["scenario"]
        ),
        "model": with_blanks(
            [_row(found, MODEL) for found in content.get("models", [])], TABLES["model"]
        ),
        "pair": with_blanks(
            [
                {"first": first, "second": second, "value": shown(value, "pair")}
                for first, second, value in content.get("correlations", [])
            ],
            PAIR_FIELDS,
        ),
    }


def typed_rates(data: Mapping[str, str]) -> dict[str, list[Row]]:
    """Return the rows as they were typed, readable or not."""
    return {
        kind: with_blanks(rows_from(data, kind, fields), fields) for kind, fields in TABLES.items()
    }


def _row(found: Mapping[str, Any], kinds: Mapping[str, str]) -> Row:
    row = {
        key: "" if found.get(key) is None else shown(found[key], kind)
        for key, kind in kinds.items()
    }
    source = str(found.get("source") or "")
    return {**row, "source": source, "verified": YES if found.get("verified") else ""}


def content_with_rates(content: Mapping[str, Any], data: Mapping[str, str]) -> dict[str, Any]:
    """
    Return the plan with the scenarios and models that a form says; what is empty takes its usual value.

    Raises
    ------
    InvalidInputError
        Naming each row that cannot be read.
    """
    problems: list[Problem] = []
    rows = {kind: rows_from(data, kind, fields) for kind, fields in TABLES.items()}
    for kind, found in rows.items():
        refuse_too_many(found, PLACES[kind], problems, longest=LONGEST)
    made = dict(content)
    parts = {
        "scenarios": [
            _scenario(content, row, n, problems) for n, row in enumerate(rows["scenario"])
        ],
        "models": [_model(content, row, n, problems) for n, row in enumerate(rows["model"])],
        "correlations": [_pair(row, n, problems) for n, row in enumerate(rows["pair"])],
    }
    made |= {key: part for key, part in parts.items() if part or key in content}
    if problems:
        raise InvalidInputError(str(_("The loan plan")), problems)
    return made


def _read(
    row: Row, kinds: Mapping[str, str], before: Mapping[str, Any], at: str, problems: list[Problem]
) -> dict[str, Any]:
    """Return an entry with what its row says; what was written out before and is now what the format takes anyway stays written."""
    made = {
        key: value_of(row[key], kind, at + key, problems) for key, kind in kinds.items() if row[key]
    }
    made |= {
        key: value
        for key, value in before.items()
        if key in kinds and not row[key] and value in ("", None, [])
    }
    note = {key: before[key] for key in SOURCE if key in before}
    note_source(note, row["source"], is_verified=bool(row["verified"]))
    return {**made, **note}


def _needed(row: Row, names: tuple[str, ...], at: str, problems: list[Problem]) -> None:
    problems += [
        Problem(place=at + key, what=_("is empty."), remedy=_("It is needed to compute."))
        for key in names
        if not row[key]
    ]


def _scenario(
    content: Mapping[str, Any], row: Row, number: int, problems: list[Problem]
) -> dict[str, Any]:
    """Return a scenario; without a short name it gets one, and without a day it begins on that of present values."""
    at = f"scenarios[{number}]."
    _needed(row, ("shift",), at, problems)
    known = {found["id"]: found for found in content.get("scenarios", [])}
    row = {**row, "id": row["id"] or f"shift-{number + 1}", "start": row["start"] or _day(content)}
    return _read(row, SCENARIO, known.get(row["id"], {}), at, problems)


def _model(
    content: Mapping[str, Any], row: Row, number: int, problems: list[Problem]
) -> dict[str, Any]:
    """Return a model; where nobody says otherwise it begins and stays where its index is."""
    at = f"models[{number}]."
    _needed(row, ("index", "volatility"), at, problems)
    known = {found["index"]: found for found in content.get("models", [])}
    made = _read(row, MODEL, known.get(row["index"], {}), at, problems)
    points = {index["id"]: index["points"] for index in content.get("indices", [])}
    if row["index"] in points:
        now = float(value_on(points[row["index"]], _day(content)))
        made = {"start": now, **made}
    elif not row["start"] and row["index"]:
        problems.append(
            Problem(
                place=f"{at}index",
                what=_("“%(name)s” is no index of this plan.") % {"name": row["index"][:60]},
                remedy=_("Enter its rates by day under the terms first."),
            )
        )
    start = made.get("start")
    return {"mean": start, "speed": USUAL_SPEED, **made}


def _pair(row: Row, number: int, problems: list[Problem]) -> list[Any]:
    at = f"correlations[{number}]."
    _needed(row, PAIR_FIELDS, at, problems)
    value = value_of(row["value"], "pair", f"{at}value", problems) if row["value"] else None
    return [row["first"], row["second"], value]


def _day(content: Mapping[str, Any]) -> str:
    """Return the day of present values."""
    days = [str(draw["date"]) for draw in content["draws"]]
    return str(content.get("as_of") or min(days, default=timezone.localdate().isoformat()))


def follows_no_index(content: Mapping[str, Any]) -> bool:
    """Whether no loan or alternative follows an index, so that neither scenarios nor models move anything."""
    loans = [*content["loans"].values(), *(one["loan"] for one in content.get("alternatives", []))]
    rates = [loan["rate"] for loan in loans if isinstance(loan.get("rate"), Mapping)]
    return not any(rate.get("kind") in {"reset", "floating"} for rate in rates)
