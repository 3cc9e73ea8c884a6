"""The label of a thing as a page and as files, and its form: who gains and who loses sight is what the wall then does."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from cast import EDITION, Cast
from punte.apps.access.models import AuditEntry, Labelled
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.cooperation.models import Assistance, Commitment, Topic
from punte.apps.market.models import Listing
from punte.apps.people.labels import Wanted, change_label
from punte.apps.people.models import WorkingGroup
from punte.apps.people.permissions import NotAllowedError
from punte.apps.programmes.models import Programme

pytestmark = pytest.mark.django_db
KINDS = ("programme", "commitment", "assistance", "topic")


def make(cast: Cast, kind: str, **label: object) -> Labelled:
    """Return a thing of the authority, for its own people unless the label says more."""
    shared = {"owner_org": cast.authority.organisation, **label}
    with acting_as_system("tests"):
        if kind == "programme":
            return Programme.objects.create(name="A secret shield", **shared)
        if kind == "commitment":
            return Commitment.objects.create(who="Minister", what="A secret shield", **shared)
        if kind == "assistance":
            return Assistance.objects.create(
                title="A secret shield", kind="training", provider="FRA", **shared
            )
        return Topic.objects.create(title="A secret shield", **shared)


def reads(client: Client, cast: Cast, part: str, address: str) -> int:
    client.force_login(cast.everybody[part].account)
    return client.get(address).status_code


@pytest.mark.parametrize("kind", KINDS)
def test_the_label_is_given_to_who_sees_the_thing_and_to_nobody_else(
    cast: Cast, client: Client, kind: str
) -> None:
    row = make(cast, kind, label_releasable_to=["MDA", f"org:{cast.company.organisation.pk}"])
    for ending in ("", "label.xml", "label.json"):
        address = f"/labels/{kind}/{row.pk}/{ending}"
        assert Client().get(address).status_code == 404
        assert reads(client, cast, "outsider", address) == 404
        assert reads(client, cast, "guest", address) == 200
        assert reads(client, cast, "authority", address) == 200
    client.force_login(cast.guest.account)
    answer = client.get(f"/labels/{kind}/{row.pk}/label.json")
    assert answer["X-Handling"] == "TLP:AMBER"
    found = {one["tag"]: one["values"] for one in json.loads(answer.content)["categories"]}
    assert found["Releasable To"] == ["MDA"], "another organisation's name is not told"
    assert b"<GenericValue>MDA<" in client.get(f"/labels/{kind}/{row.pk}/label.xml").content
    client.force_login(cast.authority.account)
    own = json.loads(client.get(f"/labels/{kind}/{row.pk}/label.json").content)
    assert f"org:{cast.company.organisation.pk}" in str(own["categories"])
    with acting_as_system("tests"):
        told = [one.detail["what"] for one in AuditEntry.objects.filter(verb="export.read")]
    assert f"label_{kind}_json" in told


PAGES = {
    "programme": "/programmes/{}/",
    "commitment": "/commitments/{}/",
    "assistance": "/assistance/{}/",
    "topic": "/discussions/{}/",
}


@pytest.mark.parametrize("kind", KINDS)
def test_its_page_leads_to_its_label(cast: Cast, client: Client, kind: str) -> None:
    row = make(cast, kind, label_releasable_to=["FRA"])
    client.force_login(cast.authority.account)
    page = client.get(PAGES[kind].format(row.pk)).content.decode()
    assert f'href="/labels/{kind}/{row.pk}/"' in page
    assert PAGES[kind].format(row.pk) in client.get(f"/labels/{kind}/{row.pk}/").content.decode()


def test_exports_carry_the_label_of_what_is_in_them(cast: Cast, client: Client) -> None:
    topic = make(cast, "topic", label_releasable_to=["FRA"])
    with acting_as_system("tests"):
        for groups, tlp in ((["EU", "NATO"], "TLP:GREEN"), (["EU", "MDA"], "TLP:AMBER+STRICT")):
            Listing.objects.create(
                side="need",
                title="Bridging",
                state="published",
                owner_org=cast.authority.organisation,
                published_at=timezone.now(),
                label_releasable_to=groups,
                label_tlp=tlp,
            )
    client.force_login(cast.authority.account)
    found = json.loads(client.get(f"/discussions/{topic.pk}/?as=json").content)["label"]
    assert found["classification"] == "UNCLASSIFIED"
    assert {"type": "INFORMATIVE", "tag": "TLP", "values": ["TLP:AMBER"]} in found["categories"]
    needs = json.loads(client.get("/needs/table/?format=json").content)["label"]
    tags = {one["tag"]: one["values"] for one in needs["categories"]}
    assert tags["Releasable To"] == ["EU"], "who may see the file may see each row"
    assert tags["TLP"] == ["TLP:AMBER+STRICT"]


@pytest.mark.parametrize("kind", KINDS)
def test_looking_changes_nothing_and_says_what_the_wall_then_does(
    cast: Cast, client: Client, kind: str
) -> None:
    row = make(cast, kind, label_releasable_to=["MDA"])
    address = f"/labels/{kind}/{row.pk}/"
    form = {"audience": "EU", "tlp": "TLP:GREEN", "embargo_on": "", "expires_on": ""}
    assert reads(client, cast, "guest", address) == 200
    assert reads(client, cast, "company", address) == 404
    client.force_login(cast.authority.account)
    looked = client.post(address, form | {"do": "look"}).content.decode()
    gains, loses = looked.split("Would see it, and do not now")[1].split("any more")
    assert "Poland" in gains
    assert "Switzerland" not in gains + loses
    assert "Moldova" in loses
    assert "Moldova" not in gains
    assert reads(client, cast, "guest", address) == 200, "looking changes nothing"
    client.force_login(cast.authority.account)
    assert client.post(address, form | {"do": "change"}).status_code == 302
    assert reads(client, cast, "guest", address) == 404
    assert reads(client, cast, "company", address) == 200
    with acting_as_system("tests"):
        entry = AuditEntry.objects.get(verb="label.changed")
        row.refresh_from_db()
    assert entry.person_id == cast.authority.person.pk
    assert entry.detail["before"]["label_releasable_to"] == ["MDA"]
    assert entry.detail["after"]["label_releasable_to"] == ["EU"]
    assert (row.label_tlp, row.label_releasable_to) == ("TLP:GREEN", ["EU"])


@pytest.mark.parametrize("kind", KINDS)
def test_who_keeps_it_not_has_no_form_and_no_step(cast: Cast, client: Client, kind: str) -> None:
    row = make(cast, kind, label_releasable_to=["MDA", "EU"])
    address = f"/labels/{kind}/{row.pk}/"
    for part in ("guest", "company"):
        client.force_login(cast.everybody[part].account)
        assert "<select" not in client.get(address).content.decode().split("<main")[1]
        for do in ("look", "change"):
            data = {"audience": "public", "tlp": "TLP:CLEAR", "do": do}
            assert client.post(address, data).status_code == 404
    with acting_as_system("tests"):
        row.refresh_from_db()
    assert row.label_releasable_to == ["MDA", "EU"]


def test_the_window_opens_and_closes_on_its_days(cast: Cast, client: Client) -> None:
    row = make(cast, "commitment", label_releasable_to=["MDA"])
    address = f"/labels/commitment/{row.pk}/"
    today = timezone.localdate()
    client.force_login(cast.authority.account)
    form = {"audience": "as-it-is", "tlp": "TLP:AMBER", "do": "look"}
    later = (today + dt.timedelta(days=2)).isoformat()
    looked = client.post(address, form | {"embargo_on": later}).content.decode()
    assert "Moldova" in looked.split("any more")[1]
    crossed = client.post(
        address, form | {"embargo_on": later, "expires_on": today.isoformat()}
    ).content.decode()
    assert "Give them in order" in crossed
    client.post(address, form | {"do": "change", "expires_on": today.isoformat()})
    assert reads(client, cast, "guest", address) == 200, "the last day is within"
    with acting_as_system("tests"):
        row.refresh_from_db()
    assert timezone.localdate(row.label_expires_at) == today + dt.timedelta(days=1)
    client.force_login(cast.authority.account)
    assert f'value="{today}"' in client.get(address).content.decode()


def test_what_everybody_sees_is_clear_and_the_visitor_is_told_apart(
    cast: Cast, client: Client
) -> None:
    row = make(cast, "assistance")
    address = f"/labels/assistance/{row.pk}/"
    client.force_login(cast.authority.account)
    form = {"audience": "public", "tlp": "TLP:AMBER", "do": "look"}
    assert "What everyone may see is TLP:CLEAR" in client.post(address, form).content.decode()
    looked = client.post(address, form | {"tlp": "TLP:CLEAR"}).content.decode()
    assert "Everyone, signed in or not" in looked
    client.post(address, form | {"tlp": "TLP:CLEAR", "do": "change"})
    assert Client().get(address).status_code == 200
    assert Client().get(f"{address}label.xml").status_code == 200


def test_a_steward_narrows_and_does_not_open(cast: Cast) -> None:
    row = make(
        cast,
        "topic",
        label_releasable_to=["MDA", "EU"],
        label_stewards=right_groups("organise", edition_id=EDITION),
    )
    wanted = {"tlp": "TLP:AMBER", "embargo_until": None, "expires_at": None}
    with acting(cast.organiser.subject) as by:
        topic = Topic.objects.get(pk=row.pk)
        with pytest.raises(NotAllowedError, match="Only its owner's people"):
            change_label(
                by=by, row=topic, wanted=Wanted(releasable_to=("MDA", "EU", "NATO"), **wanted)
            )
        change_label(by=by, row=topic, wanted=Wanted(releasable_to=("EU",), **wanted))
    with acting_as_system("tests"):
        row.refresh_from_db()
    assert row.label_releasable_to == ["EU"]


def test_a_topic_of_a_group_is_its_members_affair(cast: Cast, client: Client) -> None:
    with acting_as_system("tests"):
        group = WorkingGroup.objects.create(
            name="Masts", about="Masts", owner_org=cast.authority.organisation
        )
    row = make(cast, "topic", group=group)
    client.force_login(cast.authority.account)
    page = client.get(f"/labels/topic/{row.pk}/").content.decode()
    assert "<select" not in page.split("<main")[1]
    assert client.post(f"/labels/topic/{row.pk}/", {"do": "look"}).status_code == 404
