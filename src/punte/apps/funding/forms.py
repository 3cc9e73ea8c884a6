"""Input of cases and draws, to contents in the engines' formats; empty means not known."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from punte.apps.access.numbers import (
    UnreadableNumberError,
    read_amount,
    read_number,
    write_number,
)
from punte.kernel.errors import InvalidInputError, Problem

BUYER_FIELDS: Final = ("country", "role")
ENTITY_FIELDS: Final = (
    "id",
    "role",
    "country",
    "management_country",
    "controlled_by",
    "facilities",
    "share",
    "since",
    "mitigations",
    "studies_replacement",
)
PART_FIELDS: Final = ("id", "inside", "origin", "cost")
DRAW_FIELDS: Final = ("id", "date", "amount", "loan", "milestone", "project")
CHOSEN: Final = frozenset({"role", "loan"})
"""Cells that hold a choice in a blank row too."""
BLANK: Final = 2
MOST: Final = 200
Row = dict[str, str]
ANSWERS: Final = {"yes": True, "no": False}
"""What the answer to a yes-no question is; nothing where it is not known."""


def clean(text: str) -> str:
    """Return a typed text without what no database keeps, and without space around it."""
    return text.replace("\x00", "").strip()


def whole(text: str, most: int, place: str, problems: list[Problem]) -> str:
    """Return a typed text; one that is longer than its field becomes a problem, and is never kept cut."""
    found = clean(text)
    if len(found) > most:
        problems.append(_too_long(found, most, place))
    return found


def _too_long(text: str, most: int, place: str) -> Problem:
    what = _("“%(text)s…” has %(count)d characters, and %(most)d are the most.")
    return Problem(
        place=place,
        what=what % {"text": text[:40], "count": len(text), "most": most},
        remedy=_("Shorten it."),
    )


def rows_from(data: Mapping[str, str], kind: str, fields: tuple[str, ...]) -> list[Row]:
    """Return the rows of one table of a form in the order of their numbers, whole as they were typed, blank ones left out."""
    rows = []
    begin = f"{kind}-{fields[0]}-"
    numbers = [name.removeprefix(begin) for name in data if name.startswith(begin)]
    for number in sorted(
        {int(one) for one in numbers if one.isascii() and one.isdigit() and len(one) < 6}
    ):
        row = {name: clean(data.get(f"{kind}-{name}-{number}", "")) for name in fields}
        if any(value for name, value in row.items() if name not in CHOSEN):
            rows.append(row)
    return rows


def refuse_too_many(
    rows: Sequence[Row], place: str, problems: list[Problem], *, longest: int = 200
) -> None:
    """
    Add a problem where a table has more rows than a form keeps, or a cell more text.

    Parameters
    ----------
    longest
        The longest text of a cell [characters].
    """
    problems += [
        _too_long(text, longest, f"{place}[{number}].{name}")
        for number, row in enumerate(rows)
        for name, text in row.items()
        if len(text) > longest
    ]
    if len(rows) > MOST:
        problems.append(
            Problem(
                place=place,
                what=_("%(count)d rows were written; at most %(most)d are kept.")
                % {"count": len(rows), "most": MOST},
                remedy=_("Put some together, or part them between two."),
            )
        )


def with_blanks(rows: list[Row], fields: tuple[str, ...]) -> list[Row]:
    """Return the rows with some blank ones to add."""
    return [*rows, *(dict.fromkeys(fields, "") for _row in range(BLANK))]


def case_content(
    data: Mapping[str, str],
    *,
    name: str,
    categories: list[str],
    questions: list[str],
    mitigations: Collection[str] = (),
) -> dict[str, Any]:
    """
    Return the case that a form says.

    Parameters
    ----------
    mitigations
        Those that the rules know; others are refused, as no rule would ever read them.

    Raises
    ------
    InvalidInputError
        Naming the rows whose share or nesting cannot be read.
    """
    problems: list[Problem] = []
    buyers, entities, parts = (
        rows_from(data, kind, fields)
        for kind, fields in (
            ("buyer", BUYER_FIELDS),
            ("entity", ENTITY_FIELDS),
            ("part", PART_FIELDS),
        )
    )
    for rows, place in ((buyers, "participants"), (entities, "entities"), (parts, "components")):
        refuse_too_many(rows, place, problems)
    content = {
        "format": "punte.eligibility.case/1",
        "name": name,
        "categories": categories,
        "participants": [
            {"country": row["country"].upper(), "role": row["role"] or "partner"} for row in buyers
        ],
        "entities": [_entity(row, mitigations, problems) for row in entities],
        "components": _nested(parts, problems),
        "flags": {flag: ANSWERS.get(data.get(f"flag-{flag}", "")) for flag in questions},
    }
    if problems:
        raise InvalidInputError(str(_("The case")), problems)
    return content


def _entity(row: Row, mitigations: Collection[str], problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": row["id"], "role": row["role"] or "contractor"}
    for field in ("country", "management_country", "controlled_by"):
        if row[field]:
            found[field] = row[field].upper()
    if row["facilities"]:
        found["facilities"] = row["facilities"].upper().replace(",", " ").split()
    if row["since"]:
        found["relationship_since"] = row["since"]
    if row["mitigations"]:
        found["mitigations"] = row["mitigations"].replace(",", " ").split()
        problems += [
            Problem(
                place=row["id"] or _("an entity"),
                what=_("“%(word)s” is no mitigation of these rules.") % {"word": word},
                remedy=_("They know: %(words)s.") % {"words": ", ".join(mitigations) or _("none")},
            )
            for word in found["mitigations"]
            if word not in mitigations
        ]
    if row["studies_replacement"] in ANSWERS:
        found["studies_replacement"] = ANSWERS[row["studies_replacement"]]
    if row["share"]:
        try:
            percent = read_number(row["share"].removesuffix("%").strip())
        except UnreadableNumberError as error:
            problems.append(
                Problem(
                    place=row["id"] or _("an entity"),
                    what=str(error),
                    remedy=_("Write per cent, such as 15."),
                )
            )
        else:
            found["share"] = f"{percent.scaleb(-2).normalize():f}"
    return found


def _nested(rows: list[Row], problems: list[Problem]) -> list[dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    outer: list[dict[str, Any]] = []
    for row in rows:
        part: dict[str, Any] = {"id": row["id"]}
        if row["origin"]:
            part["origin"] = row["origin"].upper()
        if row["cost"]:
            part |= _cost(row, problems)
        if row["inside"]:
            whole = made.get(row["inside"])
            if whole is None:
                problems.append(
                    Problem(
                        place=row["id"] or _("a component"),
                        what=_("lies inside “%(whole)s”, which is not named above it.")
                        % {"whole": row["inside"]},
                        remedy=_("Name the whole first."),
                    )
                )
                continue
            whole.setdefault("parts", []).append(part)
        else:
            outer.append(part)
        made[row["id"]] = part
    return outer


def _cost(row: Row, problems: list[Problem]) -> dict[str, Any]:
    """Return what a component costs, or between what limits."""
    place = row["id"] or _("a component")
    low, dash, high = row["cost"].partition("..")
    if not dash:
        return {"cost": read_amount(low, place, problems, may_be_negative=True)}
    limits = [read_amount(text, place, problems, may_be_negative=True) for text in (low, high)]
    return {"cost_range": limits}


def case_rows(content: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return a case as the rows of its form."""
    entities = []
    for found in content.get("entities", []):
        row = {name: str(found.get(name) or "") for name in ENTITY_FIELDS}
        row["facilities"] = ", ".join(found.get("facilities") or [])
        row["mitigations"] = ", ".join(found.get("mitigations") or [])
        row["since"] = str(found.get("relationship_since") or "")
        row["share"] = (
            write_number(f"{Decimal(str(found['share'])).scaleb(2).normalize():f}")
            if found.get("share")
            else ""
        )
        row["studies_replacement"] = next(
            (word for word, known in ANSWERS.items() if found.get("studies_replacement") is known),
            "",
        )
        entities.append(row)
    parts: list[Row] = []
    _flatten(content.get("components", []), "", parts)
    return {
        "buyers": with_blanks(
            [dict.fromkeys(BUYER_FIELDS, "") | found for found in content.get("participants", [])],
            BUYER_FIELDS,
        ),
        "entities": with_blanks(entities, ENTITY_FIELDS),
        "parts": with_blanks(parts, PART_FIELDS),
    }


