"""What a desk takes along, and what several desks without a network bring back."""

import base64
import dataclasses
import datetime as dt
import json
import random
import uuid

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.utils import timezone

from edition_rows import make_edition
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import desk, snapshot
from punte.apps.cooperation.models import Scan
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people.models import Grant, Person
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return make_edition(organisations=20, each=3).edition


def helper_of(edition: Edition, until: dt.datetime | None = None) -> Subject:
    """Return somebody whose one right is to check in."""
    with acting_as_system("tests"):
        person = Person.objects.create(name="Helper", owner_org_id=edition.owner_org_id)
        Grant.objects.create(person=person, right="check-in", edition_id=edition.pk, until=until)
    return subject_of_person(person.pk)


def is_signed(text: str, signature: str) -> bool:
    raw = base64.b64decode(signature)
    halves = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), base64.b64decode(snapshot.public_key())
    )
    try:
        key.verify(encode_dss_signature(*halves), text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def test_a_list_holds_exactly_whom_the_desk_sees(edition: Edition) -> None:
    helper = helper_of(edition)
    with acting_as_system("tests"):
        hidden = Delegate.objects.filter(edition=edition)[0]
        Delegate.objects.filter(pk=hidden.pk).update(label_releasable_to=[])
    with acting(helper):
        made = snapshot.take_snapshot(by=helper, edition=edition)
        seen = set(Delegate.objects.filter(edition=edition).values_list("code", flat=True))
    content = json.loads(made.text)
    assert {one["code"] for one in content["people"]} == seen
    assert hidden.code not in seen
    assert len(seen) > 50
    assert set(content["people"][0]) == {"code", "name", "organisation", "since"}
    with acting_as_system("tests"):
        assert AuditEntry.objects.filter(verb="check_in.snapshot").count() == 1


def test_a_list_is_signed_letter_for_letter(edition: Edition) -> None:
    helper = helper_of(edition)
    with acting(helper):
        made = snapshot.take_snapshot(by=helper, edition=edition)
    assert is_signed(made.text, made.signature)
    assert not is_signed(made.text.replace("Person 1", "Person I", 1), made.signature)


@pytest.mark.parametrize("hours", [None, 3, 40])
def test_a_list_runs_out_with_the_right_and_the_day(edition: Edition, hours: int | None) -> None:
    now = timezone.now()
    end = None if hours is None else now + dt.timedelta(hours=hours)
    helper = helper_of(edition, until=end)
    with acting(helper):
        content = json.loads(snapshot.take_snapshot(by=helper, edition=edition).text)
    lasts = dt.datetime.fromisoformat(content["valid_until"]) - now
    expected = dt.timedelta(hours=min(hours or 12, 12))
    assert abs(lasts - expected) < dt.timedelta(minutes=1)


def test_a_list_is_for_those_with_the_right(edition: Edition) -> None:
    stranger = dataclasses.replace(helper_of(edition), groups=frozenset({"PUBLIC"}))
    with acting(stranger), pytest.raises(NotPartOfItError):
        snapshot.take_snapshot(by=stranger, edition=edition)


def bundle(desk_name: str, scans: list[dict[str, str]]) -> bytes:
    return json.dumps(
        {"format": "punte.check-in.bundle/1", "desk": desk_name, "scans": scans}
    ).encode()


def test_two_desks_an_hour_without_network_bring_the_truth_of_one(edition: Edition) -> None:
    chance = random.Random(11)
    helper = helper_of(edition)
    with acting_as_system("tests"):
        codes = list(Delegate.objects.filter(edition=edition).values_list("code", flat=True))
    start = timezone.now() - dt.timedelta(hours=2)
    scans = [
        {
            "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "code": chance.choice(codes),
            "kind": "undo" if chance.random() < 0.1 else "in",
            "at": (start + dt.timedelta(seconds=chance.randrange(3600))).isoformat(),
            "desk": chance.choice(["A", "B"]),
        }
        for _ in range(400)
    ]
    assert len({one["code"] for one in scans if one["desk"] == "A"} & set(codes)) > 40
    with acting(helper):
        desk.merge_bundle(by=helper, edition=edition, content=bundle("one", scans), desk="")
        truth = desk.who_is_here(edition)
        stored = set(Scan.objects.values_list("pk", "delegate_id", "kind", "at"))
    with acting_as_system("tests"):
        Scan.objects.all().delete()
    own = {name: [one for one in scans if one["desk"] == name] for name in "AB"}
    # Each was cut off while it sent: the other half, and then all of it once more.
    sent = [own["B"][:90], own["A"], own["B"], own["A"][40:], own["B"]]
    with acting(helper):
        brought = [
            desk.merge_bundle(by=helper, edition=edition, content=bundle("x", part), desk="")
            for part in sent
        ]
        assert sum(one.new for one in brought) == 400
        assert not any(one.conflicts for one in brought)
        assert desk.who_is_here(edition) == truth
        assert set(Scan.objects.values_list("pk", "delegate_id", "kind", "at")) == stored


def test_one_badge_at_two_desks_is_told(edition: Edition) -> None:
    helper = helper_of(edition)
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=edition)[0]
    with acting(helper):
        desk.scan(by=helper, edition=edition, delegate=one, desk="North")
        scan = {
            "id": str(uuid.uuid4()),
            "code": one.code,
            "at": timezone.now().isoformat(),
            "desk": "South",
        }
        done = desk.merge_bundle(
            by=helper, edition=edition, content=bundle("South", [scan]), desk=""
        )
    assert done.elsewhere == (one.badge_name,)
