"""What a changed wording of something published says otherwise, for its owner and the reviewers."""

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from punte.apps.market.drafts import WORDING, changed_fields, draft_in, set_fields
from punte.apps.market.forms import ListingForm
from punte.apps.market.models import Listing, WaitingAmount, WaitingChange
from punte.apps.market.permissions import AMOUNT_READERS
from punte.apps.market.waiting import change_of
from punte.apps.programmes.models.capability import area_name
from punte.apps.programmes.queries import find_milestone
from punte.web.ui.templatetags.ui import cents, day

NOTHING: Final = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFact:
    """One field that would read otherwise."""

    name: str
    published: str
    wished: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfChange:
    """A change that waits or was sent back: its wording and the fields that differ, as far as the reader sees them."""

    row: WaitingChange
    has_wording: bool
    language: str
    facts: tuple[ChangedFact, ...]


def said_of_change(listing: Listing) -> SaidOfChange | None:
    """Return what the page says of a change of a published listing; None where the reader sees none."""
    row = change_of(listing)
    if row is None:
        return None
    draft = draft_in(row)
    wished = copy.copy(listing)
    set_fields(wished, draft)
    changed = changed_fields(listing, draft)
    facts = [
        ChangedFact(name=_label(name), published=_value(listing, name), wished=_value(wished, name))
        for name in changed
        if name not in {"title", "text"}
    ]
    return SaidOfChange(
        row=row,
        has_wording=any(name in WORDING for name in changed),
        language=row.get_language_display(),
        facts=(*facts, *_amount(listing)),
    )


def _amount(listing: Listing) -> list[ChangedFact]:
    waits = WaitingAmount.objects.filter(listing=listing).first()
    if waits is None:
        return []
    held = getattr(listing, "budget", None)
    amount = cents(waits.amount_cents, waits.currency)
    reader = AMOUNT_READERS.get(waits.reader, "")
    return [
        ChangedFact(
            name=_label("amount"),
            published=cents(held.amount_cents, held.currency) if held else NOTHING,
            wished=f"{amount} ({reader})",
        )
    ]


def _label(name: str) -> str:
    form = {"embargo_until": "embargo_on"}.get(name, name)
    return str(ListingForm.base_fields[form].label)


def _value(listing: Listing, name: str) -> str:
    written = _WRITTEN.get(name)
    value = written(listing) if written is not None else getattr(listing, name)
    return NOTHING if value in (None, "") else str(value)


def _milestone(listing: Listing) -> str:
    found = find_milestone(listing.milestone_id) if listing.milestone_id else None
    return found.name if found is not None else ""


def _day(value: dt.date | None) -> str:
    return day(value) if value is not None else ""


_WRITTEN: Final[dict[str, Callable[[Listing], str]]] = {
    "kind": Listing.get_kind_display,
    "audience": Listing.get_audience_display,
    "language": Listing.get_language_display,
    "milestone_id": _milestone,
    "expires_on": lambda listing: _day(listing.expires_on),
    "cpv": lambda listing: ", ".join(listing.cpv),
    "capability": lambda listing: ", ".join(map(area_name, listing.capability)),
    "tlp": lambda listing: listing.label_tlp,
    "embargo_until": lambda listing: _day(
        timezone.localdate(listing.label_embargo_until) if listing.label_embargo_until else None
    ),
}
