"""What the API writes: by the actions of the pages, with their checks, labels, review and log."""

from typing import Any

import pytest
from django.db.models import Q

from api_caller import Caller, caller_of
from cast import EDITION, OTHER_EDITION, Cast, Member
from cleared_rows import clear_everybody
from edition_rows import make_edition
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.market.models import Listing
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Person

pytestmark = pytest.mark.django_db
NEED: dict[str, Any] = {
    "title": "Bridge",
    "text": "A mobile bridge for 60 tonnes.",
    "language": "en",
    "kind": "equipment",
    "cpv": ["35000000"],
    "amount_cents": 12345,
}


def kind_of(answer: Any) -> str:
    return str(answer.json()["type"].rpartition("/")[2])


def test_a_need_goes_from_draft_to_published_and_back(cast: Cast) -> None:
    owner, reviewer, reader = (
        caller_of(one) for one in (cast.authority, cast.organiser, cast.company)
    )
    made = owner.post("needs", NEED)
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["state"], one["edition_id"], one["budget"]["amount_cents"]) == (
        "draft",
        str(EDITION),
        12345,
    )
    base = f"needs/{one['id']}"
    assert reviewer.post(f"{base}/publish").status_code == 404, "a draft is its owner's alone"
    assert owner.post(f"{base}/submit").json()["state"] == "review"
    assert reader.get(base).status_code == 404
    assert kind_of(owner.post(f"{base}/publish")) == "not-allowed", "four eyes"
    assert reviewer.post(f"{base}/send-back", {"note": "Which load?"}).status_code == 204
    again = owner.get(base).json()
    assert (again["state"], again["own"]["review_note"]) == ("draft", "Which load?")
    changed = owner.send(
        "put", base, {**NEED, "title": "Bridge 60 t", "revision": again["revision"]}
    )
    assert changed.json()["title"] == "Bridge 60 t"
    owner.post(f"{base}/submit")
    assert reviewer.post(f"{base}/publish").status_code == 204
    assert reader.get(base).json()["title"] == "Bridge 60 t"
    told = owner.send("put", f"{base}/translations/ro", {"title": "Pod", "text": "Pod mobil."})
    assert (told.json()["state"], told.json()["translations"]) == ("published", [])
    change = {**NEED, "title": "Bridge 80 t", "revision": told.json()["revision"]}
    kept = owner.send("put", base, change).json()
    assert (kept["state"], kept["title"]) == ("published", "Bridge 60 t")
    _review_what_waits(base, cast)
    assert owner.post(f"{base}/withdraw").json()["state"] == "withdrawn"
    assert kind_of(owner.post(f"{base}/withdraw")) == "not-allowed"
    _is_in_the_log(one["id"], cast)


def _is_in_the_log(listing_id: str, cast: Cast) -> None:
    with acting_as_system("tests"):
        entries = list(AuditEntry.objects.filter(about_id=listing_id))
    verbs = {entry.verb for entry in entries}
    assert {"drafted", "submitted", "published", "withdrawn"} <= {
        verb.removeprefix("listing.") for verb in verbs
    }
    drafted = next(entry for entry in entries if entry.verb == "listing.drafted")
    assert drafted.person_id == cast.authority.person.pk


def _review_what_waits(base: str, cast: Cast) -> None:
    owner, reviewer, reader = (
        caller_of(one) for one in (cast.authority, cast.organiser, cast.company)
    )
    assert reader.get(f"{base}/waiting").json() == []
    waits = reviewer.get(f"{base}/waiting").json()
    assert [(one["what"], one["title"]) for one in waits] == [
        ("change", "Bridge 80 t"),
        ("translation", "Pod"),
    ]
    assert owner.get(f"{base}/waiting").json() == waits
    change, text = (f"{base}/waiting/{one['id']}" for one in waits)
    assert kind_of(owner.post(f"{change}/publish")) == "not-allowed"
    assert reader.post(f"{change}/publish").status_code == 404
    assert reviewer.post(f"{text}/send-back", {"note": "80 t?"}).status_code == 204
    assert reviewer.post(f"{change}/publish").status_code == 204
    assert reader.get(base).json()["title"] == "Bridge 80 t"
    (left,) = owner.get(f"{base}/waiting").json()
    assert (left["what"], left["review_note"]) == ("translation", "80 t?")


