"""A meeting of a test edition, and who speaks at it."""

from itertools import product

import pytest
from django.utils import timezone

from edition_rows import Rows
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
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
        request = MeetingRequest.objects.filter(
            edition=rows.edition, meetings__version=rows.version
        ).select_related(
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


def pair_with_a_clash(version: TimetableVersion) -> tuple[Meeting, Meeting, Delegate]:
    """Return two meetings of different slots, and a side of the second who is a colleague of the first's sender."""
    meetings = Meeting.objects.filter(version=version).select_related(
        "request__sender", "request__receiver", "slot", "place"
    )
    for one, other in product(meetings, meetings):
        sides = {one.request.sender_id, one.request.receiver_id}
        for mate in (other.request.sender, other.request.receiver):
            if (
                one.slot_id != other.slot_id
                and mate.pk not in sides
                and mate.organisation_id == one.request.sender.organisation_id
                and one.slot_id not in busy_slots(version, [mate.pk])
            ):
                return one, other, mate
    pytest.fail("the edition has no colleague with a meeting of their own")
