"""The amount behind a need or an offer: as it is wished, as it stands, and what of a change acts before a review."""

from dataclasses import dataclass
from typing import Final

from punte.apps.access.actions import record
from punte.apps.access.permissions import acting_as_system
from punte.apps.market.models import Budget, Listing, WaitingAmount
from punte.apps.market.permissions import AMOUNT_READERS, groups_of_amount, reviewers_of
from punte.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountDraft:
    """The amount behind a listing, ``None`` for none, and who may see it (a key of ``AMOUNT_READERS``)."""

    amount: Money | None
    reader: str = "own"


FEWER: Final = {"own": (), "review": ("own",), "eu": ("own",), "allies": ("own",)}
"""Which choices of readers let fewer people see an amount; of ``same`` all others do."""


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


def amount_waits_so(listing: Listing, wish: AmountDraft | None) -> bool:
    """Return whether the amount that waits for review beside a listing is already as wished."""
    waits = WaitingAmount.objects.filter(listing=listing).first()
    if wish is None:
        return True
    if waits is None:
        return amount_stands(listing, wish)
    kept = AmountDraft(amount=Money(waits.amount_cents, waits.currency), reader=waits.reader)
    return kept == wish


def reader_of(listing: Listing, budget: Budget) -> str:
    """Return by which choice of the form the amount was released."""
    groups = budget.label_releasable_to
    return next((one for one in AMOUNT_READERS if groups_of_amount(listing, one) == groups), "own")


def put_amount(listing: Listing, amount: Money, groups: list[str]) -> None:
    """Put an amount behind a listing, seen only by its owner and by ``groups``."""
    Budget.objects.update_or_create(
        listing=listing,
        defaults={
            "owner_org_id": listing.owner_org_id,
            "amount_cents": amount.cents,
            "currency": amount.currency,
            "label_releasable_to": groups,
        },
    )
    # The amount itself has a label of its own, and is not told here.
    _record("listing.budget", listing, releasable_to=" ".join(groups))


def remove_amount(listing: Listing) -> None:
    """Take away the amount behind a listing."""
    gone, _models = Budget.objects.filter(listing=listing).delete()
    if gone:
        _record("listing.budget_removed", listing)


def lower_amount(listing: Listing, wish: AmountDraft | None) -> list[str]:
    """Let act at once what hides more of an amount than before; what shows more of it waits for a reviewer."""
    if wish is None or amount_stands(listing, wish):
        return []
    if wish.amount is None:
        remove_amount(listing)
    elif wish.reader == "own":
        put_amount(listing, wish.amount, [])
    else:
        held = Budget.objects.filter(listing=listing).first()
        if held is None or not _narrow(listing, held, wish):
            return []
    return ["amount"]


def _narrow(listing: Listing, held: Budget, wish: AmountDraft) -> bool:
    reader = reader_of(listing, held)
    if wish.reader == reader or (wish.reader == "same" or reader in FEWER.get(wish.reader, ())):
        return False
    number = Money(held.amount_cents, held.currency)
    # Other readers than before, not fewer: until somebody has reviewed it, neither those nor these.
    fewer = reader == "same" or wish.reader in FEWER.get(reader, ())
    put_amount(listing, number, groups_of_amount(listing, wish.reader) if fewer else [])
    return True


def hold_amount(listing: Listing, wish: AmountDraft | None) -> None:
    """Keep an amount that shows more than the one that stands, until a reviewer has released the change."""
    if wish is None:
        return
    WaitingAmount.objects.filter(listing=listing).delete()
    if wish.amount is None or amount_stands(listing, wish):
        return
    WaitingAmount.objects.create(
        listing=listing,
        owner_org_id=listing.owner_org_id,
        amount_cents=wish.amount.cents,
        currency=wish.amount.currency,
        reader=wish.reader,
        label_tlp=listing.label_tlp,
        label_stewards=reviewers_of(listing) if wish.reader in {"review", "same"} else [],
    )


def release_amount(listing: Listing, reader: str) -> None:
    """
    Put the amount that waited behind a listing that is released anew.

    Parameters
    ----------
    reader
        Who saw the amount that stands: of "whoever sees the rest", others may be the rest now.
    """
    # Whoever releases the change may not see its amount: that is its owner's to decide.
    with acting_as_system("release what a reviewer has read"):
        waits = WaitingAmount.objects.filter(listing=listing).first()
        if waits is not None:
            groups = groups_of_amount(listing, waits.reader)
            put_amount(listing, Money(waits.amount_cents, waits.currency), groups)
            waits.delete()
        elif reader == "same":
            groups = groups_of_amount(listing, reader)
            Budget.objects.filter(listing=listing).update(label_releasable_to=groups)


def standing_reader(listing: Listing) -> str:
    """Return who may see the amount behind a listing that is about to be released anew; nobody's, where it has none."""
    with acting_as_system("release what a reviewer has read"):
        held = Budget.objects.filter(listing=listing).first()
        return reader_of(listing, held) if held is not None else ""


def _record(verb: str, listing: Listing, **detail: str) -> None:
    record(verb, listing, edition_id=listing.edition_id, side=listing.side, **detail)
