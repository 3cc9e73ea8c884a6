"""Writes of translations: kept by the owner, and released alone where their listing is published."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import whole_text
from punte.apps.market.actions import NotAllowedError, defer_encoding
from punte.apps.market.models import Listing, Translation, WaitingTranslation
from punte.apps.market.permissions import may_edit, may_review, reviewers_of
from punte.apps.market.review_news import defer_review_news, tell_published, tell_sent_back
from punte.apps.market.waiting import keep, locked
from punte.kernel.errors import PunteError


def _record(verb: str, listing: Listing, **detail: str) -> None:
    record(verb, listing, edition_id=listing.edition_id, side=listing.side, **detail)


@transaction.atomic
def set_translation(*, by: Subject, listing: Listing, language: str, title: str, text: str) -> bool:
    """
    Keep the owner's own translation; return whether it waits for review.

    Beside a published listing it waits alone, and the listing stays as it was released; the same words again change
    nothing but the revision that they were made from.
    """
    if not may_edit(by, listing):
        raise NotAllowedError(_("Only its owner can translate this listing."))
    listing = locked(listing)
    if language == listing.language:
        raise PunteError(_("The original is already in this language."))
    refuse_classified(_("The text"), {"title": title, "text": text}.items())
    stands = Translation.objects.filter(listing=listing, language=language).first()
    is_new = stands is None or (stands.title, stands.text) != (title, text)
    waits = is_new and listing.state == Listing.State.PUBLISHED
    if waits:
        _wait(listing, language, title, text)
    else:
        keep(listing, language, title, text, listing.revision)
    _record("listing.translated", listing, language=language, state=listing.state)
    if waits:
        defer_review_news(listing)
    return waits


def _wait(listing: Listing, language: str, title: str, text: str) -> None:
    # Another row, not the same one changed: what a reviewer has read cannot become something else.
    WaitingTranslation.objects.filter(listing=listing, language=language).delete()
    WaitingTranslation.objects.create(
        listing=listing,
        owner_org_id=listing.owner_org_id,
        language=language,
        title=title,
        text=text,
        of_revision=listing.revision,
        label_tlp=listing.label_tlp,
        label_stewards=reviewers_of(listing),
    )


@transaction.atomic
def publish_translation(*, by: Subject, listing: Listing, waiting_id: UUID) -> None:
    """Release a translation that waited to whoever sees its listing."""
    listing, row = _under_review(by, listing, waiting_id)
    keep(listing, row.language, row.title, row.text, row.of_revision)
    _record("listing.translation_published", listing, language=row.language)
    tell_published(listing, what=row.language, key=waiting_id)
    defer_encoding(listing.pk)


@transaction.atomic
def send_back_translation(*, by: Subject, listing: Listing, waiting_id: UUID, note: str) -> None:
    """Return a translation to its owner with a reason."""
    listing, row = _under_review(by, listing, waiting_id)
    if not note.strip():
        raise PunteError(_("Say what has to change, so that the owner can mend it."))
    refuse_classified(_("The text"), {"note": note}.items())
    row.review_note = whole_text(note, 300)
    row.save(update_fields=["review_note"])
    _record("listing.translation_sent_back", listing, reason=row.review_note)
    tell_sent_back(listing, row=row.pk, key=timezone.now())


def _under_review(
    by: Subject, listing: Listing, waiting_id: UUID
) -> tuple[Listing, WaitingTranslation]:
    if not may_review(by, listing):
        raise NotAllowedError(
            _("Only a focal point or organiser from another organisation can publish it.")
        )
    listing = locked(listing)
    rows = WaitingTranslation.objects.select_for_update().filter(listing=listing, review_note="")
    row = rows.filter(pk=waiting_id).first()
    if row is None or listing.state != Listing.State.PUBLISHED:
        raise PunteError(_("Only what waits for review can be published."))
    return listing, row
