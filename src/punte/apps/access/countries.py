"""A country's page: its statuses on a day, since when and by which source, and what follows in each instrument."""

import datetime as dt
import functools
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from punte.apps.access.models import Country, Status, held_on
from punte.apps.access.reference import DATA


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """One answer: what a country may do, or not, in an instrument; ``may`` is ``None`` where nobody knows."""

    instrument: str
    what: str
    may: bool | None
    note: str
    sources: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryPage:
    """A country on a day: the statuses in force, those before and after, and what follows."""

    country: Country
    day: dt.date
    statuses: tuple[Status, ...]
    others: tuple[Status, ...]
    consequences: tuple[Consequence, ...]


def _questions() -> dict[str, str]:
    return {
        "may_borrow": _("borrow"),
        "counts_to_minimum_two": _("count as one of the two countries that procure together"),
        "may_join_common_procurement": _("join common procurement"),
        "industry_as_domestic": _("have its industry treated as one of a Member State"),
        "components_count_inside": _("have its components counted as inside the Union's share"),
    }


@functools.cache
def _facts() -> list[dict[str, Any]]:
    facts: dict[str, list[dict[str, Any]]] = json.loads(
        (DATA / "consequences.json").read_text(encoding="utf-8")
    )
    return facts["consequences"]


def list_countries(day: dt.date) -> list[Country]:
    """Return the countries that hold or held a status, with how many they hold on a day as ``held``."""
    in_force = held_on(day, "statuses__")
    return list(
        Country.objects.filter(statuses__isnull=False)
        .annotate(held=Count("statuses", filter=in_force, distinct=True))
        .order_by("name")
    )


def country_page(code: str, day: dt.date) -> CountryPage | None:
    """Return a country's page for a day; ``None`` where the code (alpha-3) is no country's."""
    country = Country.objects.filter(pk=code.upper()).first()
    if country is None:
        return None
    every = list(Status.objects.filter(country=country).select_related("framework"))
    in_force = set(Status.objects.on(day).filter(country=country).values_list("pk", flat=True))
    held = [status for status in every if status.pk in in_force]
    return CountryPage(
        country=country,
        day=day,
        statuses=tuple(held),
        others=tuple(status for status in every if status not in held),
        consequences=tuple(_consequences(country.pk, {status.framework_id for status in held})),
    )


def _consequences(code: str, frameworks: set[str]) -> list[Consequence]:
    """Return what follows: the country's own line of an instrument wins over that of its statuses."""
    rows = _facts()
    own = [row for row in rows if row["country"] == code and "answers" in row]
    by_status = [row for row in rows if row["framework"] in frameworks and "answers" in row]
    none = [row for row in rows if not row["framework"] and not row["country"]]
    # Member of the Union, then EEA, then candidate, then partner: the first that holds decides.
    found = [_answer(row, key) for row in (own or by_status or none)[:1] for key in row["answers"]]
    for row in rows:
        if row["country"] == code and "answers" not in row and row["instrument"] != "SAFE":
            found += [_line(row, _(text), may=True, note=row["note"]) for text in row["may"]]
            found += [_line(row, _(text), may=False, note=row["note"]) for text in row["may_not"]]
    return found


def _answer(row: dict[str, Any], key: str) -> Consequence:
    value = row["answers"][key]
    may = value if isinstance(value, bool) else None
    note = row.get("notes", {}).get(key, row["note"])
    return _line(row, _questions()[key], may=may, note=note)


def _line(row: dict[str, Any], what: str, *, may: bool | None, note: str) -> Consequence:
    return Consequence(
        instrument=row["instrument"],
        what=what,
        may=may,
        note=_(note) if note else "",
        sources=tuple(row["sources"]),
        verified=row["verified"],
    )
