"""What holds of every operation: how it refuses, pages, and marks its answers."""

import pytest
from django.test import Client

from api_caller import Caller, caller_of
from cast import Cast
from edition_rows import make_edition
from punte.api.document import scopes_of
from punte.api.problems import KINDS
from punte.api.urls import api

pytestmark = pytest.mark.django_db


def test_an_unknown_parameter_is_refused_with_its_place_and_what_is_known() -> None:
    answer = Caller().get("countries", onn="2024-05-01")
    assert answer.status_code == 400
    told = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert told["type"] == "/api/v1/problems/unknown-parameter"
    assert told["errors"][0]["place"] == "query.onn"
    assert "on" in told["errors"][0]["remedy"]


def test_a_wrong_value_names_its_place_and_what_it_should_be() -> None:
    told = Caller().get("countries", on="yesterday", limit=1000).json()
    assert told["status"] == 422
    assert {(one["place"], one["what"]) for one in told["errors"]} == {
        ("query.on", "is no day; write year, month and day, such as 2027-05-15."),
        ("query.limit", "is more than 100."),
    }
    twice = Client().get("/api/v1/countries?limit=1&limit=2").json()
    assert twice["errors"][0]["place"] == "query.limit"


def test_refusals_are_told_in_the_readers_language() -> None:
    answer = Client().get("/api/v1/nowhere", headers={"accept-language": "ro"})
    assert answer.status_code == 404
    assert answer.json()["title"] == "La această adresă nu este nimic pentru dumneavoastră."


def test_every_kind_of_refusal_is_explained() -> None:
    listed = Caller().get("problems").json()
    assert {one["kind"] for one in listed} == set(KINDS)
    assert Caller().get("problems/scope").json()["status"] == 403
    assert Caller().get("problems/none").status_code == 404


def test_methods_and_addresses_that_do_not_exist_are_told_alike(cast: Cast) -> None:
    caller = caller_of(cast.company)
    refused = caller.send("delete", "countries")
    assert (refused.status_code, refused["Allow"]) == (405, "GET")
    assert refused.json()["type"] == "/api/v1/problems/method"
    nothing = {caller.get(path).content for path in ("x", "editions/none", "countries/XXX")}
    assert len(nothing) == 1
    assert Client().get("/api/").status_code == 404


def test_pages_follow_each_other_and_tell_no_number() -> None:
    whole = Caller().get("countries", limit=100).json()["items"]
    seen, cursor, rounds = [], "", 0
    while cursor is not None:
        page = Caller().get("countries", limit=7, **({"cursor": cursor} if cursor else {})).json()
        assert set(page) == {"items", "next_cursor"}
        seen += page["items"]
        cursor, rounds = page["next_cursor"], rounds + 1
    assert seen[: len(whole)] == whole
    assert len(seen) == len({one["code"] for one in seen})
    assert rounds == -(-len(seen) // 7)


def test_a_cursor_of_another_list_or_a_forged_one_is_refused() -> None:
    cursor = Caller().get("countries", limit=1).json()["next_cursor"]
    for path, value in (("editions", cursor), ("countries", cursor[:-2]), ("countries", "x")):
        told = Caller().get(path, cursor=value)
        assert told.status_code == 422, path
        assert told.json()["errors"][0]["place"] == "query.cursor"


def test_an_answer_is_marked_by_its_bytes_and_not_sent_twice() -> None:
    first = Caller().get("countries")
    assert "Last-Modified" not in first
    assert first["Cache-Control"] == "private, no-cache"
    for name in ("Authorization", "Cookie", "Accept-Language"):
        assert name in first["Vary"]
    again = Client().get("/api/v1/countries", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = Client().get(
        "/api/v1/countries?on=2004-01-01", headers={"if-none-match": first["ETag"]}
    )
    assert other.status_code == 200


def test_a_cookie_reads_and_never_writes(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.company.account)
    writes = [
        (op, bound.prefix + path)
        for bound in api._get_bound_routers()
        for path, view in bound.path_operations.items()
        for op in view.operations
        if "GET" not in op.methods
    ]
    for operation, path in writes:
        address = "/api/v1" + path.replace("{uuid:", "{").replace("{listing_id}", "0" * 8)
        for method in operation.methods:
            answer = client.generic(method, address, b"{}", content_type="application/json")
            assert answer.status_code in {403, 404}, (method, path)
    assert client.get("/api/v1/me").json()["may_write"] is False
    assert scopes_of(api)["get_me"] == "read"


def test_an_edition_is_told_with_its_hosts_and_phases() -> None:
    rows = make_edition()
    line = next(
        one for one in Caller().get("editions").json()["items"] if one["slug"] == rows.edition.slug
    )
    one = Caller().get(f"editions/{rows.edition.slug}").json()
    assert line.items() <= one.items()
    assert one["hosts"]
    assert {"kind", "starts_at", "is_now"} <= one["phases"][0].keys()
    assert one["marking"]["why"] == "You see this because it is public."


def test_a_country_on_a_day_of_the_past() -> None:
    before, after = (
        {s["framework"] for s in Caller().get("countries/MDA", on=day).json()["statuses"]}
        for day in ("2024-05-01", "2024-06-01")
    )
    assert after - before == {"EU_SDP"}