def test_a_stale_revision_overwrites_nobody(cast: Cast) -> None:
    owner = caller_of(cast.authority)
    one = owner.post("needs", NEED).json()
    base = f"needs/{one['id']}"
    assert owner.send("put", base, {**NEED, "title": "First", "revision": 1}).status_code == 200
    stale = owner.send("put", base, {**NEED, "title": "Second", "revision": 1})
    assert (stale.status_code, kind_of(stale)) == (409, "changed-meanwhile")
    assert owner.get(base).json()["title"] == "First"


@pytest.mark.parametrize(
    ("change", "kind", "place"),
    [
        ({"title": "NATO SECRET bridge"}, "classified", ""),
        ({"title": ""}, "invalid-input", "body.title"),
        ({"title": "x" * 161}, "invalid-input", "body.title"),
        ({"kind": "weapon"}, "invalid-input", "body.kind"),
        ({"cpv": ["35"]}, "invalid-input", "body.cpv"),
        ({"amount_cents": -1}, "invalid-input", "body.amount_cents"),
        ({"amount_cents": 1.5}, "invalid-input", "body.amount_cents"),
        ({"audience": "public", "tlp": "TLP:AMBER"}, "invalid-input", "body.tlp"),
        ({"edition_id": str(OTHER_EDITION)}, "invalid-input", "body.edition_id"),
        ({"milestone_id": str(EDITION)}, "invalid-input", "body.milestone_id"),
        ({"owner_org_id": str(EDITION)}, "invalid-input", "body.owner_org_id"),
        ({"label_releasable_to": ["PUBLIC"]}, "invalid-input", "body.label_releasable_to"),
        ({"state": "published"}, "invalid-input", "body.state"),
    ],
)
def test_a_wrong_need_is_refused_with_its_place_and_leaves_nothing(
    cast: Cast, change: dict[str, Any], kind: str, place: str
) -> None:
    told = caller_of(cast.authority).post("needs", {**NEED, **change})
    assert (told.status_code, kind_of(told)) == (422, kind), told.content
    if place:
        assert place in {one["place"] for one in told.json()["errors"]}
    with acting_as_system("tests"):
        assert not Listing.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"title": "a\\u0000"}', b"\xff\xfe", b'{"title": NaN}', b'{"a": 1, "a": 2}', b"[" * 100_000],
)  # fmt: skip
def test_an_unreadable_body_is_told_as_one(cast: Cast, body: bytes) -> None:
    told = caller_of(cast.authority).send("post", "needs", body)
    assert told.status_code in ({415} if not body else {400, 422})
    assert told["Content-Type"] == "application/problem+json"


def test_a_body_that_is_no_json_is_refused_by_its_kind(cast: Cast) -> None:
    caller = caller_of(cast.authority)
    told = caller.client.post("/api/v1/needs", {"title": "x"}, headers=caller.headers)
    assert (told.status_code, kind_of(told)) == (415, "media-type")


def test_nobody_writes_what_is_anothers(cast: Cast) -> None:
    one = caller_of(cast.authority).post("needs", {**NEED, "audience": "public"}).json()
    base = f"needs/{one['id']}"
    other = caller_of(cast.company)
    hidden = other.send("put", base, {**NEED, "revision": 1})
    never = other.send("put", f"needs/{EDITION}", {**NEED, "revision": 1})
    assert (hidden.status_code, hidden.content) == (404, never.content)
    caller_of(cast.authority).post(f"{base}/submit")
    caller_of(cast.organiser).post(f"{base}/publish")
    assert kind_of(other.send("put", base, {**NEED, "revision": 1})) == "not-allowed"
    assert kind_of(other.post(f"{base}/withdraw")) == "not-allowed"
    assert Caller().get(base).status_code == 200


