"""Faults of a loan plan in the reader's language, at places as the forms call them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.kernel.errors import Problem
from punte.web.finance.telling import Teller

WORDS: Final[Mapping[str, Any]] = {
    "id": gettext_lazy("Short name"),
    "name": gettext_lazy("Name"),
    "lender": gettext_lazy("Lender"),
    "borrower": gettext_lazy("Borrower"),
    "currency": gettext_lazy("Currency"),
    "as_of": gettext_lazy("Day of present values"),
    "request_lag_days": gettext_lazy("Days from a milestone to its draw"),
    "source": gettext_lazy("Where it was read"),
    "verified": gettext_lazy("Verified"),
    "envelope": gettext_lazy("Envelope"),
    "availability_end": gettext_lazy("Last day to draw"),
    "max_maturity_years": gettext_lazy("Longest maturity, years"),
    "max_grace_years": gettext_lazy("Longest grace, years"),
    "prefinancing_share": gettext_lazy("Pre-financing, %"),
    "maturity_years": gettext_lazy("Maturity, years"),
    "payments_per_year": gettext_lazy("Payments a year"),
    "first_principal_year": gettext_lazy("Principal is paid from year"),
    "principal_payments": gettext_lazy("Payments of principal"),
    "grace_years": gettext_lazy("Grace, years"),
    "profile": gettext_lazy("How principal comes back"),
    "interest": gettext_lazy("When interest is paid"),
    "day_count": gettext_lazy("Day count"),
    "payment_lag_business_days": gettext_lazy("Business days until it is paid"),
    "kind": gettext_lazy("Kind of rate"),
    "rate": gettext_lazy("Rate, %"),
    "steps": gettext_lazy("Rate by year since the draw, %"),
    "index": gettext_lazy("Index"),
    "every_years": gettext_lazy("Set again every, years"),
    "spread": gettext_lazy("Added to it, %"),
    "lag_days": gettext_lazy("Index read before, days"),
    "floor": gettext_lazy("Not below, %"),
    "cap": gettext_lazy("Not above, %"),
    "why": gettext_lazy("Why this rate"),
    "amount": gettext_lazy("Amount"),
    "date": gettext_lazy("Day"),
    "loan": gettext_lazy("Loan"),
    "milestone": gettext_lazy("Waits for"),
    "maturity": gettext_lazy("Day of maturity, instead of years"),
    "first_payment": gettext_lazy("Day of the first payment"),
    "first_principal_payment": gettext_lazy("Principal is paid from payment"),
    "shares": gettext_lazy("Shares of principal, %"),
    "calendar": gettext_lazy("Business days"),
    "holidays": gettext_lazy("Further holidays"),
    "roll": gettext_lazy("A payment on another day"),
    "points": gettext_lazy("Rates by day"),
    "term": gettext_lazy("Term, years"),
}
"""Fields of the format in words, as labels and in faults."""
COLUMN_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "new": {
        "kind": gettext_lazy("Kind"),
        "issue": gettext_lazy("Cost of issue, %"),
        "until": gettext_lazy("Rolled over to year"),
        "years": WORDS["maturity_years"],
    },
    "national_curve": {"day": gettext_lazy("Of the day"), "points": gettext_lazy("Rates by term")},
    "scenarios": {
        "shift": gettext_lazy("Rates move by, points"),
        "start": gettext_lazy("From"),
        "ramp_years": gettext_lazy("Builds up in yearly steps, years"),
        "back_years": gettext_lazy("Over again after, years"),
        "indices": gettext_lazy("Only the indices"),
    },
    "models": {
        "start": gettext_lazy("Now, %"),
        "mean": gettext_lazy("Tends to, %"),
        "speed": gettext_lazy("How fast, a year"),
        "volatility": gettext_lazy("Moves in a year by, points"),
    },
    "milestones": {"dates": gettext_lazy("Dates, each with its chance in %")},
    "source": {
        "field": gettext_lazy("Term"),
        "value": gettext_lazy("Value"),
        "article": gettext_lazy("Article or page"),
        "valid_from": gettext_lazy("Valid from"),
        "valid_to": gettext_lazy("Valid until"),
        "note": gettext_lazy("What it says there"),
    },
    "correlations": {
        "first": gettext_lazy("One index"),
        "second": gettext_lazy("Another index"),
        "value": gettext_lazy("Correlation"),
    },
}
"""Columns of tables whose words differ from those of other fields of the same name."""
_ROWS: Final[Mapping[str, Any]] = {
    "draws": gettext_lazy("Draw"),
    "point": gettext_lazy("Rates by day"),
    "indices": gettext_lazy("Index"),
    "alternatives": gettext_lazy("Alternative"),
    "new": gettext_lazy("New alternative"),
    "milestones": gettext_lazy("Milestone"),
    "scenarios": gettext_lazy("Scenario"),
    "models": gettext_lazy("Random rate"),
    "correlations": gettext_lazy("Pair of rates"),
}
_PLACES: Final[Mapping[str, Any]] = {
    "draws": gettext_lazy("Draws"),
    "source": gettext_lazy("Sources"),
    "new-loan": gettext_lazy("A further loan"),
    "alternatives": gettext_lazy("Alternatives"),
    "scenarios": gettext_lazy("Scenarios"),
    "models": gettext_lazy("Random rates"),
    "correlations": gettext_lazy("How rates go together"),
    "milestones": gettext_lazy("Milestones"),
}
_OF_READER: Final = frozenset({"RateFile", "float"})
"""Ends of places that say how a value was read, not where it stands."""


def told(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """Return faults in the reader's language, each once: the terms of a loan are read again for every draw on it."""
    teller = Teller(words={})
    rows = tuple(one for one in problems if one.place.startswith("draws["))
    if rows:
        # A list whose every row was refused is then told to be empty too, which says nothing more.
        problems = tuple(one for one in problems if one.place != "draws")
    found = [
        {
            "place": place_in_words(one.place),
            "what": teller.sentence(one.what),
            "remedy": teller.sentence(one.remedy),
        }
        for one in problems
    ]
    return list({tuple(one.items()): one for one in found}.values())