def _flatten(components: list[dict[str, Any]], inside: str, rows: list[Row]) -> None:
    for found in components:
        limits = found.get("cost_range") or [found.get("cost")]
        cost = "..".join(write_number(limit) for limit in limits if limit not in {None, ""})
        rows.append(
            {
                "id": found["id"],
                "inside": inside,
                "origin": found.get("origin") or "",
                "cost": cost,
            }
        )
        _flatten(found.get("parts", []), found["id"], rows)


def draw_rows(content: Mapping[str, Any]) -> list[Row]:
    """Return the draws of a loan plan as the rows of their table."""
    rows = [{name: str(draw.get(name) or "") for name in DRAW_FIELDS} for draw in content["draws"]]
    for row in rows:
        row["amount"] = write_number(row["amount"]) if row["amount"] else ""
    return with_blanks(rows, DRAW_FIELDS)


def content_with_draws(
    content: Mapping[str, Any], rows: list[Row], *, milestones: Collection[str] | None = None
) -> dict[str, Any]:
    """
    Return the plan with the draws that the rows say; one that names no loan has that of the draw of its name, or the first one.

    Parameters
    ----------
    milestones
        What a draw may wait for; None where the plan's own reader says.

    Raises
    ------
    InvalidInputError
        Naming the rows whose day does not exist, or that wait for what is not there.
    """
    loans = {draw["id"]: draw["loan"] for draw in content["draws"]}
    usual = next(iter(content["loans"]))
    problems: list[Problem] = []
    refuse_too_many(rows, "draws", problems)
    draws = []
    for number, row in enumerate(rows, start=1):
        problems += _faults_of_draw(row, number, milestones)
        loan = row.get("loan") or loans.get(row["id"], usual)
        if loan not in content["loans"]:
            problems.append(
                Problem(
                    place=f"draws[{number - 1}].loan",
                    what=_("“%(name)s” is no loan of this plan.") % {"name": loan[:60]},
                    remedy=_("Choose one from the list."),
                )
            )
        draw: dict[str, Any] = {
            "id": row["id"],
            "date": row["date"],
            "amount": read_amount(row["amount"], f"draws[{number - 1}].amount", problems),
            "loan": loan,
        }
        draw |= {field: row[field] for field in ("milestone", "project") if row[field]}
        draws.append(draw)
    if problems:
        raise InvalidInputError(str(_("The loan plan")), problems)
    return {**content, "draws": draws}


def _faults_of_draw(row: Row, number: int, milestones: Collection[str] | None) -> list[Problem]:
    """Return what is wrong with a draw besides its amount."""
    found: list[Problem] = []
    name = row["id"] or _("row %(number)d") % {"number": number}
    if not row["id"]:
        found.append(
            Problem(
                place=f"draws[{number - 1}]",
                what=_("The draw has no name."),
                remedy=_("Name it; the ledger and its files call it so."),
            )
        )
    try:
        dt.date.fromisoformat(row["date"])
    except ValueError:
        found.append(
            Problem(
                place=name,
                what=_("“%(text)s” is no day.") % {"text": row["date"]},
                remedy=_("Write year, month and day, such as 2027-05-15."),
            )
        )
    if milestones is not None and row["milestone"] and row["milestone"] not in milestones:
        found.append(
            Problem(
                place=name,
                what=_("It waits for a milestone that is not there."),
                remedy=_("Choose one from the list."),
            )
        )
    return found
