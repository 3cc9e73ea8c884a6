"""Reads of programmes, in the active subject's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from punte.apps.programmes.models import (
    Milestone,
    MilestoneWait,
    PlanVersion,
    Programme,
    PromiseChange,
)

Kind = PlanVersion.Kind


def list_programmes() -> list[Programme]:
    """Return the programmes that the subject sees, flagships and targets first, each with its milestones fetched."""
    order = {"flagship": 0, "targets": 1, "joint": 2, "national": 3}
    found = Programme.objects.prefetch_related("milestones")
    return sorted(found, key=lambda programme: (order[programme.kind], programme.name))


def find_programme(programme_id: UUID) -> Programme | None:
    """Return a programme; None where there is none for the subject."""
    return Programme.objects.filter(pk=programme_id).first()


def find_milestone(milestone_id: UUID) -> Milestone | None:
    """Return a milestone with its programme; None where there is none for the subject."""
    return Milestone.objects.select_related("programme").filter(pk=milestone_id).first()


def milestones_by_id(ids: Iterable[UUID]) -> dict[UUID, Milestone]:
    """Return those of the milestones that the subject sees."""
    return {
        milestone.pk: milestone
        for milestone in Milestone.objects.select_related("programme").filter(pk__in=set(ids))
    }


def open_milestones() -> list[Milestone]:
    """Return the milestones that the subject sees and that are not done, by programme and date."""
    return list(
        Milestone.objects.select_related("programme")
        .filter(done_on__isnull=True)
        .order_by("programme__name", "promised_on", "pk")
    )


def newest(programme: Programme, kind: Kind) -> PlanVersion | None:
    """Return the newest plan, scenario or baseline of a programme."""
    return PlanVersion.objects.filter(programme=programme, kind=kind).first()


def promise_changes(programme: Programme) -> list[PromiseChange]:
    """Return the changes of a programme's promised dates, newest first."""
    return list(
        PromiseChange.objects.filter(milestone__programme=programme).select_related("milestone")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A milestone that waits for another."""

    milestone: Milestone
    after: Milestone

    @property
    def is_at_odds(self) -> bool:
        """Whether it is promised before what it waits for, which nobody has shown as done."""
        return self.after.done_on is None and self.after.promised_on > self.milestone.promised_on


def waits_across() -> list[Wait]:
    """Return the dependencies between milestones of different programmes; both ends are seen by the subject."""
    rows = MilestoneWait.objects.select_related(
        "from_milestone__programme", "to_milestone__programme"
    )
    found = [Wait(milestone=row.from_milestone, after=row.to_milestone) for row in rows]
    across = [one for one in found if one.milestone.programme_id != one.after.programme_id]
    return sorted(across, key=lambda one: (one.milestone.promised_on, one.milestone.name))
