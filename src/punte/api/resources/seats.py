"""The caller's place at an edition."""

from dataclasses import dataclass

from django.http import Http404

from punte.api.resources.editions import edition_or_404
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.queries import delegate_of
from punte.apps.meetings.permissions import may_organise


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An edition as one of its delegates, or an organiser, reads it; ``delegate`` is None for an organiser who is none."""

    edition: Edition
    delegate: Delegate | None
    subject: Subject

    @property
    def me(self) -> Delegate:
        """The caller as a delegate; where it is none, there is nothing at the address for it."""
        if self.delegate is None:
            raise Http404
        return self.delegate


def take_place(slug: str) -> Place:
    """Return the caller's place; an edition without one, a hidden one and one that never was get the same answer."""
    subject, edition = active_subject(), edition_or_404(slug)
    delegate = delegate_of(subject, edition.pk)
    if delegate is None and not may_organise(subject, edition.pk):
        raise Http404
    return Place(edition=edition, delegate=delegate, subject=subject)
