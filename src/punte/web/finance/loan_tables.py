"""The tables of a loan plan's forms: which columns each has, what is typed in them, and what helps to fill them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from punte.apps.access.numbers import write_number
from punte.apps.funding.forms import Row
from punte.apps.funding.loan_fields import LONGEST
from punte.web.finance.faults import COLUMN_WORDS, WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    A column of a form's table.

    Parameters
    ----------
    kind
        ``text``, ``day``, ``number`` or ``choice``.
    choices
        What may be chosen, ``(value, label)``; the first one is nothing.
    size
        How wide its cells are, as the style sheet calls it.
    hint
        Shown in an empty cell: how it is written, or what is taken for it.
    suggests
        Id of a list of words that may be typed.
    longest
        The longest text of a cell [characters].
    """

    key: str
    label: Any
    kind: str = "text"
    choices: Sequence[tuple[str, Any]] = ()
    size: str = ""
    hint: Any = ""
    suggests: str = ""
    longest: int = LONGEST


VERIFIED: Final = (
    ("", gettext_lazy("not verified")),
    ("yes", gettext_lazy("verified")),
)
SOURCED: Final = (
    Column(key="source", label=gettext_lazy("Where it was read"), size="wide"),
    Column(key="verified", label=gettext_lazy("Verified"), kind="choice", choices=VERIFIED),
)
_number = lazy(write_number, str)
NOTHING: Final = "\N{EN DASH}"
WAY_KINDS: Final = (
    ("", NOTHING),
    ("bond", gettext_lazy("a bond, issued once")),
    ("rolled", gettext_lazy("bonds, rolled over")),
    ("budget", gettext_lazy("out of the budget")),
    ("loan", gettext_lazy("another loan")),
)
COST_KINDS: Final = (
    ("", NOTHING),
    ("on_balance", gettext_lazy("yearly, of what is owed")),
    ("on_draw", gettext_lazy("once, of the draw")),
    ("on_payment", gettext_lazy("amount with each payment")),
    ("on_reset", gettext_lazy("of what is owed, when the rate is set again")),
)
POINT: Final = (
    Column(key="id", label=gettext_lazy("Index"), suggests="indices"),
    Column(key="day", label=gettext_lazy("From"), kind="day"),
    Column(key="rate", label=gettext_lazy("Rate, %"), kind="number", size="num"),
    *SOURCED,
)
COST: Final = (
    Column(key="name", label=gettext_lazy("Name")),
    Column(key="kind", label=gettext_lazy("Kind"), kind="choice", choices=COST_KINDS),
    Column(key="rate", label=gettext_lazy("Rate, %"), kind="number", size="num"),
    Column(key="amount", label=gettext_lazy("Amount"), kind="number"),
)
NEW: Final = (
    Column(key="kind", label=gettext_lazy("Kind"), kind="choice", choices=WAY_KINDS),
    Column(key="years", label=WORDS["maturity_years"], kind="number", size="num", hint="10"),
    Column(key="rate", label=WORDS["rate"], kind="number", size="num", hint=_number("6.9")),
    Column(
        key="issue",
        label=COLUMN_WORDS["new"]["issue"],
        kind="number",
        size="num",
        hint=_number("0.2"),
    ),
    Column(key="until", label=COLUMN_WORDS["new"]["until"], kind="number", size="num"),
    Column(key="name", label=gettext_lazy("Name"), hint=gettext_lazy("from its kind")),
    *SOURCED,
)
QUOTE: Final = (
    Column(key="term", label=WORDS["term"], kind="number", size="num", hint="10"),
    Column(key="rate", label=WORDS["rate"], kind="number", size="num", hint=_number("6.9")),
    Column(key="day", label=COLUMN_WORDS["national_curve"]["day"], kind="day"),
    *SOURCED,
)
_RATES: Final = COLUMN_WORDS["scenarios"]
SCENARIO: Final = (
    Column(key="id", label=WORDS["id"], hint=gettext_lazy("given if empty")),
    Column(key="name", label=gettext_lazy("Name"), size="wide"),
    Column(key="shift", label=_RATES["shift"], kind="number", size="num", hint="1"),
    Column(key="start", label=_RATES["start"], kind="day"),
    Column(key="ramp_years", label=_RATES["ramp_years"], kind="number", size="num", hint="0"),
    Column(
        key="back_years",
        label=_RATES["back_years"],
        kind="number",
        size="num",
        hint=gettext_lazy("never"),
    ),
    Column(key="indices", label=_RATES["indices"], hint=gettext_lazy("all"), suggests="indices"),
    *SOURCED,
)
_MODELS: Final = COLUMN_WORDS["models"]
MODEL: Final = (
    Column(key="index", label=gettext_lazy("Index"), suggests="indices"),
    Column(
        key="start", label=_MODELS["start"], kind="number", size="num", hint=gettext_lazy("as now")
    ),
    Column(
        key="mean", label=_MODELS["mean"], kind="number", size="num", hint=gettext_lazy("as now")
    ),
    Column(key="speed", label=_MODELS["speed"], kind="number", size="num", hint=_number("0.15")),
    Column(key="volatility", label=_MODELS["volatility"], kind="number", size="num", hint="1"),
    *SOURCED,
)
_PAIRS: Final = COLUMN_WORDS["correlations"]
PAIR: Final = (
    Column(key="first", label=_PAIRS["first"], suggests="indices"),
    Column(key="second", label=_PAIRS["second"], suggests="indices"),
    Column(key="value", label=_PAIRS["value"], kind="number", size="num", hint=_number("0.6")),
)

MILESTONE: Final = (
    Column(key="id", label=WORDS["id"]),
    Column(key="name", label=gettext_lazy("Name"), size="wide"),
    Column(
        key="dates",
        label=COLUMN_WORDS["milestones"]["dates"],
        size="wide",
        hint="2029-11-30: 60; 2030-06-30: 40",
        longest=4_000,
    ),
    SOURCED[0],
)


def table_of(
    kind: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
) -> dict[str, Any]:
    """Return a table as its template shows it: each row a list of columns with the name and value of their fields."""
    return {
        "kind": kind,
        "title": title,
        "columns": columns,
        "rows": [
            [
                {
                    "column": column,
                    "name": f"{kind}-{column.key}-{number}",
                    "value": row[column.key],
                }
                for column in columns
            ]
            for number, row in enumerate(rows)
        ],
    }


def index_names(content: Mapping[str, Any]) -> list[str]:
    """Return the names of a plan's indices, to suggest."""
    return [index["id"] for index in content.get("indices", [])]
