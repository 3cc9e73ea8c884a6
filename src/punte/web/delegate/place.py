"""What every page of a delegate begins with: the edition and the reader's place in it."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from punte.apps.access.permissions import Subject, active_subject
from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.queries import delegate_of, find_edition
from punte.apps.meetings.permissions import may_organise
from punte.web.navigation import edition_items, main_items


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """
    An edition as one of its delegates, or an organiser, reads it.

    Parameters
    ----------
    delegate
        The reader as a delegate; None for an organiser who is none.
    """

    request: HttpRequest
    edition: Edition
    delegate: Delegate | None
    subject: Subject

    @property
    def address(self) -> str:
        """Where the pages of the edition begin."""
        return f"/e/{self.edition.slug}/"

    @property
    def me(self) -> Delegate:
        """
        The reader as a delegate.

        Raises
        ------
        Http404
            It is none.
        """
        if self.delegate is None:
            raise Http404
        return self.delegate

    def context(self, **more: object) -> dict[str, Any]:
        """Return what the templates of these pages take."""
        return {
            "edition": self.edition,
            "address": self.address,
            "synthetic": self.edition.is_synthetic,
            "navigation": main_items(self.request),
            "subnavigation": edition_items(self.request, self.edition, self.subject),
            "me": self.delegate,
            **more,
        }


def take_seat(request: HttpRequest, slug: str) -> Seat:
    """
    Return the reader's place at an edition.

    Raises
    ------
    Http404
        There is no such edition for the reader, or they are neither its delegate nor its organiser.
    """
    subject = active_subject()
    edition = find_edition(slug)
    if edition is None:
        raise Http404
    delegate = delegate_of(subject, edition.pk)
    if delegate is None and not may_organise(subject, edition.pk):
        raise Http404
    return Seat(request=request, edition=edition, delegate=delegate, subject=subject)
