"""An edition made twice is warned of; one made by mistake goes while it is empty; any other is archived and kept."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from cast import EDITION, Cast, make_member, make_open_edition
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.archiving import OF_SET_UP, archive_edition, take_edition_away
from punte.apps.forum.models import Edition, Place, Session, Slot
from punte.apps.forum.set_up import SetUpError
from punte.apps.people.models import ClearanceStage, MailWording, WatchEntry
from set_up_desk import FACTS, make, organiser_anywhere
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(cast: Cast) -> Client:
    return organiser_anywhere(cast)


def count() -> int:
    with acting_as_system("tests"):
        return Edition.objects.count()


def found(address: str) -> Edition:
    with acting_as_system("tests"):
        return Edition.objects.get(slug=address.split("/")[2])


def test_the_same_name_with_days_in_common_is_asked_about(organiser: Client) -> None:
    first = make(organiser)
    later = {
        **FACTS,
        "name": "  chișinău   2027",
        "starts_on": "2027-05-11",
        "ends_on": "2027-05-12",
    }
    asked = organiser.post("/editions/new/", later)
    page = asked.content.decode()
    assert "There is an edition of this name" in page
    assert f"/e/{found(first).slug}/" in page
    assert 'value="2027-05-12"' in page, "what was typed stays"
    assert count() == 1
    assert organiser.post("/editions/new/", {**later, "sure": "yes"}).status_code == 302
    other = {**FACTS, "starts_on": "2028-05-11", "ends_on": "2028-05-12"}
    assert organiser.post("/editions/new/", other).status_code == 302, "other days are no doubt"
    assert count() == 3
    copy = organiser.post(f"{first}copy/", FACTS).content.decode()
    assert "There is an edition of this name" in copy
    assert count() == 3


def test_an_edition_that_the_organiser_does_not_see_is_not_told_of(organiser: Client) -> None:
    stranger = make_member("Eva", "Elsewhere", "authority", edition_id=uuid.uuid4())
    edition = found(make(organiser))
    with acting_as_system("tests"):
        Edition.objects.filter(pk=edition.pk).update(
            owner_org_id=stranger.organisation.pk, label_stewards=[], label_releasable_to=[]
        )
    assert organiser.post("/editions/new/", FACTS).status_code == 302


def test_an_empty_edition_is_taken_away_with_all_that_was_set_up(organiser: Client) -> None:
    address = make(organiser)
    edition = found(address)
    with acting_as_system("tests"):
        Place.objects.create(edition=edition, code="T1", name="T", kind="table", position=1)
        ClearanceStage.objects.create(
            edition_id=edition.pk, position=1, name="Security", right="organise"
        )
        MailWording.objects.create(
            edition_id=edition.pk,
            kind="request.received",
            language="en",
            subject="x",
            text="y",
            owner_org_id=edition.owner_org_id,
        )
    organiser.post(
        f"/e/{edition.slug}/agenda/edit/new/",
        {
            "title": "Draft",
            "kind": "side",
            "format": "open",
            "starts_at": "2027-05-10T10:00",
            "ends_at": "2027-05-10T11:00",
        },
    )
    with acting_as_system("tests"):
        assert Session.objects.filter(edition=edition).count() == 1
    assert "Archive it, or take it away" in organiser.get(address).content.decode()
    page = organiser.get(f"{address}end/").content.decode()
    assert "Take it away for good" in page
    told = organiser.post(f"{address}end/", {"do": "away"}, follow=True).content.decode()
    assert "“Chișinău 2027” is taken away." in told
    assert organiser.get(address).status_code == 404
    with acting_as_system("tests"):
        for model in (Place, ClearanceStage, MailWording, Session, Slot):
            assert not model.objects.filter(edition_id=edition.pk).exists(), model
        entry = AuditEntry.objects.get(verb="edition.taken_away")
    assert entry.edition_id == edition.pk
    assert entry.detail["name"] == "Chișinău 2027"


def released(edition: Edition) -> None:
    Session.objects.create(
        edition=edition,
        code="p1",
        kind="plenary",
        format="open",
        title="Opening",
        starts_at="2027-05-10T08:00Z",
        ends_at="2027-05-10T09:00Z",
        is_released=True,
        owner_org_id=edition.owner_org_id,
    )


def watched(edition: Edition) -> None:
    WatchEntry.objects.create(
        edition_id=edition.pk, name="Somebody", reason="x", owner_org_id=edition.owner_org_id
    )


def announced(edition: Edition) -> None:
    Edition.objects.filter(pk=edition.pk).update(label_releasable_to=["PUBLIC"])


@pytest.mark.parametrize("fill", [released, watched, announced])
def test_an_edition_that_holds_anything_or_is_announced_stays(
    organiser: Client, fill: Callable[[Edition], None]
) -> None:
    address = make(organiser)
    edition = found(address)
    with acting_as_system("tests"):
        fill(edition)
    assert "Take it away for good" not in organiser.get(f"{address}end/").content.decode()
    told = organiser.post(f"{address}end/", {"do": "away"}, follow=True).content.decode()
    assert "Archive" in told
    assert organiser.get(address).status_code == 200


def test_an_archived_edition_is_in_no_list_keeps_its_address_and_comes_back(
    cast: Cast, organiser: Client, client: Client
) -> None:
    edition = make_open_edition(cast, "industry")
    home, own = "/", f"/e/{edition.slug}/"
    assert edition.name in client.get(home).content.decode().split('id="editions"')[1]
    assert "Apply to come" in client.get(own).content.decode()
    page = organiser.get(f"{own}set-up/end/").content.decode()
    assert f"Its public address {own}" in page
    organiser.post(f"{own}set-up/end/", {"do": "archive"})
    assert f'href="{own}"' not in client.get(home).content.decode()
    assert edition.slug not in client.get("/api/v1/editions").content.decode()
    assert client.get(f"/api/v1/editions/{edition.slug}").status_code == 200
    kept = client.get(own).content.decode()
    assert "This edition was archived on" in kept
    assert "Apply to come" not in kept
    assert f'href="{own}"' in organiser.get(home).content.decode(), "its organisers find it"
    organiser.post(f"{own}set-up/end/", {"do": "back"})
    assert f'href="{own}"' in client.get(home).content.decode()
    with acting_as_system("tests"):
        verbs = set(AuditEntry.objects.filter(edition_id=EDITION).values_list("verb", flat=True))
    assert {"edition.archived", "edition.taken_out_of_archive"} <= verbs


def test_only_its_organisers_archive_and_take_away(cast: Cast, organiser: Client) -> None:
    edition = found(make(organiser))
    for part in ("company", "authority", "guest", "outsider"):
        assert (
            signed_in(cast.everybody[part]).get(f"/e/{edition.slug}/set-up/end/").status_code == 404
        )
        with acting(cast.everybody[part].subject) as by:
            for step in (archive_edition, take_edition_away):
                with pytest.raises(SetUpError):
                    step(by=by, edition=edition)


def test_the_tables_of_the_set_up_are_named_right() -> None:
    from django.apps import apps

    assert {apps.get_model(label)._meta.label for label in OF_SET_UP} == OF_SET_UP
