"""Usual other ways to have the money, from the few figures that a treasury has at hand: a bond, bonds rolled over, a budget line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.funding.forms import Row
from punte.apps.funding.loan_fields import shown, value_of
from punte.apps.funding.loan_terms import note_source
from punte.kernel.errors import Problem
from punte.kernel.phrases import template_of

NEW_FIELDS: Final = ("kind", "name", "years", "rate", "issue", "until", "source", "verified")
KINDS: Final = ("bond", "rolled", "budget", "loan")
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "bond": ("years", "rate"),
    "rolled": ("years", "rate"),
    "loan": ("rate",),
}
"""What must be filled in for each kind."""
FOREIGN: Final[Mapping[str, tuple[str, ...]]] = {
    "bond": ("until",),
    "budget": ("years", "rate", "issue", "until"),
    "loan": ("until",),
}
"""What says nothing of a kind, and is refused rather than passed over."""
MOST_YEARS: Final = 100
ONCE: Final = template_of("%(years)s-year bond, once")
ROLLED: Final = template_of("%(years)s-year bonds, rolled over to year %(until)s")
BUDGET: Final = template_of("out of the budget, in the month after the draw")
ANOTHER: Final = template_of("another loan at %(rate)s %%")
FLAT: Final = template_of("flat %(rate)s %%")
"""Names that alternatives and curves get where nobody names them; pages say them in the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A row of a new alternative, read."""

    kind: str
    name: str
    years: int | None
    rate: float | None
    issue: float | None
    until: int | None
    source: str
    is_verified: bool


def with_new_ways(
    content: Mapping[str, Any], rows: list[Row], *, weigh: bool, problems: list[Problem]
) -> dict[str, Any]:
    """
    Return the plan with the alternatives that rows of few figures ask for.

    Parameters
    ----------
    weigh
        Whether a plan without a national curve is weighed at the rate of the first new bond.
    """
    made = dict(content)
    for number, row in enumerate(rows):
        asked = _read(row, number, problems)
        if asked is None:
            continue
        loan = _loan(made, asked)
        taken = {found["id"] for found in made.get("alternatives", [])}
        found = {
            "id": _free(_short(asked), taken),
            "name": asked.name or _name(made, asked),
            "loan": loan,
        }
        note_source(found, asked.source, is_verified=asked.is_verified)
        made["alternatives"] = [*made.get("alternatives", []), found]
        if asked.kind == "rolled":
            made = _with_index(made, asked, loan)
        if weigh and asked.kind in {"bond", "rolled"} and not made.get("national_curve"):
            made["national_curve"] = _flat_curve(asked)
    return made


def _read(row: Row, number: int, problems: list[Problem]) -> _Asked | None:
    """Return what a row asks for; None where it cannot be made, which becomes a problem."""
    at, before = f"new[{number}].", len(problems)
    figures = {
        key: value_of(row[key], kind, at + key, problems) if row[key] else None
        for key, kind in (
            ("years", "count"),
            ("rate", "rate"),
            ("issue", "share"),
            ("until", "count"),
        )
    }
    kind = row["kind"] or ("rolled" if row["until"] else "bond")
    problems += _faults(row, kind, figures, at)
    if len(problems) > before:
        return None
    return _Asked(
        kind=kind,
        name=row["name"],
        source=row["source"],
        is_verified=bool(row["verified"]),
        **figures,
    )


def _faults(row: Row, kind: str, figures: Mapping[str, Any], at: str) -> list[Problem]:
    """Return what is missing in a row for its kind, or out of bounds."""
    found = [
        Problem(place=at + key, what=_("is empty."), remedy=_("It is needed to compute."))
        for key in NEEDED.get(kind, ())
        if not row[key]
    ]
    if kind not in KINDS:
        what, remedy = _("There is no such kind."), _("Choose one from the list.")
        found.append(Problem(place=f"{at}kind", what=what, remedy=remedy))
    for key in ("years", "until"):
        years = figures[key]
        if years is not None and not 1 <= years <= MOST_YEARS:
            what = _("%(number)s is not between %(least)s and %(most)s.") % {
                "number": years,
                "least": 1,
                "most": MOST_YEARS,
            }
            found.append(Problem(place=at + key, what=what))
    return (
        found
        + [_foreign(key, at) for key in FOREIGN.get(kind, ()) if row[key]]
        + _too_soon(kind, figures, at)
    )


def _foreign(key: str, at: str) -> Problem:
    what, remedy = _("says nothing of this kind."), _("Empty it, or choose another kind.")
    return Problem(place=at + key, what=what, remedy=remedy)


def _too_soon(kind: str, figures: Mapping[str, Any], at: str) -> list[Problem]:
    """Return the fault of bonds that would be rolled over to a year before they end."""
    years, until = figures["years"], figures["until"]
    if kind != "rolled" or years is None or until is None or until >= years:
        return []
    what = _("bonds of %(years)d years are not issued again before year %(years)d.")
    remedy = _("Name a later year, or choose a bond that is issued once.")
    return [Problem(place=f"{at}until", what=what % {"years": years}, remedy=remedy)]


def _short(asked: _Asked) -> str:
    """Return the short name of a new alternative."""
    return {
        "bond": f"bond-{asked.years}",
        "rolled": f"rolled-{asked.years}",
        "budget": "budget",
        "loan": "loan",
    }[asked.kind]


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken, with a number after it where it is."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def _percent(rate: float | None) -> str:
    return shown(rate or 0, "rate").replace(",", ".")


def _name(content: Mapping[str, Any], asked: _Asked) -> str:
    match asked.kind:
        case "bond":
            return ONCE % {"years": asked.years}
        case "rolled":
            return ROLLED % {"years": asked.years, "until": _until(content, asked)}
        case "budget":
            return BUDGET
        case _:
            return ANOTHER % {"rate": _percent(asked.rate)}


def _until(content: Mapping[str, Any], asked: _Asked) -> int:
    """Return for how long bonds are rolled over [years]: as long as the longest loan runs, where nobody says."""
    longest = max((_years(content, loan) for loan in content["loans"].values()), default=1)
    return asked.until or max(longest, asked.years or 1)


def _years(content: Mapping[str, Any], loan: Mapping[str, Any]) -> int:
    """Return how long a loan runs [years]."""
    if loan.get("maturity_years"):
        return int(loan["maturity_years"])
    first = min(str(draw["date"]) for draw in content["draws"])
    return max(int(str(loan.get("maturity") or first)[:4]) - int(first[:4]), 1)


def _loan(content: Mapping[str, Any], asked: _Asked) -> dict[str, Any]:
    """Return the terms that a kind of alternative has."""
    loan: dict[str, Any]
    match asked.kind:
        case "bond":
            loan = {"maturity_years": asked.years, "profile": "bullet", "rate": asked.rate}
        case "rolled":
            rate = {
                "kind": "reset",
                "index": _index_name(content, asked),
                "every_years": asked.years,
            }
            loan = {"maturity_years": _until(content, asked), "profile": "bullet", "rate": rate}
        case "budget":
            # The shortest loan of the format: paid back whole with the first of twelve payments, and without interest.
            loan = {
                "maturity_years": 1,
                "payments_per_year": 12,
                "principal_payments": 12,
                "profile": "custom",
                "shares": [1.0, *[0.0] * 11],
                "rate": 0.0,
            }
        case _:
            loan = {**next(iter(content["loans"].values())), "rate": asked.rate}
            if asked.years:
                loan |= _shortened(loan, asked.years)
    if asked.issue:
        again = [{"name": "issue again", "kind": "on_reset", "rate": asked.issue}]
        loan["costs"] = [
            *loan.get("costs", []),
            {"name": "issue", "kind": "on_draw", "rate": asked.issue},
            *(again if asked.kind == "rolled" else []),
        ]
    return loan


def _shortened(loan: Mapping[str, Any], years: int) -> dict[str, Any]:
    """Return what changes in a loan that runs for other years: all its payments but the first ones carry principal."""
    loan = {**loan, "maturity_years": years}
    yearly = loan.get("payments_per_year", 1)
    first = (loan.get("first_principal_year", 1) - 1) * yearly + 1
    first = loan.get("first_principal_payment", first)
    changed: dict[str, Any] = {"maturity_years": years}
    if loan.get("profile") != "bullet":
        changed["principal_payments"] = max(years * yearly - first + 1, 1)
    return changed


def _index_name(content: Mapping[str, Any], asked: _Asked) -> str:
    """Return the index that bonds rolled over follow: one of that rate, or a name that is free."""
    known = {index["id"]: index["points"] for index in content.get("indices", [])}
    name = f"bond-{asked.years}y"
    if name in known and known[name][-1][1] == asked.rate:
        return name
    return _free(name, known)


def _with_index(
    content: Mapping[str, Any], asked: _Asked, loan: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the plan with the index that bonds rolled over follow."""
    name = loan["rate"]["index"]
    known = content.get("indices", [])
    if name in {index["id"] for index in known}:
        return dict(content)
    day = content.get("as_of") or timezone.localdate().isoformat()
    index: dict[str, Any] = {"id": name, "points": [[day, asked.rate]]}
    note_source(index, asked.source or _("entered by hand"), is_verified=asked.is_verified)
    return {**content, "indices": [*known, index]}


def _flat_curve(asked: _Asked) -> dict[str, Any]:
    """Return a curve that is flat at the rate of a bond."""
    curve: dict[str, Any] = {
        "name": FLAT % {"rate": _percent(asked.rate)},
        "points": [[float(asked.years or 1), asked.rate]],
    }
    note_source(curve, asked.source, is_verified=asked.is_verified)
    return curve
