"""What a person wrote about a need or an offer, and how it is put into a listing, or kept until it is reviewed."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Tlp
from punte.apps.market.amounts import AmountDraft, amount_stands
from punte.apps.market.models import Listing, WaitingChange
from punte.apps.market.validity import refuse_far


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person wrote about a need or an offer; validated by the form."""

    side: str
    kind: str
    language: str
    title: str
    text: str
    audience: str = Listing.Audience.EDITION
    edition_id: UUID | None = None
    cpv: tuple[str, ...] = ()
    capability: tuple[str, ...] = ()
    milestone_id: UUID | None = None
    quantity: str = ""
    lead_time_days: int | None = None
    readiness_level: int | None = None
    inside_percent: int | None = None
    expires_on: dt.date | None = None
    tlp: str = Tlp.AMBER
    embargo_until: dt.datetime | None = None
    # ``None`` leaves what stands.
    amount: AmountDraft | None = None


FIELDS: Final = (
    "kind",
    "language",
    "title",
    "text",
    "audience",
    "milestone_id",
    "quantity",
    "lead_time_days",
    "readiness_level",
    "inside_percent",
    "expires_on",
)


WORDING: Final = ("language", "title", "text")
"""Fields that a change in waiting holds in columns of their own."""


def refuse_marked(**texts: str) -> None:
    """Refuse anything marked RESTRICTED or above, before it is kept anywhere."""
    refuse_classified(_("The text"), texts.items())


def fill(listing: Listing, draft: Draft) -> None:
    """Put what was written into a listing, without saving it; refuse what it cannot hold."""
    refuse_marked(title=draft.title, text=draft.text, quantity=draft.quantity)
    refuse_far(draft.expires_on, stands=listing.expires_on)
    set_fields(listing, draft)
    listing.full_clean(exclude=["owner_org", "contact"], validate_constraints=False)


def set_fields(listing: Listing, draft: Draft) -> None:
    """Let a listing in memory say what a draft says, checked or not."""
    for name in FIELDS:
        setattr(listing, name, getattr(draft, name))
    listing.cpv, listing.capability = list(draft.cpv), list(draft.capability)
    listing.label_tlp, listing.label_embargo_until = draft.tlp, draft.embargo_until


def says_the_same(listing: Listing, draft: Draft) -> bool:
    """Whether a draft says what a listing says already, its amount included."""
    return not changed_fields(listing, draft) and amount_stands(listing, draft.amount)


def changed_fields(listing: Listing, draft: Draft) -> list[str]:
    """Return the names of the fields in which a draft differs from a listing, its amount apart."""
    changed = [name for name in FIELDS if getattr(listing, name) != getattr(draft, name)]
    codes = {"cpv": draft.cpv, "capability": draft.capability}
    changed += [name for name, wished in codes.items() if getattr(listing, name) != list(wished)]
    if listing.label_tlp != draft.tlp:
        changed.append("tlp")
    if listing.label_embargo_until != draft.embargo_until:
        changed.append("embargo_until")
    return changed


def facts_of(draft: Draft) -> dict[str, Any]:
    """Return what a change in waiting holds beside its wording, as JSON takes it."""
    values = asdict(draft)
    for name in (*WORDING, "amount", "side", "edition_id"):
        del values[name]
    return {
        name: str(value)
        if isinstance(value, UUID)
        else value.isoformat()
        if isinstance(value, dt.date)
        else value
        for name, value in values.items()
    }


def draft_in(change: WaitingChange) -> Draft:
    """Return how a listing shall read, without the amount, which is kept apart."""
    facts = change.facts
    days, until, key = (facts.get(name) for name in ("expires_on", "embargo_until", "milestone_id"))
    return Draft(
        **{name: value for name, value in facts.items() if name in _PLAIN},
        **{name: getattr(change, name) for name in WORDING},
        side=change.listing.side,
        edition_id=change.listing.edition_id,
        cpv=tuple(facts.get("cpv", ())),
        capability=tuple(facts.get("capability", ())),
        milestone_id=UUID(key) if key else None,
        expires_on=dt.date.fromisoformat(days) if days else None,
        embargo_until=dt.datetime.fromisoformat(until) if until else None,
    )


_PLAIN: Final = (
    "kind",
    "audience",
    "quantity",
    "lead_time_days",
    "readiness_level",
    "inside_percent",
    "tlp",
)
