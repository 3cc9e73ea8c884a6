"""What belongs to an edition, so that its record holds that and nothing else: each reader finds of it what they see."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.models import (
    Activity,
    Assistance,
    Commitment,
    Cooperation,
    Decision,
    Topic,
)
from punte.apps.forum.models import Edition
from punte.apps.market.models import Listing
from punte.apps.market.queries import Filter, listings
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import WorkingGroup
from punte.apps.programmes.models import Milestone, Programme
from punte.apps.programmes.queries import list_programmes


@dataclass(frozen=True, slots=True, kw_only=True)
class OfEdition:
    """
    The rows of an edition that the reader sees.

    Parameters
    ----------
    cooperations
        Begun at one of its meetings.
    commitments
        Made at one of its meetings, in a cooperation from it, or on its days.
    assistance
        On its days, or with an activity on them.
    activities
        Of that assistance, on its days.
    groups
        Open to its delegates.
    decisions
        Of its topics, and of those of such groups.
    programmes
        With the milestones that one of the above serves, and only those.
    """

    needs: QuerySet[Listing]
    offers: QuerySet[Listing]
    commitments: QuerySet[Commitment]
    cooperations: QuerySet[Cooperation]
    assistance: QuerySet[Assistance]
    activities: QuerySet[Activity]
    groups: QuerySet[WorkingGroup]
    decisions: QuerySet[Decision]
    programmes: list[tuple[Programme, list[Milestone]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """What leads to an edition, whoever sees it: requests, cooperations from them, groups and topics."""

    requests: list[UUID]
    cooperations: list[UUID]
    groups: list[UUID]
    topics: list[UUID]


def rows_of_edition(edition: Edition, reader: Subject) -> OfEdition:
    """Return what belongs to an edition, as far as the reader, who is the active subject, sees it."""
    ids = ids_of_edition(edition)
    needs = listings(Filter(side="need", edition_id=edition.pk), reader)
    offers = listings(Filter(side="offer", edition_id=edition.pk), reader)
    cooperations = Cooperation.objects.filter(pk__in=ids.cooperations)
    commitments = Commitment.objects.filter(
        Q(request_id__in=ids.requests)
        | Q(cooperation_id__in=ids.cooperations)
        | Q(promised_on__gte=edition.starts_on, promised_on__lte=edition.ends_on)
    )
    served = {
        key
        for rows in (needs, offers, cooperations, commitments)
        for key in rows.order_by().values_list("milestone_id", flat=True)
        if key is not None
    }
    activities = Activity.objects.filter(
        starts_on__lte=edition.ends_on, ends_on__gte=edition.starts_on
    )
    return OfEdition(
        needs=needs,
        offers=offers,
        commitments=commitments,
        cooperations=cooperations,
        assistance=Assistance.objects.annotate(last=Coalesce("ends_on", "starts_on")).filter(
            Q(starts_on__lte=edition.ends_on, last__gte=edition.starts_on)
            | Q(pk__in=activities.order_by().values("assistance_id"))
        ),
        activities=activities,
        groups=WorkingGroup.objects.filter(pk__in=ids.groups),
        decisions=Decision.objects.filter(withdrawn_because="", topic_id__in=ids.topics),
        programmes=_serving(served),
    )


def ids_of_edition(edition: Edition) -> Ids:
    """Return what leads to an edition, whoever sees it; the rows themselves are read in the reader's name."""
    with acting_as_system("tell what belongs to an edition"):
        requests = list(MeetingRequest.objects.filter(edition=edition).values_list("pk", flat=True))
        groups = list(
            WorkingGroup.objects.filter(open_to__contains=[f"edition:{edition.pk}"]).values_list(
                "pk", flat=True
            )
        )
        return Ids(
            requests=requests,
            cooperations=list(
                Cooperation.objects.filter(request_id__in=requests).values_list("pk", flat=True)
            ),
            groups=groups,
            topics=list(
                Topic.objects.filter(Q(edition_id=edition.pk) | Q(group_id__in=groups)).values_list(
                    "pk", flat=True
                )
            ),
        )


def _serving(served: set[UUID]) -> list[tuple[Programme, list[Milestone]]]:
    found = [
        (programme, [one for one in programme.milestones.all() if one.pk in served])
        for programme in list_programmes()
    ]
    return [(programme, milestones) for programme, milestones in found if milestones]
