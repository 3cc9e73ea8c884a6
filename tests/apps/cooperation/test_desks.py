"""What a desk takes along, and what several desks without a network bring back."""

import base64
import dataclasses
import datetime as dt
import json
import random
import uuid
from unittest import mock

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.utils import timezone

from edition_rows import make_edition
from punte.apps.access.models import AuditEntry, Denial
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import bundles, desk, snapshot
from punte.apps.cooperation.models import Scan
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people.models import Grant, Person
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import PunteError

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


def an_hour_of_scans(edition: Edition) -> list[dict[str, str]]:
    """Return 400 scans of an hour at two desks, each at a second of its own, in the order in which they happened."""
    chance = random.Random(11)
    with acting_as_system("tests"):
        codes = sorted(Delegate.objects.filter(edition=edition).values_list("code", flat=True))
    start = timezone.now().replace(microsecond=0) - dt.timedelta(hours=2)
    return [
        {
            "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "code": chance.choice(codes),
            "kind": "undo" if chance.random() < 0.1 else "in",
            "at": (start + dt.timedelta(seconds=second)).isoformat(),
            "desk": chance.choice(["A", "B"]),
        }
        for second in sorted(chance.sample(range(3600), 400))
    ]


def scan_online(by: Subject, edition: Edition, scans: list[dict[str, str]]) -> None:
    """Scan each badge at the moment itself, at one desk with a network."""
    badges = {one.code: one for one in Delegate.objects.filter(edition=edition)}
    for one in scans:
        moment = dt.datetime.fromisoformat(one["at"])
        with mock.patch.object(desk.timezone, "now", return_value=moment):
            desk.scan(
                by=by, edition=edition, delegate=badges[one["code"]], kind=one["kind"], desk="one"
            )


def told(edition: Edition) -> dict[uuid.UUID, tuple[bool, dt.datetime | None]]:
    """Return of everybody whether they are here, and since when."""
    return {key: (one.is_here, one.since) for key, one in desk.who_is_here(edition).items()}


def at_both(scans: list[dict[str, str]]) -> set[str]:
    """Return the badges that both desks scanned since they were last taken back, counted by hand."""
    desks: dict[str, set[str]] = {}
    for one in scans:
        found = desks.setdefault(one["code"], set())
        found.clear() if one["kind"] == "undo" else found.add(one["desk"])
    return {code for code, found in desks.items() if len(found) == 2}


def test_two_desks_an_hour_without_network_bring_the_truth_of_one(edition: Edition) -> None:
    helper, scans = helper_of(edition), an_hour_of_scans(edition)
    own = {name: [one for one in scans if one["desk"] == name] for name in "AB"}
    assert len({one["code"] for one in own["A"]} & {one["code"] for one in own["B"]}) > 40
    with acting(helper):
        scan_online(helper, edition, scans)
        truth, present = told(edition), desk.count_present(edition)
        what = sorted(Scan.objects.values_list("at", "delegate_id", "kind"))
    assert 0 < present < len(truth)
    with acting_as_system("tests"):
        Scan.objects.all().delete()
    # Each was cut off while it sent: the other half, and then all of it once more.
    sent = [own["B"][:90], own["A"], own["B"], own["A"][40:], own["B"]]
    with acting(helper):
        brought = [
            bundles.merge_bundle(by=helper, edition=edition, content=bundle("x", part), desk="")
            for part in sent
        ]
        assert [one.new for one in brought] == [90, len(own["A"]), len(own["B"]) - 90, 0, 0]
        assert [one.known for one in brought][-2:] == [len(own["A"]) - 40, len(own["B"])]
        assert not any(one.conflicts for one in brought)
        assert told(edition) == truth
        assert desk.count_present(edition) == present
        assert sorted(Scan.objects.values_list("at", "delegate_id", "kind")) == what
        named = {one.badge_name: one.code for one in Delegate.objects.filter(edition=edition)}
        shown = {named[name] for name in brought[2].elsewhere}
    touched = {one["code"] for one in own["B"][90:]}
    assert shown == at_both(scans) & touched, "one badge at two desks is shown"
    assert shown


