"""The terms of a loan as groups of fields: what is usual in sight, what is rare behind a fold."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.funding import bridge
from punte.apps.funding.forms import Row
from punte.apps.funding.loan_fields import LOAN, RATE, USUAL
from punte.web.finance.faults import WORDS
from punte.web.finance.loan_tables import COST, VERIFIED, table_of

CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "payments_per_year": {"1": "1", "2": "2", "4": "4", "12": "12"},
    "profile": {
        "equal": gettext_lazy("equal parts"),
        "annuity": gettext_lazy("level payments"),
        "bullet": gettext_lazy("all at maturity"),
        "custom": gettext_lazy("by stated shares"),
    },
    "interest": {
        "periodic": gettext_lazy("with each payment"),
        "at_maturity": gettext_lazy("at maturity, without interest on interest"),
        "compounded": gettext_lazy("at maturity, with interest on interest"),
    },
    "day_count": {name: name for name in bridge.DAY_COUNTS},
    "calendar": {
        "none": gettext_lazy("every day"),
        "weekends": gettext_lazy("Monday to Friday"),
        "target": gettext_lazy("TARGET, of the euro"),
    },
    "roll": {
        "none": gettext_lazy("stays"),
        "following": gettext_lazy("to the next business day"),
        "modified following": gettext_lazy("to the next one, within the month"),
        "preceding": gettext_lazy("to the one before"),
    },
    "kind": {
        "fixed": gettext_lazy("one rate for good"),
        "steps": gettext_lazy("by year since the draw"),
        "reset": gettext_lazy("an index, set again every so many years"),
        "floating": gettext_lazy("an index, at each payment"),
    },
    "verified": dict(VERIFIED),
}
RARE: Final = frozenset(
    {
        "payment_lag_business_days", "maturity", "first_payment", "first_principal_payment",
        "calendar", "holidays", "roll", "rate.lag_days", "rate.floor", "rate.cap",
    }
)  # fmt: skip
"""Terms that most loans leave as they are."""
_KINDS: Final[Mapping[str, str]] = {**LOAN, **{f"rate.{key}": kind for key, kind in RATE.items()}}


def field_of(
    name: str, key: str, value: str, kind: str = "text", label: object = ""
) -> dict[str, Any]:
    """Return a field as its template shows it; a choice that a file spells otherwise stays one."""
    choices = dict(CHOICES.get(key, {}))
    if choices and value:
        choices.setdefault(value, value)
    return {
        "name": name,
        "label": label or WORDS[key],
        "value": value,
        "choices": list(choices.items()),
        "kind": kind,
        "is_index": key == "index",
    }


def loan_group(
    title: str,
    at: str,
    fields: Mapping[str, str],
    costs: list[Row],
    *,
    own: tuple[dict[str, Any], ...] = (),
) -> dict[str, Any]:
    """
    Return the fields of a loan: its own ones first, then its terms and its rate; rare ones are folded while none is filled in.

    Parameters
    ----------
    at
        What stands before the name of each field.
    """
    made = {
        key: field_of(f"{at}{key}", key.removeprefix("rate."), fields.get(f"{at}{key}", ""), kind)
        for key, kind in _KINDS.items()
    }
    filled = [
        field["value"] not in {"", USUAL.get(key.removeprefix("rate."), "")}
        for key, field in made.items()
        if key in RARE
    ]
    return {
        "title": title,
        "fields": [*own, *(field for key, field in made.items() if key not in RARE)],
        "rare": [field for key, field in made.items() if key in RARE],
        "costs": table_of(f"{at}cost", _("Costs beside interest"), COST, costs),
        "is_open": any(filled) or any(any(row.values()) for row in costs),
    }
