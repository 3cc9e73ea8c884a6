"""Reads of programmes, in the active subject's name."""

from collections.abc import Iterable
from uuid import UUID

from punte.apps.programmes.models import Milestone, PlanVersion, Programme, PromiseChange

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