def test_an_identifier_that_two_desks_gave_is_shown_and_loses_no_scan(edition: Edition) -> None:
    helper, scans = helper_of(edition), an_hour_of_scans(edition)
    twice = scans[7] | {"code": scans[8]["code"], "desk": "B", "at": scans[9]["at"]}
    assert twice["code"] != scans[7]["code"]
    with acting(helper):
        bundles.merge_bundle(by=helper, edition=edition, content=bundle("A", scans), desk="")
        for new in (1, 0):
            done = bundles.merge_bundle(
                by=helper, edition=edition, content=bundle("B", [twice]), desk=""
            )
            (conflict,) = done.conflicts
            assert {conflict.first.delegate_id, conflict.second.delegate_id} == set(
                Delegate.objects.filter(code__in=[twice["code"], scans[7]["code"]]).values_list(
                    "pk", flat=True
                )
            )
            assert done.new == new, "and not once more when it comes again"
        assert Scan.objects.count() == 401


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
        done = bundles.merge_bundle(
            by=helper, edition=edition, content=bundle("South", [scan]), desk=""
        )
    assert done.elsewhere == (one.badge_name,)


@pytest.mark.parametrize("cause", ["org", "person", "country"])
def test_who_is_suspended_is_not_let_in(edition: Edition, cause: str) -> None:
    helper = helper_of(edition)
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=edition).select_related("organisation")[5]
        names = {"org": f"org:{one.organisation_id}", "person": f"person:{one.person_id}"}
        Denial.objects.create(name=names.get(cause, one.organisation.country_id or ""), reason="x")
    with acting(helper):
        with pytest.raises(PunteError, match="suspended"):
            desk.scan(by=helper, edition=edition, delegate=one)
        content = json.loads(snapshot.take_snapshot(by=helper, edition=edition).text)
        assert one.code not in {found["code"] for found in content["people"]}
        assert content["people"]
        desk.scan(by=helper, edition=edition, delegate=one, kind="undo")


def a_scan(code: str, **changes: object) -> dict[str, str]:
    made = {"id": str(uuid.uuid4()), "code": code, "at": timezone.now().isoformat(), "desk": "S"}
    return made | {key: str(value) for key, value in changes.items()}


def bring(by: Subject, edition: Edition, *scans: dict[str, str]) -> bundles.Merged:
    return bundles.merge_bundle(by=by, edition=edition, content=bundle("S", list(scans)), desk="")


def test_one_wrong_clock_holds_no_other_scan_up(edition: Edition) -> None:
    helper = helper_of(edition)
    now = timezone.now()
    good, ahead, early = (
        a_scan("P0001"),
        a_scan("P0002", at=(now + dt.timedelta(hours=3)).isoformat()),
        a_scan("P0003", at="1970-01-01T00:00:09+00:00"),
    )
    with acting(helper):
        done = bring(helper, edition, ahead, good, early, a_scan("NOBODY"))
        assert done.new == 1
        assert {(one.code, one.reason) for one in done.doubtful} == {
            ("P0002", "ahead"),
            ("P0003", "early"),
            ("NOBODY", "unknown"),
        }
        assert {str(one.id) for one in done.mistimed} == {ahead["id"], early["id"]}
        mended = bring(helper, edition, ahead | {"at": now.isoformat()})
        assert (mended.new, mended.doubtful) == (1, ())
        assert desk.count_present(edition) == 2


