"""Every address has its line: who may open it. A new route without one fails, and so does a line without a route."""

from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client

from cast import EDITION, Cast
from security.hidden_world import World, walled
from security.routes import Route, all_routes

CENSUS = Path(__file__).with_name("route_census.tsv")
WHO = ("public", "account", "right")
pytestmark = pytest.mark.django_db


def census() -> dict[str, str]:
    lines = [line.split("\t") for line in CENSUS.read_text().splitlines() if line[:1] != "#"]
    assert all(len(line) == 2 and line[1] in WHO for line in lines), "a line is: pattern, tab, who"
    assert len({line[0] for line in lines}) == len(lines), "a pattern stands twice"
    return {line[0]: line[1] for line in lines}


def test_every_route_has_its_line() -> None:
    routes, lines = {route.pattern for route in all_routes()}, set(census())
    assert not routes - lines, f"without a line in {CENSUS.name}: {sorted(routes - lines)}"
    assert not lines - routes, f"lines without a route: {sorted(lines - routes)}"


def values() -> dict[str, list[object]]:
    keys: list[object] = [EDITION, *(World.key_of(model) for model in walled()[:3])]
    return {"<uuid>": keys, "<int>": [1], "<str>": ["MDA"], "<slug>": ["x"], "<path>": ["x"]}


METHODS = ("get", "post", "put", "patch", "delete")


@pytest.mark.parametrize("method", METHODS)
def test_a_visitor_opens_only_public_routes(method: str) -> None:
    lines = census()
    for route in all_routes():
        if lines[route.pattern] == "public":
            continue
        for address in route.addresses(values()):
            response = getattr(Client(), method)(address)
            if response.status_code == 302:
                assert response["Location"].startswith("/accounts/"), (
                    method,
                    address,
                    response["Location"],
                )
            else:
                assert response.status_code in {401, 403, 404, 405}, (
                    method,
                    address,
                    response.status_code,
                )


def test_a_route_that_needs_a_right_refuses_who_has_none(cast: Cast) -> None:
    lines = census()
    for part in ("outsider", "guest", "company"):
        client = Client()
        client.force_login(cast.everybody[part].account)
        for route in all_routes():
            if lines[route.pattern] == "right":
                _refuses(client, route)


def _refuses(client: Client, route: Route) -> None:
    # The limit of questions a minute is not what refuses here.
    for name in ("default", "local"):
        caches[name].clear()
    for address in route.addresses(values()):
        for method in METHODS:
            response = getattr(client, method)(address)
            assert response.status_code in {403, 404, 405}, (method, address, response.status_code)


def test_unsafe_methods_need_the_csrf_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.organiser.account)
    for route in all_routes():
        for address in route.addresses(values(), most=2):
            response = client.post(address)
            assert response.status_code in {403, 404, 405}, (address, response.status_code)


def test_every_answer_carries_the_security_headers(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.organiser.account)
    for route in all_routes():
        for address in route.addresses(values(), most=1):
            response = client.get(address)
            assert "default-src 'none'" in response["Content-Security-Policy"], address
            assert "unsafe" not in response["Content-Security-Policy"], address
            assert response["X-Content-Type-Options"] == "nosniff", address
            assert response["Referrer-Policy"] == "same-origin", address
            assert response["X-Frame-Options"] == "DENY", address
