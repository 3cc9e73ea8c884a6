"""Budgets, capacities and projects of an allocation as the rows of a form, and back; empty means not known."""

from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.numbers import (
    UnreadableNumberError,
    how_to_write,
    read_amount,
    read_number,
    write_number,
)
from punte.apps.funding.forms import Row, refuse_too_many, rows_from, with_blanks
from punte.kernel.errors import InvalidInputError, Problem

BUDGET_FIELDS: Final = ("id", "name", "envelope", "last_year", "yearly_cash")
CAPACITY_FIELDS: Final = ("id", "name", "per_year")
PROJECT_FIELDS: Final = (
    "id", "name", "amount", "source", "figure", "value", "paid_from",
    "earliest_year", "latest_year", "spread", "uses", "requires", "excludes",
)  # fmt: skip
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "budget": BUDGET_FIELDS,
    "capacity": CAPACITY_FIELDS,
    "project": PROJECT_FIELDS,
}
TITLES: Final[Mapping[str, Any]] = {
    "budget": gettext_lazy("Budgets"),
    "capacity": gettext_lazy("Capacities"),
    "project": gettext_lazy("Projects"),
}
LABELS: Final[Mapping[str, Any]] = {
    "id": gettext_lazy("Short name"),
    "name": gettext_lazy("Name"),
    "envelope": gettext_lazy("In all"),
    "last_year": gettext_lazy("Pays until the year"),
    "yearly_cash": gettext_lazy("Most in a year"),
    "per_year": gettext_lazy("Units a year"),
    "amount": gettext_lazy("Amount"),
    "source": gettext_lazy("Where it was read"),
    "figure": gettext_lazy("This amount is"),
    "value": gettext_lazy("Worth"),
    "paid_from": gettext_lazy("Asked of the budgets"),
    "earliest_year": gettext_lazy("Not before"),
    "latest_year": gettext_lazy("Not after"),
    "spread": gettext_lazy("Paid over its years, %"),
    "uses": gettext_lazy("Uses each year"),
    "requires": gettext_lazy("Only with"),
    "excludes": gettext_lazy("Not with"),
}
TYPING: Final = "typing"
FIGURES: Final = (
    ("", gettext_lazy("as a source gives it")),
    (TYPING, gettext_lazy("a typing mistake, mended")),
)
"""What an amount in a row is: one more that a source gives, or the mended one of that source."""
MOST_WORTH: Final = 1_000_000_000


