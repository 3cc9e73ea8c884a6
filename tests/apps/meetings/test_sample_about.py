"""The sample's requests are about something that suits their two sides, the same each time."""

import pytest
from django.utils import timezone

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.market.models import Listing
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.sample_about import name_subjects
from punte.apps.people.models import Organisation

pytestmark = pytest.mark.django_db


def add(rows: Rows, owner: Organisation, side: str, *capability: str, audience: str) -> Listing:
    return Listing.objects.create(
        side=side,
        title=f"{side} of {owner.name}",
        state="published",
        audience=audience,
        is_synthetic=True,
        edition_id=rows.edition.pk,
        owner_org=owner,
        capability=list(capability),
        published_at=timezone.now(),
    )


def test_a_request_names_what_answers_the_other_side_and_only_what_both_see() -> None:
    rows = make_edition(organisations=4, each=1, requests=6)
    with acting_as_system("tests"):
        MeetingRequest.objects.update(about_listing_id=None)
        first = MeetingRequest.objects.select_related(
            "sender__organisation", "receiver__organisation"
        ).order_by("pk")[0]
        sender, receiver = first.sender.organisation, first.receiver.organisation
        add(rows, sender, "need", "C1", audience="edition")
        hidden = add(rows, receiver, "offer", "C1", audience="own")
        add(rows, receiver, "offer", "C2", audience="edition")
        answer = add(rows, receiver, "offer", "C1", audience="edition")
    count = name_subjects(rows.edition.pk)
    with acting_as_system("tests"):
        chosen = dict(MeetingRequest.objects.values_list("pk", "about_listing_id"))
    assert chosen[first.pk] == answer.pk
    assert hidden.pk not in chosen.values()
    assert count == sum(about is not None for about in chosen.values())
    assert name_subjects(rows.edition.pk) == 0, "who is about something stays so"
    with acting_as_system("tests"):
        others = MeetingRequest.objects.filter(about_listing_id__isnull=True).select_related(
            "sender", "receiver"
        )
        sides = {one.sender.organisation_id for one in others}
        sides |= {one.receiver.organisation_id for one in others}
    assert not sides & {sender.pk, receiver.pk}
