"""Rows of translations and changes that wait for review."""

from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.market.amounts import amount_waits_so, hold_amount
from punte.apps.market.drafts import WORDING, Draft, facts_of
from punte.apps.market.models import (
    Listing,
    Revision,
    Translation,
    WaitingAmount,
    WaitingChange,
    WaitingTranslation,
)
from punte.apps.market.permissions import reviewers_of
from punte.kernel.errors import PunteError


def locked(listing: Listing) -> Listing:
    """
    Return a listing as it stands, locked before whatever waits beside it: owner and reviewer lock in one order.

    Raises
    ------
    PunteError
        The subject does not see it any more.
    """
    found = Listing.objects.select_for_update().filter(pk=listing.pk).first()
    if found is None:
        raise PunteError(_("Only what waits for review can be published."))
    return found


def hold(listing: Listing) -> None:
    """
    Lock a listing before whatever waits beside it, as :func:`locked` does, and read it as it stands.

    Raises
    ------
    PunteError
        The subject does not see it any more.
    """
    locked(listing)
    listing.refresh_from_db()


def keep(listing: Listing, language: str, title: str, text: str, of_revision: int) -> None:
    """Set the translation that is shown wherever its listing is, and let go of the one that waited."""
    Translation.objects.update_or_create(
        listing=listing,
        language=language,
        defaults={"title": title, "text": text, "of_revision": of_revision},
    )
    WaitingTranslation.objects.filter(listing=listing, language=language).delete()


def change_of(listing: Listing) -> WaitingChange | None:
    """Return how a published listing shall read, where that waits and the subject may see it."""
    return WaitingChange.objects.filter(listing=listing).first()


def is_waiting(listing: Listing) -> bool:
    """Whether a change of a published listing waits for a reviewer now."""
    return WaitingChange.objects.filter(listing=listing, review_note="").exists()


def newest_revision(listing: Listing) -> int:
    """Return the number of the newest wording that the subject sees: what a change of theirs is built on."""
    change = change_of(listing)
    return change.number if change is not None else listing.revision


def says_the_waiting(change: WaitingChange, draft: Draft) -> bool:
    """Whether a draft says what waits already, unread or not yet sent back."""
    wording = [getattr(change, name) == getattr(draft, name) for name in WORDING]
    facts = {
        name: list(one) if isinstance(one, tuple) else one for name, one in facts_of(draft).items()
    }
    return (
        all(wording)
        and change.facts == facts
        and not change.review_note
        and amount_waits_so(change.listing, draft.amount)
    )


def hold_change(*, by_id: UUID | None, listing: Listing, draft: Draft) -> WaitingChange:
    """Keep how a published listing shall read, until a reviewer has released it or sent it back."""
    number = newest_revision(listing) + 1
    # Another row, not the same one changed: what a reviewer has read cannot become something else.
    WaitingChange.objects.filter(listing=listing).delete()
    hold_amount(listing, draft.amount)
    return WaitingChange.objects.create(
        listing=listing,
        owner_org_id=listing.owner_org_id,
        number=number,
        facts=facts_of(draft),
        changed_by_id=by_id,
        label_tlp=listing.label_tlp,
        label_stewards=reviewers_of(listing),
        **{name: getattr(draft, name) for name in WORDING},
    )


def drop_change(listing: Listing) -> None:
    """Let go of a change that waited: its listing reads as its owner wants it."""
    WaitingChange.objects.filter(listing=listing).delete()
    WaitingAmount.objects.filter(listing=listing).delete()


def keep_for_owner(listing: Listing) -> None:
    """Put what waits beside a listing that nobody but its owner sees any more, so that no wording of theirs is lost."""
    for row in list(WaitingTranslation.objects.filter(listing=listing)):
        keep(listing, row.language, row.title, row.text, row.of_revision)
    change = change_of(listing)
    if change is not None:
        Revision.objects.create(
            listing=listing,
            number=change.number,
            title=change.title,
            text=change.text,
            changed_by_id=change.changed_by_id,
        )
        drop_change(listing)