def test_a_marked_desk_holds_no_other_scan_up(edition: Edition) -> None:
    helper = helper_of(edition)
    marked = a_scan("P0001", desk="Secret de serviciu")
    with acting(helper):
        done = bring(helper, edition, marked, a_scan("P0002"), a_scan("NATO SECRET"))
        assert done.new == 1
        assert {(one.code, one.reason) for one in done.doubtful} == {
            ("P0001", "marked"),
            ("(marked)", "unknown"),
        }
        again = bundles.merge_bundle(
            by=helper, edition=edition, content=bundle("NATO SECRET", [marked]), desk=""
        )
        assert (again.new, len(again.doubtful)) == (0, 1)
        assert bring(helper, edition, marked | {"desk": "North"}).new == 1


def test_characters_that_nobody_sees_come_in_by_no_bundle(edition: Edition) -> None:
    helper = helper_of(edition)
    with acting(helper):
        done = bring(
            helper,
            edition,
            a_scan("P0001", desk="\u202eD\u0007"),
            a_scan("\u202eP0002"),
            a_scan("\u202ex"),
        )
        assert (done.new, done.unknown_codes) == (2, ("x",))
    with acting_as_system("tests"):
        assert set(Scan.objects.values_list("desk", flat=True)) == {"D", "S"}


def test_what_a_desk_dropped_stands_in_the_record(edition: Edition) -> None:
    helper = helper_of(edition)
    content = json.loads(bundle("S", [])) | {"dropped": [a_scan("P0004"), a_scan("NATO SECRET")]}
    with acting(helper):
        done = bundles.merge_bundle(
            by=helper, edition=edition, content=json.dumps(content).encode(), desk=""
        )
    assert done.new == 0
    with acting_as_system("tests"):
        entry = AuditEntry.objects.get(verb="check_in.dropped")
        assert "P0004" in entry.detail["scans"]
        assert not Scan.objects.exists()


def test_a_withdrawn_badge_is_kept_flagged_and_recorded(edition: Edition) -> None:
    helper = helper_of(edition)
    with acting_as_system("tests"):
        gone, banned = Delegate.objects.filter(edition=edition)[2:4]
        Delegate.objects.filter(pk=gone.pk).update(left_at=timezone.now(), label_releasable_to=[])
        Denial.objects.create(name=f"person:{banned.person_id}", reason="x")
    with acting(helper):
        assert not Delegate.objects.filter(pk=gone.pk).exists(), "a desk does not see who left"
        before = desk.count_present(edition)
        done = bring(helper, edition, a_scan(gone.code), a_scan(banned.code))
        assert done.new == 2
        assert done.turned_away == tuple(sorted([gone.code, banned.badge_name]))
        assert not done.unknown_codes
        assert desk.count_present(edition) == before
    with acting_as_system("tests"):
        assert set(Scan.objects.values_list("delegate", flat=True)) == {gone.pk, banned.pk}
        told = AuditEntry.objects.filter(verb="check_in.turned_away")
        assert {one.detail["why"] for one in told} == {"withdrawn", "suspended"}


def test_an_undo_of_a_slow_clock_is_told(edition: Edition) -> None:
    helper = helper_of(edition)
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=edition)[6]
    slow = (timezone.now() - dt.timedelta(hours=2)).isoformat()
    with acting(helper):
        desk.scan(by=helper, edition=edition, delegate=one, desk="North")
        done = bring(helper, edition, a_scan(one.code, kind="undo", at=slow))
        assert done.late_undos == (one.badge_name,)
        assert bring(helper, edition, a_scan(one.code, kind="undo")).late_undos == ()


def test_a_third_scan_under_one_identifier_is_told_too(edition: Edition) -> None:
    helper = helper_of(edition)
    first = a_scan("P0001")
    second, third = first | {"code": "P0002"}, first | {"code": "P0003"}
    with acting(helper):
        assert len(bring(helper, edition, first, second).conflicts) == 1
        done = bring(helper, edition, third)
        assert (done.new, len(done.conflicts)) == (1, 1)
        for again in ([first, second], [second], [third], [third, first, second]):
            assert bring(helper, edition, *again).new == 0
        assert Scan.objects.count() == 3
