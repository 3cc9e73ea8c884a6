"""The register of gifts by the API: the reader's own view of it, and changes by the authority's own people alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api_caller import Caller
from edition_rows import Rows, make_edition
from gift_rows import Sides, declare, sides_of
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation.models import Gift
from punte.apps.people.tokens import make_token

pytestmark = pytest.mark.django_db
PEN: dict[str, Any] = {
    "kind": "gift",
    "way": "in",
    "became": "handed",
    "what": "A fountain pen",
    "on": "2025-11-05",
    "other_name": "Nordvik",
    "worth": "40.50",
    "currency": "EUR",
}


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def sides(rows: Rows) -> Sides:
    return sides_of(rows)


def caller(who: Subject) -> Caller:
    with acting(who):
        made = make_token(by=who, name="tests", scope="write", days=30, has_second_step=True)
    return Caller(made.secret)


def kind_of(answer: Any) -> str:
    return str(answer.json()["type"].rpartition("/")[2])


def test_a_reader_gets_what_is_released_to_them(rows: Rows, sides: Sides) -> None:
    own, open_one = declare(rows, sides), declare(rows, sides, "public", what="A pen")
    base = f"editions/{rows.edition.slug}/gifts"
    mine, theirs = caller(sides.colleague), caller(sides.salesman)

    def listed(who: Caller, **query: Any) -> set[str]:
        return {one["what"] for one in who.get(base, **query).json()["items"]}

    assert listed(mine) == {"A book on bridges", "A pen"}
    assert listed(theirs) == listed(Caller()) == {"A pen"}
    assert listed(mine, q="bridges") == {"A book on bridges"}
    assert listed(mine, state="withdrawn", kind="gift") == set()
    assert mine.get(base, limit=1).json()["next_cursor"]
    assert theirs.get(f"{base}/{own.pk}").status_code == 404
    read, full = (who.get(f"{base}/{open_one.pk}").json() for who in (theirs, mine))
    assert full["by_name"]
    assert (read["by_name"], read["revision"], read["audience"]) == ("", "", "")
    assert [one["by_name"] for one in read["steps"]] == [""]
    assert (read["worth"], read["currency"]) == ("40.00", "RON")


def test_a_declaration_goes_its_way(rows: Rows, sides: Sides) -> None:
    base = f"editions/{rows.edition.slug}/gifts"
    mine = caller(sides.official)
    made = mine.post(base, PEN)
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["audience"], one["worth"], one["marking"]["tlp"]) == ("own", "40.50", "TLP:AMBER")
    address, read = f"{base}/{one['id']}", one["revision"]
    change = {**PEN, "what": "Two fountain pens", "reason": "There were two.", "revision": read}
    kept = mine.send("put", address, change).json()
    assert (kept["what"], kept["steps"][0]["before"]) == (
        "Two fountain pens",
        {"what": "A fountain pen"},
    )
    assert kind_of(mine.send("put", address, change)) == "changed-meanwhile"
    told = mine.post(
        f"{address}/release", {"audience": "public", "revision": kept["revision"]}
    ).json()
    assert told["audience"] == "public"
    assert [one["step"] for one in Caller().get(address).json()["steps"]] == [], (
        "not what was before"
    )
    gone = {"reason": "Declared twice.", "revision": told["revision"]}
    assert mine.post(f"{address}/withdraw", gone).json()["withdrawn_at"]
    with acting_as_system("tests"):
        verbs = set(AuditEntry.objects.filter(about_id=one["id"]).values_list("verb", flat=True))
    assert verbs == {"gift.declared", "gift.corrected", "gift.released", "gift.withdrawn"}


def test_only_the_authority_s_own_people_write(rows: Rows, sides: Sides) -> None:
    base = f"editions/{rows.edition.slug}/gifts"
    row = declare(rows, sides, "public")
    address = f"{base}/{row.pk}"
    read = caller(sides.official).get(address).json()["revision"]
    for who in (sides.salesman, sides.stranger):
        other = caller(who)
        for step, body in (
            ("release", {"audience": "own", "revision": read}),
            ("withdraw", {"reason": "Mine.", "revision": read}),
        ):
            assert kind_of(other.post(f"{address}/{step}", body)) == "not-allowed"
        change = {**PEN, "reason": "Mine.", "revision": read}
        assert kind_of(other.send("put", address, change)) == "not-allowed"
    assert kind_of(caller(sides.salesman).post(base, PEN)) == "not-allowed"
    assert Caller().post(base, PEN).status_code == 401
    with acting_as_system("tests"):
        assert Gift.objects.count() == 1
        assert Gift.objects.get().withdrawn_at is None


def test_what_cannot_be_is_refused_with_its_place(rows: Rows, sides: Sides) -> None:
    base, mine = f"editions/{rows.edition.slug}/gifts", caller(sides.official)
    for wrong, place in (
        ({"worth": "a lot"}, "body.worth"),
        ({"kind": "car"}, "body.kind"),
        ({"on": "yesterday"}, "body.on"),
    ):
        answer = mine.post(base, PEN | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, place)
    assert mine.post(base, PEN | {"on": "2099-01-01"}).status_code == 422
    assert mine.post(base, PEN | {"what": "NATO SECRET pen"}).status_code == 422
    with acting_as_system("tests"):
        assert not Gift.objects.exists()


def test_the_list_asks_as_many_questions_for_three_as_for_one(rows: Rows, sides: Sides) -> None:
    mine, base = caller(sides.official), f"editions/{rows.edition.slug}/gifts"

    def count() -> int:
        mine.get(base)
        with CaptureQueriesContext(connection) as asked:
            mine.get(base)
        return len(asked)

    declare(rows, sides)
    one = count()
    declare(rows, sides)
    declare(rows, sides)
    assert count() == one
