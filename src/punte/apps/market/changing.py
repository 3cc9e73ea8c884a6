"""What becomes of a changed wording of something published: released by a reviewer, sent back, or let go by its owner."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import whole_text
from punte.apps.market.actions import NotAllowedError, keep_wording, release
from punte.apps.market.amounts import release_amount, standing_reader
from punte.apps.market.drafts import draft_in, fill, refuse_marked
from punte.apps.market.models import Listing, WaitingChange
from punte.apps.market.permissions import may_edit, may_review
from punte.apps.market.review_news import tell_published, tell_sent_back
from punte.apps.market.waiting import drop_change, locked
from punte.kernel.errors import PunteError


def _record(verb: str, listing: Listing, **detail: str) -> None:
    record(verb, listing, edition_id=listing.edition_id, side=listing.side, **detail)


@transaction.atomic
def publish_change(*, by: Subject, listing: Listing, waiting_id: UUID) -> None:
    """Let a published listing read as the change says, to the audience that its owner chose."""
    listing, change = _under_review(by, listing, waiting_id)
    reader = standing_reader(listing)
    keep_wording(listing, title=change.title, text=change.text, by_id=change.changed_by_id)
    fill(listing, draft_in(change))
    listing.revision = change.number
    change.delete()
    release(listing)
    release_amount(listing, reader)
    tell_published(listing, what="change", key=waiting_id)


@transaction.atomic
def send_back_change(*, by: Subject, listing: Listing, waiting_id: UUID, note: str) -> None:
    """Return a change to its owner with a reason; what is published stays so."""
    listing, change = _under_review(by, listing, waiting_id)
    if not note.strip():
        raise PunteError(_("Say what has to change, so that the owner can mend it."))
    refuse_marked(note=note)
    change.review_note = whole_text(note, 300)
    change.save(update_fields=["review_note"])
    _record("listing.change_sent_back", listing, reason=change.review_note)
    tell_sent_back(listing, row=change.pk, key=timezone.now())


@transaction.atomic
def take_back_change(*, by: Subject, listing: Listing) -> None:
    """Let go of a change that nobody has released; the published wording is what the owner wants after all."""
    if not may_edit(by, listing):
        raise NotAllowedError(_("Only its owner can change this listing."))
    listing = locked(listing)
    drop_change(listing)
    _record("listing.change_taken_back", listing)


def _under_review(by: Subject, listing: Listing, waiting_id: UUID) -> tuple[Listing, WaitingChange]:
    if not may_review(by, listing):
        raise NotAllowedError(
            _("Only a focal point or organiser from another organisation can publish it.")
        )
    listing = locked(listing)
    rows = WaitingChange.objects.select_for_update().filter(listing=listing, review_note="")
    change = rows.filter(pk=waiting_id).first()
    if change is None or listing.state != Listing.State.PUBLISHED:
        raise PunteError(_("Only what waits for review can be published."))
    return listing, change
