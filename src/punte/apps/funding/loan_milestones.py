"""Dates that a plan itself gives to the milestones its draws wait for, as the rows of a form and back."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from punte.apps.funding.forms import Row, refuse_too_many, rows_from, with_blanks
from punte.apps.funding.loan_fields import shown, value_of
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.phrases import template_of

MILESTONE_FIELDS: Final = ("id", "name", "dates", "source")
LONGEST_DATES: Final = 4_000
"""The longest list of dates that a field holds [characters]; a longer one stays as its file has it."""
NEVER: Final = template_of("never")


def milestone_rows(content: Mapping[str, Any]) -> list[Row]:
    """Return the milestones of a plan with dates of their own as the rows of their table."""
    rows = [
        {
            "id": found["id"],
            "name": found.get("name", ""),
            "dates": dates_typed(found),
            "source": found.get("source", ""),
        }
        for found in content.get("milestones", [])
    ]
    return with_blanks([row for row in rows if _fits(row["dates"])], MILESTONE_FIELDS)


def too_long(content: Mapping[str, Any]) -> list[str]:
    """Return the milestones with more dates than a field holds; they stay as their file has them."""
    return [one["id"] for one in content.get("milestones", []) if not _fits(dates_typed(one))]


def _fits(text: str) -> bool:
    return len(text) <= LONGEST_DATES


def dates_typed(found: Mapping[str, Any]) -> str:
    """Return the dates of a milestone as they are typed: each with its chance, or equally likely ones without."""
    if found.get("distribution") is not None:
        return "; ".join(
            f"{day or _(NEVER)}: {shown(chance, 'share')}" for day, chance in found["distribution"]
        )
    return "; ".join(str(day or _(NEVER)) for day in found.get("samples") or [])


def content_with_milestones(content: Mapping[str, Any], data: Mapping[str, str]) -> dict[str, Any]:
    """
    Return the plan with the dates of milestones that a form says; what the form does not show stays.

    Raises
    ------
    InvalidInputError
        Naming each row that cannot be read.
    """
    if not any(name.startswith("milestone-id-") for name in data):
        return dict(content)
    rows = rows_from(data, "milestone", MILESTONE_FIELDS)
    problems: list[Problem] = []
    refuse_too_many(rows, "milestones", problems, longest=LONGEST_DATES)
    known = {found["id"]: found for found in content.get("milestones", [])}
    made = [
        _milestone(known.get(row["id"], {}), row, number, problems)
        for number, row in enumerate(rows)
    ]
    if problems:
        raise InvalidInputError(str(_("The loan plan")), problems)
    long = set(too_long(content))
    kept = [found for found in content.get("milestones", []) if found["id"] in long]
    if not made and not kept and "milestones" not in content:
        return dict(content)
    return {**content, "milestones": [*made, *kept]}


def _milestone(
    before: Mapping[str, Any], row: Row, number: int, problems: list[Problem]
) -> dict[str, Any]:
    at = f"milestones[{number}]."
    problems += [
        Problem(place=at + key, what=_("is empty."), remedy=_("It is needed to compute."))
        for key in ("id", "dates")
        if not row[key]
    ]
    made = {**before, "id": row["id"]}
    made |= {key: row[key] for key in ("name", "source") if row[key] or before.get(key)}
    if before and row["dates"] == dates_typed(before):
        return made
    made = {key: value for key, value in made.items() if key not in {"samples", "distribution"}}
    parts = [part.strip() for part in row["dates"].split(";") if part.strip()]
    chances = [part.partition(":") for part in parts]
    if all(colon for _day, colon, _chance in chances):
        made["distribution"] = [
            [
                _day_of(day, f"{at}dates", problems),
                value_of(chance.strip(), "share", f"{at}dates", problems),
            ]
            for day, _colon, chance in chances
        ]
    else:
        made["samples"] = [_day_of(part, f"{at}dates", problems) for part in parts]
    return made


def _day_of(text: str, place: str, problems: list[Problem]) -> str | None:
    """Return a day; None for one that is never reached."""
    if text.strip().lower() in {NEVER, _(NEVER)}:
        return None
    found: str | None = value_of(text.strip(), "day", place, problems)
    return found