def table_rows(content: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return an allocation as the rows of its three tables, with blank ones to add."""
    found = {
        "budget": [_budget_row(one) for one in content.get("budgets", [])],
        "capacity": [
            {key: str(one.get(key, "")) for key in CAPACITY_FIELDS}
            for one in content.get("capacities", [])
        ],
        "project": [_project_row(one) for one in content.get("projects", [])],
    }
    return {kind: with_blanks(rows, TABLES[kind]) for kind, rows in found.items()}


def typed_rows(data: Mapping[str, str]) -> dict[str, list[Row]]:
    """Return the rows as they were typed, readable or not."""
    return {
        kind: with_blanks(rows_from(data, kind, fields), fields) for kind, fields in TABLES.items()
    }


def _budget_row(one: Mapping[str, Any]) -> Row:
    cash = one.get("yearly_cash", {})
    return {
        "id": one["id"],
        "name": one.get("name", ""),
        "envelope": write_number(one["envelope"]),
        "last_year": str(one["last_year"]),
        "yearly_cash": "; ".join(f"{year}: {write_number(cash[year])}" for year in sorted(cash)),
    }


def _project_row(one: Mapping[str, Any]) -> Row:
    figures = one.get("figures", [])
    only = figures[0] if len(figures) == 1 else {}
    spread = one.get("spread", [1.0])
    return {
        "id": one["id"],
        "name": one.get("name", ""),
        "amount": "" if only.get("amount") is None else write_number(only["amount"]),
        "source": str(only.get("source", ""))[:200],
        "figure": "",
        "value": str(one.get("value", 1)),
        "paid_from": ", ".join(found["budget"] for found in one.get("budgets", [])),
        "earliest_year": str(one["earliest_year"]),
        "latest_year": str(one["latest_year"]),
        "spread": "; ".join(
            write_number(f"{(Decimal(str(part)) * 100).normalize():f}") for part in spread
        ),
        "uses": "; ".join(f"{key}: {units}" for key, units in one.get("uses", {}).items()),
        "requires": ", ".join(one.get("requires", [])),
        "excludes": ", ".join(one.get("excludes", [])),
    }


def content_with_tables(
    content: Mapping[str, Any], data: Mapping[str, str], *, name: str, stated: str
) -> dict[str, Any]:
    """
    Return the allocation that the tables say; a project keeps its sources, verdicts and chances while its short name stays.

    Parameters
    ----------
    stated
        Who stands for a project that is newly asked of a budget, and when; it stands beside the verdict.

    Raises
    ------
    InvalidInputError
        With every fault, each at its row and column.
    """
    reading = _Reading(content, stated)
    rows = {kind: rows_from(data, kind, fields) for kind, fields in TABLES.items()}
    for kind, written in rows.items():
        refuse_too_many(written, str(TITLES[kind]), reading.problems)
    reading.names = {kind: [row["id"] for row in rows[kind]] for kind in rows}
    made = {
        "budgets": [reading.budget(row, n) for n, row in enumerate(rows["budget"], start=1)],
        "capacities": [reading.capacity(row, n) for n, row in enumerate(rows["capacity"], start=1)],
        "projects": [reading.project(row, n) for n, row in enumerate(rows["project"], start=1)],
    }
    reading.check_names()
    if reading.problems:
        raise InvalidInputError(str(_("The allocation")), reading.problems)
    return {
        "format": "punte.finance.allocation/1",
        "currency": "EUR",
        **content,
        **made,
        "name": name,
    }


class _Reading:
    """Reads rows, and gathers what is wrong with them."""

    def __init__(self, content: Mapping[str, Any], stated: str) -> None:
        self.problems: list[Problem] = []
        self.names: dict[str, list[str]] = {}
        self.stated = stated
        self.before = {one["id"]: one for one in content.get("projects", [])}

    def fault(self, place: str, what: str, remedy: str = "") -> None:
        """Remember a fault."""
        self.problems.append(Problem(place=place, what=what, remedy=remedy))

    def check_names(self) -> None:
        """Remember names that stand twice, or tables without a row."""
        for kind, names in self.names.items():
            for name, count in Counter(names).items():
                if name and count > 1:
                    self.fault(str(TITLES[kind]), _("“%(name)s” stands twice.") % {"name": name})
            if not names and kind != "capacity":
                self.fault(str(TITLES[kind]), _("There is none yet."), _("Fill in a row."))

    def budget(self, row: Row, number: int) -> dict[str, Any]:
        """Return a budget."""
        at = _place("budget", number)
        cash = {
            str(self.year(year, at("yearly_cash"))): read_amount(
                amount, at("yearly_cash"), self.problems
            )
            for year, amount in self.pairs(row["yearly_cash"], at("yearly_cash"))
        }
        return {
            "id": self.name(row, at("id")),
            "name": row["name"],
            "envelope": read_amount(row["envelope"], at("envelope"), self.problems),
            "last_year": self.year(row["last_year"], at("last_year")),
            "yearly_cash": cash,
        }

    def capacity(self, row: Row, number: int) -> dict[str, Any]:
        """Return a capacity."""
        at = _place("capacity", number)
        return {
            "id": self.name(row, at("id")),
            "name": row["name"],
            "per_year": self.whole(row["per_year"], at("per_year")),
        }

    def project(self, row: Row, number: int) -> dict[str, Any]:
        """Return a project, with what was known of it before."""
        at = _place("project", number)
        before = self.before.get(row["id"], {})
        first, last = (self.year(row[key], at(key)) for key in ("earliest_year", "latest_year"))
        if 0 < last < first:
            self.fault(at("latest_year"), _("lies before the first year."))
        made = {
            **before,
            "id": self.name(row, at("id")),
            "name": row["name"],
            "figures": self.figures(row, before.get("figures", []), at),
            "value": self.whole(row["value"] or "1", at("value")),
            "budgets": self.budgets(row, before.get("budgets", []), at("paid_from")),
            "spread": self.spread(row["spread"], at("spread")),
            "earliest_year": first,
            "latest_year": last,
            "uses": {
                self.known(key, "capacity", at("uses")): self.whole(units, at("uses"))
                for key, units in self.pairs(row["uses"], at("uses"))
            },
        }
        for key in ("requires", "excludes"):
            made[key] = [self.known(name, "project", at(key)) for name in _listed(row[key])]
            if row["id"] and row["id"] in made[key]:
                self.fault(at(key), _("names the project itself."))
        return made

    def name(self, row: Row, place: str) -> str:
        """Return the short name of a row."""
        if not row["id"]:
            self.fault(place, _("is empty."), _("Give a short name; links call it so."))
        if "," in row["id"]:
            self.fault(
                place,
                _("“%(text)s” is not understood.") % {"text": row["id"][:40]},
                _("Write a short name without comma: a comma parts names."),
            )
        return row["id"]

    def year(self, text: str, place: str) -> int:
        """Return a year."""
        text = text.strip()
        if not text:
            self.fault(place, _("is empty."), _("Write it such as 2028."))
            return 0
        if not (text.isascii() and text.isdigit() and 1900 <= int(text[:9]) <= 2200):
            self.fault(
                place,
                _("“%(text)s” is no year.") % {"text": text[:20]},
                _("Write it such as 2028."),
            )
            return 0
        return int(text)

    def whole(self, text: str, place: str) -> int:
        """Return a whole number, not negative."""
        try:
            found = read_number(text, decimals=0)
        except UnreadableNumberError as error:
            self.fault(place, str(error), _("Write a whole number."))
            return 0
        if found != found.to_integral_value() or not 0 <= found <= MOST_WORTH:
            self.fault(
                place,
                _("%(number)s is no whole number between 0 and %(most)s.")
                % {"number": write_number(found), "most": MOST_WORTH},
            )
            return 0
        return int(found)

    def pairs(self, text: str, place: str) -> list[tuple[str, str]]:
        """Return ``name: number`` pairs, parted by semicolons."""
        found: list[tuple[str, str]] = []
        for part in filter(str.strip, text.split(";")):
            key, colon, value = part.partition(":")
            if not colon:
                self.fault(
                    place,
                    _("“%(text)s” is not understood.") % {"text": part.strip()[:40]},
                    _("Write pairs such as 2027: 1000000; 2028: 500000."),
                )
                continue
            if key.strip() in dict(found):
                self.fault(place, _("“%(name)s” stands twice.") % {"name": key.strip()[:40]})
            found.append((key.strip(), value.strip()))
        return found

    def known(self, name: str, kind: str, place: str) -> str:
        """Return a name that stands in another table."""
        if name not in self.names[kind]:
            self.fault(
                place,
                _("“%(name)s” is not in the table “%(table)s”.")
                % {"name": name[:60], "table": TITLES[kind]},
            )
        return name

    def spread(self, text: str, place: str) -> list[float]:
        """Return the share of each year; all in the first where nothing is typed."""
        shares: list[Decimal] = []
        for part in filter(str.strip, (text or "100").split(";")):
            try:
                shares.append(read_number(part.strip().removesuffix("%")))
            except UnreadableNumberError as error:
                self.fault(place, str(error), how_to_write())
                return [1.0]
        if any(share < 0 for share in shares):
            self.fault(
                place,
                _("A share cannot be negative."),
                _("Write shares that sum to 100, such as 60; 40."),
            )
        elif sum(shares) != 100:
            self.fault(
                place,
                _("The shares sum to %(sum)s per cent.") % {"sum": write_number(sum(shares))},
                _("Write shares that sum to 100, such as 60; 40."),
            )
        return [float(share / 100) for share in shares]

    def figures(self, row: Row, known: list[dict[str, Any]], at: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a function of the column
        """Return what sources say of the amount: another amount is one more figure, and none goes unless it was a typing mistake."""
        given = [one for one in known if one.get("amount") is not None]
        if row["figure"] == TYPING:
            return self.mended(row, known, at)
        if not row["amount"]:
            if len(known) == 1 and given:
                self.fault(
                    at("amount"),
                    _("An amount that a source gives does not go by being emptied."),
                    _("Say that it was a typing mistake, or leave it as it is."),
                )
            unknown = {"amount": None, "source": row["source"] or self.stated}
            return known if given or len(known) > 1 else [unknown]
        made = self.figure(row, at)
        if any(_is_same(one, row, made) for one in given):
            return known
        return [*(known if given else []), made]

    def figure(self, row: Row, at: Any) -> dict[str, Any]:  # noqa: ANN401 - a function of the column
        """Return the amount of a row with its source; nobody has verified it yet."""
        amount = read_amount(row["amount"], at("amount"), self.problems) if row["amount"] else None
        return {"amount": amount, "source": row["source"] or self.stated, "verified": False}

    def mended(self, row: Row, known: list[dict[str, Any]], at: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a function of the column
        """Return the figures with the one of a row's source as it should have been typed, or without it."""
        made = self.figure(row, at)
        if len(known) <= 1:
            return [{**(known[0] if known else {}), **made}]
        meant = [
            n for n, one in enumerate(known) if str(one.get("source", ""))[:200] == row["source"]
        ]
        if len(meant) != 1:
            self.fault(
                at("figure"),
                _("It is not clear which of %(count)d amounts was mistyped.")
                % {"count": len(known)},
                _("Write where the mistyped one was read, as it stands there."),
            )
            return known
        put = [{**known[meant[0]], **made}] if row["amount"] else []
        return [*known[: meant[0]], *put, *known[meant[0] + 1 :]]

    def budgets(self, row: Row, known: list[dict[str, Any]], place: str) -> list[dict[str, Any]]:
        """Return the verdict for each budget that is asked; a new one is what who typed it states."""
        before = {one["budget"]: one for one in known}
        new = {"verdict": "eligible", "reason": self.stated}
        return [
            {**new, **before.get(name, {}), "budget": self.known(name, "budget", place)}
            for name in _listed(row["paid_from"])
        ]


def _is_same(one: Mapping[str, Any], row: Row, made: Mapping[str, Any]) -> bool:
    """Whether a figure is the one that a row still shows: the amount with its source, or without any."""
    is_source = row["source"] in {"", str(one.get("source", ""))[:200]}
    return is_source and Decimal(str(one["amount"])) == Decimal(made["amount"])


def _listed(text: str) -> Collection[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _place(kind: str, number: int) -> Any:  # noqa: ANN401 - a function of the column
    row = _("row %(number)d") % {"number": number}
    return lambda column: f"{TITLES[kind]}, {row}, {LABELS[column]}"
