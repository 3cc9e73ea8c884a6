"""A meeting of a test edition, and who speaks at it."""

from django.utils import timezone

from edition_rows import Rows
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Delegation, Membership, Nomination, Person
from punte.apps.people.queries import subject_of_person


def cleared(person: Person, rows: Rows) -> Subject:
    """Return a person as a cleared delegate of its organisation."""
    with acting_as_system("tests"):
        Membership.objects.get_or_create(
            person=person,
            organisation_id=person.owner_org_id,
            defaults={"confirmed_at": timezone.now()},
        )
        delegation, _new = Delegation.objects.get_or_create(
            edition_id=rows.edition.pk,
            organisation_id=person.owner_org_id,
            defaults={"owner_org_id": person.owner_org_id},
        )
        Nomination.objects.get_or_create(
            person=person,
            edition_id=rows.edition.pk,
            defaults={
                "delegation": delegation,
                "owner_org_id": person.owner_org_id,
                "state": Nomination.State.CLEARED,
                "cleared_at": timezone.now(),
            },
        )
    return subject_of_person(person.pk)


def meeting_of(rows: Rows) -> tuple[MeetingRequest, Subject, Subject, Subject]:
    """Return a request, its two sides, and somebody of a third organisation."""
    with acting_as_system("tests"):
        request = MeetingRequest.objects.filter(edition=rows.edition).select_related(
            "sender__person",
            "receiver__person",
            "sender__organisation",
            "receiver__organisation",
            "edition",
        )[0]
        MeetingRequest.objects.filter(pk=request.pk).update(
            label_stewards=[f"org:{request.receiver.organisation_id}"]
        )
        third = (
            Delegate.objects.filter(edition=rows.edition)
            .exclude(
                organisation__in=[request.sender.organisation_id, request.receiver.organisation_id]
            )
            .select_related("person")[0]
        )
    return (
        request,
        cleared(request.sender.person, rows),
        cleared(request.receiver.person, rows),
        cleared(third.person, rows),
    )
