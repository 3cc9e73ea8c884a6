"""What every page of an edition's organisers begins with: the edition, and what the reader may do there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone

from punte.apps.access.permissions import active_subject
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import find_edition
from punte.apps.meetings.permissions import may_organise
from punte.apps.meetings.queries import VersionLine, find_version
from punte.web.navigation import Item, edition_items, main_items
from punte.web.organiser.sentences import GoalFigure, state_the_proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """
    An edition as its organisers work on it.

    Parameters
    ----------
    may_change
        False for an auditor, who reads.
    """

    edition: Edition
    may_change: bool
    subnavigation: tuple[Item, ...]
    navigation: tuple[Item, ...]

    @property
    def address(self) -> str:
        """Where the pages of the timetable begin."""
        return f"/e/{self.edition.slug}/timetable/"

    def context(self, **more: object) -> dict[str, Any]:
        """Return what the templates of these pages take."""
        return {
            "edition": self.edition,
            "address": self.address,
            "may_change": self.may_change,
            "synthetic": self.edition.is_synthetic,
            "navigation": self.navigation,
            "subnavigation": self.subnavigation,
            **more,
        }

    def version(self, number: int) -> VersionLine:
        """
        Return a version of the timetable.

        Raises
        ------
        Http404
            There is none for this reader.
        """
        found = find_version(self.edition.pk, number)
        if found is None:
            raise Http404
        return found


def open_desk(request: HttpRequest, slug: str, *, to_change: bool = False) -> Desk:
    """
    Return the desk of an edition.

    Parameters
    ----------
    to_change
        The page changes something, which an auditor may not.

    Raises
    ------
    Http404
        There is no such edition for the reader, or its desk is not theirs: the answer is the same.
    """
    subject = active_subject()
    edition = find_edition(slug)
    if edition is None:
        raise Http404
    may_change = may_organise(subject, edition.pk)
    if not may_change and (to_change or not subject.has_right("audit", edition.pk)):
        raise Http404
    return Desk(
        edition=edition,
        may_change=may_change,
        navigation=main_items(request),
        subnavigation=edition_items(request, edition, subject),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCard:
    """A version as lists and heads show it."""

    id: UUID
    number: int
    state: str
    state_label: str
    origin: str
    origin_label: str
    comment: str
    made_at: datetime
    met: int
    asked: int
    seed: int
    engine: str
    instance_sha256: str
    goals: tuple[GoalFigure, ...]
    preliminary_until: datetime | None

    @property
    def unmet(self) -> int:
        """Requests not held [count]."""
        return max(0, self.asked - self.met)

    @property
    def goal(self) -> GoalFigure:
        """The first goal, which decides."""
        return self.goals[0] if self.goals else NO_GOAL

    @property
    def claim(self) -> str:
        """What the version claims, in plain words."""
        return state_the_proof(self.goals, met=self.met, asked=self.asked)


NO_GOAL = GoalFigure(name="weight", value=None, bound=None, proved=False)


def _still(until: datetime | None) -> datetime | None:
    return until if until is not None and until > timezone.now() else None


def card_of(line: VersionLine) -> VersionCard:
    """Return a version as pages show it."""
    return VersionCard(
        id=line.id,
        number=line.number,
        state=line.state,
        state_label=str(line.state_label),
        origin=line.origin,
        origin_label=str(line.origin_label),
        comment=line.comment,
        made_at=line.created_at,
        met=line.meeting_count,
        asked=line.request_count,
        seed=line.seed,
        engine=line.engine,
        instance_sha256=line.instance_sha256,
        preliminary_until=_still(line.preliminary_until),
        goals=tuple(
            GoalFigure(name=goal.name, value=goal.value, bound=goal.bound, proved=goal.proved)
            for goal in line.goals
        ),
    )
