"""Terms of instruments and their sources in the reader's language; the notes that come with Punte are said in it too."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.funding.bridge import Catalogue
from punte.apps.funding.loan_sources import KINDS, differences, term_shown
from punte.kernel.phrases import template_of
from punte.web.finance.faults import WORDS
from punte.web.finance.telling import code_name
from punte.web.ui.templatetags.ui import number

TERM_WORDS: Final[Mapping[str, Any]] = {
    **WORDS,
    "prefinancing": gettext_lazy("Pre-financing"),
    "rate_indication": gettext_lazy("Rate, as announced"),
    "draw calendar": gettext_lazy("Calendar of draws"),
    "principal payments": gettext_lazy("Payments of principal"),
    "instalment_requests_per_year": gettext_lazy("Requests for instalments a year"),
    "borrowers": gettext_lazy("Who borrows"),
    "interest": gettext_lazy("Interest"),
    "single_state_signature_until": gettext_lazy("One state may sign alone until"),
    "prudential_three_largest_share": gettext_lazy("Most that the three largest borrow, %"),
    "prudential_yearly_due_share": gettext_lazy("Most that is due in a year, %"),
    "period": gettext_lazy("Period"),
    "ukraine_support_instrument": gettext_lazy("Ukraine support instrument"),
    "yield": gettext_lazy("Yield"),
}
"""Terms of which sources speak, in words."""

_SHARES: Final = frozenset(
    {"rate_indication", "prudential_three_largest_share", "prudential_yearly_due_share"}
)
_AMOUNTS: Final = frozenset({"envelope", "prefinancing", "ukraine_support_instrument"})

_DATA_WORDS: Final = frozenset(
    {
        template_of("read in secondary accounts, not in the operative text"),
        template_of("from memory or inferred"),
        template_of("a person must read the article"),
        template_of("a Romanian minister, reported 2025-11-20: up to 40 years"),
        template_of("reported in Romania as 30 years of repayment from 2035"),
        template_of(
            "Romanian reports differ on the repayment span (30, 35 or 40 years after grace)"
        ),
        template_of("parametrise"),
        template_of("optional"),
        template_of("ES, FI and IT took none"),
        template_of("sources: last-instalment requests to 31 Dec 2030 (proposal)"),
        template_of("operational to end 2030"),
        template_of("Romanian government statements, early 2026"),
        template_of("not contractual"),
        template_of("expired at compile date"),
        template_of(
            "unknown here: enter the curve of the day with its source before any saving is quoted"
        ),
        template_of("unknown here: enter the yearly appropriation with its source"),
        template_of("the largest span that several accounts give for the instrument as a whole"),
        template_of("other readings stay beside it"),
        template_of("all accounts agree on ten years"),
        template_of(
            "the number of principal payments is a field of each draw and is not derived from it"
        ),
        template_of("the only reading found"),
        template_of("the last day on which instalments are paid by most accounts"),
        template_of("tentative 2025-09-09 and Council maximum agree"),
        template_of("read in a republished press release"),
        template_of("exactly 15 % of the envelope"),
        template_of(
            "unknown: the half-yearly days and equal instalments below are a model, and so is 15 May 2026 for the pre-financing"
        ),
        template_of("a model: years 11 to 45 of each draw"),
        template_of("the loan agreement was not seen"),
        template_of("not seen in table"),
        template_of("plan of almost 44bn"),
        template_of("pending Feb 2026"),
        template_of("amount not seen"),
        template_of("lower than tentative"),
        template_of("none was asked for"),
        template_of("EU Member States only"),
        template_of(
            "pass-through of EU funding cost (unified/diversified funding), same for all borrowers"
        ),
        template_of("Envelope and pre-financing are published"),
        template_of("the dates of instalments, rates and milestones are a model."),
        template_of(
            "Invented: three draws that wait for the milestones of the invented programme."
        ),
        template_of("invented for the sample"),
        template_of("invented for the example"),
        template_of("assumption of this example, no quotation"),
        template_of("Romania, SAFE (a model of the draws, not the loan agreement)"),
        template_of("Border watch line, draws (synthetic)"),
        template_of("on the published plan"),
        template_of("verdict of a case"),
        template_of("chances of a milestone"),
        template_of("link taken back"),
        template_of("not a verdict of the eligibility rules"),
        template_of("cost of funding passed through"),
        template_of("one point more from 2027"),
        template_of("two points more over ten years"),
        template_of("three points for three years"),
        template_of(
            "the other account prints one vessel and 2.7bn, read as a misprint of two vessels and 700 million"
        ),
    }
)
"""What the shipped data say in English, part by part; who enters a note of their own says it in their own language."""


def data_words(text: str) -> str:
    """Return a note of the shipped data in the reader's language; any other text as it is."""
    return "; ".join(_(part) if part in _DATA_WORDS else part for part in text.split("; "))


def term_label(field: str) -> str:
    """Return a term in words."""
    return str(TERM_WORDS.get(field, field.replace("_", " ")))


def term_value(field: str, value: object) -> str:
    """Return what a source says of a term; nothing where it says none."""
    if value is None:
        return ""
    if field in _AMOUNTS:
        amount = Decimal(str(value))
        return number(amount, 2 if amount % 1 else 0)
    if field in _SHARES:
        return f"{number(Decimal(str(value)) * 100)} %"
    shown = term_shown(field, value)
    return data_words(shown) if field not in KINDS else shown


def differing(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the terms of which a person chose a value that the figures do not use, in words."""
    return [
        {
            "label": term_label(one.field),
            "chosen": one.chosen,
            "used": ", ".join(one.used),
            "reason": data_words(one.reason),
        }
        for one in differences(content)
    ]


def instrument_tables(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the instruments with their sourced terms in words."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "terms": [
                {
                    "label": term_label(term.field),
                    "value": term_value(term.field, term.value) or None,
                    "chosen": term.chosen,
                    "reason": data_words(term.reason),
                    "source": term.source,
                    "verified": term.verified,
                    "note": data_words(term.note),
                }
                for term in one.terms
            ],
        }
        for one in catalogue.instruments
    ]


SHARE_COLUMNS: Final = ("tentative", "approved", "prefinancing", "paid")


def share_rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return each country's share with its name and note in the reader's language."""
    return [
        {
            "name": code_name(one.country),
            "note": data_words(one.note),
            **{column: getattr(one, column) for column in SHARE_COLUMNS},
        }
        for one in catalogue.shares
    ]


def share_digits(catalogue: Catalogue) -> dict[str, int]:
    """Return the decimals that each column needs so that no cent of it is hidden [count]."""
    return {
        column: 2
        if any((found := getattr(one, column)) and found.cents % 100 for one in catalogue.shares)
        else 0
        for column in SHARE_COLUMNS
    }