def place_in_words(place: str) -> str:
    """
    Return a place of a plan as its forms call it.

    Examples
    --------
    ``draws[1].amount`` is "Draw 2, Amount"; ``draws[1].loan.grace_years`` is "Loan, Grace, years", since a draw's terms are its loan's;
    ``alternatives[0].loan.costs[1].rate`` is "Alternative 1, Cost 2, Rate, %".
    """
    row = re.match(rf"({'|'.join(_ROWS)})[\[-](\d+)", place)
    is_terms = place.startswith("draws[") and ".loan." in place
    words, kind = [], row[1] if row and not is_terms else ""
    if row and kind:
        words.append(f"{_ROWS[kind]} {int(row[2]) + (kind != 'point')}")
    elif named := re.match(r"loans\.(.+)\.[^.]+$", place):
        words.append(
            _("Loan “%(name)s”")
            % {"name": re.sub(r"\.rate(\.\w+)?$|\.costs\[.*", "", named[1])[:60]}
        )
    elif is_terms or place.startswith("loan"):
        words.append(_("Loan"))
    elif place in _PLACES:
        words.append(str(_PLACES[place]))
    elif place.startswith("national_curve"):
        kind = "national_curve"
        words.append(_("National curve"))
    elif place.startswith("instrument"):
        words.append(_("Instrument"))
    elif place.startswith("source-"):
        kind = "source"
        words.append(_("Another source"))
    elif place.startswith("chosen-"):
        words.append(_("Sources"))
    words += _inner_row(place)
    last = re.split(r"[.\-]", re.sub(r"\[\d+\]$", "", place))[-1]
    last_word = COLUMN_WORDS.get(kind, {}).get(last, WORDS.get(last))
    if last_word is not None:
        words.append(str(last_word))
    elif place.startswith("loans.") and last not in _OF_READER:
        words.append(last)
    return ", ".join(words) or place


def _inner_row(place: str) -> list[str]:
    """Return the row of a table inside a place: which cost of a loan, which rate of a curve."""
    found = re.search(r"(costs|national_curve\.points)\[(\d+)\]", place)
    if found is None:
        return []
    number = int(found[2]) + 1
    if found[1] == "costs":
        return [_("cost %(number)d") % {"number": number}]
    return [_("row %(number)d") % {"number": number}]
