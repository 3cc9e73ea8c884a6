"""Faults of a loan plan in the reader's language, at places as the forms call them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.kernel.errors import Problem
from punte.web.finance.telling import Teller

WORDS: Final[Mapping[str, Any]] = {
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
    "floor": gettext_lazy("Not below, %"),
    "cap": gettext_lazy("Not above, %"),
    "why": gettext_lazy("Why this rate"),
    "amount": gettext_lazy("Amount"),
    "date": gettext_lazy("Day"),
    "milestone": gettext_lazy("Waits for"),
    "maturity": gettext_lazy("Maturity, years"),
    "first_payment": gettext_lazy("Day of the first payment"),
    "first_principal_payment": gettext_lazy("Principal is paid from year"),
    "shares": gettext_lazy("Shares of principal, %"),
    "points": gettext_lazy("Rates by day"),
}
"""Fields of the format in words, as labels and in faults."""


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
    ``draws[1].amount`` is "Draw 2, Amount"; ``draws[1].loan.grace_years`` is "Loan, Grace, years", since a draw's terms are its loan's.
    """
    words = []
    row = re.match(r"(draws|point|indices|alternatives|milestones)[\[-](\d+)", place)
    if row and ".loan" not in place:
        number = int(row[2]) + (row[1] != "point")
        kind = (
            _("Draw") if row[1] == "draws" else _("Rates by day") if row[1] == "point" else row[1]
        )
        words.append(f"{kind} {number}")
    elif ".loan" in place or place.startswith("loan"):
        words.append(_("Loan"))
    elif place == "draws":
        words.append(_("Draws"))
    elif place.startswith("instrument"):
        words.append(_("Instrument"))
    elif place == "source" or place.startswith("chosen-"):
        words.append(_("Sources"))
    last = re.split(r"[.\-]", re.sub(r"\[\d+\]$", "", place))[-1]
    if last in WORDS:
        words.append(str(WORDS[last]))
    return ", ".join(words) or place
