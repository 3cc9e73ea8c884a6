"""The amount behind a need or an offer, as it is wished and as it stands."""

from dataclasses import dataclass

from punte.apps.market.models import Budget, Listing
from punte.apps.market.permissions import groups_of_amount
from punte.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountDraft:
    """The amount behind a listing, ``None`` for none, and who may see it (a key of ``AMOUNT_READERS``)."""

    amount: Money | None
    reader: str = "own"


def amount_stands(listing: Listing, wish: AmountDraft | None) -> bool:
    """Return whether a listing's amount, and who may see it, is already as wished."""
    if wish is None:
        return True
    held = Budget.objects.filter(listing=listing).first()
    if held is None or wish.amount is None:
        return held is None and wish.amount is None
    stands = (held.amount_cents, held.currency, held.label_releasable_to)
    groups = groups_of_amount(listing, wish.reader)
    return stands == (wish.amount.cents, wish.amount.currency, groups)