def two_who_may_meet() -> tuple[str, Delegate, Delegate]:
    rows = make_edition()
    clear_everybody(rows.edition)
    with acting_as_system("tests"):
        me = Delegate.objects.get(person__account__email=rows.delegate)
        known = MeetingRequest.objects.filter(Q(sender=me) | Q(receiver=me))
        pairs = known.values_list("sender_id", "receiver_id")
        other = (
            Delegate.objects.filter(edition=rows.edition, left_at__isnull=True)
            .exclude(organisation_id=me.organisation_id)
            .exclude(pk__in=[key for pair in pairs for key in pair])
            .first()
        )
    assert other is not None
    return f"editions/{rows.edition.slug}", me, other


def caller_for(delegate: Delegate) -> Caller:
    with acting_as_system("tests"):
        person = Person.objects.select_related("account", "owner_org").get(pk=delegate.person_id)
        if person.account is None:
            person.account = Account.objects.create_user(f"{person.pk.hex}@example.org")
            person.save()
    return caller_of(Member(person=person, organisation=person.owner_org, account=person.account))


def test_a_meeting_is_asked_for_answered_and_called_off() -> None:
    base, me, other = two_who_may_meet()
    asker, asked = caller_for(me), caller_for(other)
    wish = {"receiver_id": str(other.pk), "reason": "Cold optics.", "rank": 1}
    second = asker.post(f"{base}/requests", wish)
    assert kind_of(second) == "refused"
    assert "is the first of all" in second.json()["detail"], "the delegate has one already"
    wish |= {"rank": 2}
    made = asker.post(f"{base}/requests", wish)
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["state"], one["is_sent"], one["rank"]) == ("pending", True, 2)
    assert kind_of(asker.post(f"{base}/requests", wish)) == "not-allowed", "one between two"
    path = f"{base}/requests/{one['id']}"
    assert kind_of(asker.post(f"{path}/accept", {"revision": 1})) == "not-allowed", "not one's own"
    assert asked.get(path).json()["is_sent"] is False
    assert kind_of(asked.post(f"{path}/decline", {"revision": 1})) == "refused", (
        "a reason is missing"
    )
    stale = asked.post(f"{path}/accept", {"revision": 2})
    assert kind_of(stale) == "changed-meanwhile"
    told = asked.post(f"{path}/accept", {"answer": "Gladly.", "revision": 1})
    assert (told.status_code, told.json()["state"]) == (200, "accepted"), told.content
    assert kind_of(asked.post(f"{path}/decline", {"answer": "No.", "revision": 2})) == "wrong-state"
    assert asker.post(f"{path}/withdraw", {"revision": 2}).json()["state"] == "withdrawn"
    again = asker.post(f"{base}/requests", wish).json()
    declined = asked.post(
        f"{base}/requests/{again['id']}/decline", {"answer": "No time.", "revision": 1}
    )
    assert declined.json()["answer"] == "No time."
    nobody = asker.post(f"{base}/requests", {"receiver_id": str(EDITION), "reason": "x"})
    assert nobody.status_code == 404
    assert Caller().get(path).status_code == 404
    with acting_as_system("tests"):
        verbs = list(
            AuditEntry.objects.filter(about_id=one["id"])
            .order_by("id")
            .values_list("verb", flat=True)
        )
    assert verbs == ["request.sent", "request.accepted", "request.withdrawn"]


def test_a_refused_write_leaves_nothing_behind(cast: Cast) -> None:
    owner = caller_of(cast.authority)
    one = owner.post("needs", {**NEED, "amount_cents": 1}).json()
    with acting(cast.authority.subject):
        before = Listing.objects.get(pk=one["id"]).revision
    # The action has claimed the revision before the form of the text is looked at.
    told = owner.send(
        "put", f"needs/{one['id']}", {**NEED, "text": "COSMIC TOP SECRET", "revision": 1}
    )
    assert kind_of(told) == "classified"
    with acting(cast.authority.subject):
        assert Listing.objects.get(pk=one["id"]).revision == before
