"""Rows of translations that wait for review."""

from punte.apps.market.models import Listing, Translation, WaitingTranslation


def keep(listing: Listing, language: str, title: str, text: str, of_revision: int) -> None:
    """Set the translation that is shown wherever its listing is, and let go of the one that waited."""
    Translation.objects.update_or_create(
        listing=listing,
        language=language,
        defaults={"title": title, "text": text, "of_revision": of_revision},
    )
    WaitingTranslation.objects.filter(listing=listing, language=language).delete()


def review_together(listing: Listing) -> None:
    """Put what waits beside a listing that is itself hidden until it is reviewed; both are then read as one."""
    for row in list(WaitingTranslation.objects.filter(listing=listing)):
        keep(listing, row.language, row.title, row.text, row.of_revision)
