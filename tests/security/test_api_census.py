"""Every operation of the API has its line: a new one without a line fails, and so does a line without an operation."""

from pathlib import Path

import pytest
from django.http import HttpRequest
from ninja import NinjaAPI, Router

from api_caller import Caller, caller_of
from cast import Cast
from punte.api.checks import checked
from punte.api.document import document_of
from punte.api.resources.problems import FaultAnswer
from punte.api.urls import api, make_api

CENSUS = Path(__file__).with_name("api_census.tsv")
NOWHERE = "00000000-0000-4000-8000-000000000000"
Line = tuple[str, str, str, str]


def census() -> dict[Line, str]:
    lines = [line.split("\t") for line in CENSUS.read_text("utf-8").splitlines() if line[:1] != "#"]
    assert all(len(line) == 5 and line[4] in {"public", "account", "right"} for line in lines)
    found = {(one[0], one[1], one[2], one[3]): one[4] for one in lines}
    assert len(found) == len(lines), "an operation stands twice"
    return found


def operations_of(made: NinjaAPI) -> set[Line]:
    return {
        (operation["operationId"], method, path, operation["x-punte-scope"])
        for path, methods in document_of(made)["paths"].items()
        for method, operation in methods.items()
    }


def without_line(made: NinjaAPI) -> set[Line]:
    return operations_of(made) ^ set(census())


def test_every_operation_has_its_line() -> None:
    assert without_line(api) == set(), f"lines of {CENSUS.name} and operations differ"


def test_an_operation_without_a_line_is_noticed() -> None:
    more = Router(tags=["More"])

    @more.get("/all", response=list[FaultAnswer], operation_id="list_secrets", summary="Everything")
    def list_secrets(request: HttpRequest) -> list[FaultAnswer]:
        """Give everything."""
        del request
        return []

    made = make_api()
    made.add_router("/secrets", more)
    assert without_line(made) == {("list_secrets", "get", "/api/v1/secrets/all", "read")}


def test_every_operation_passes_the_checks() -> None:
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                written = operation.run.__code__.co_qualname  # type: ignore[attr-defined]
                assert written.startswith(f"{checked.__name__}."), operation.operation_id
                # A hidden document would be an operation that nobody reviews.
                assert operation.include_in_schema


def _address(path: str) -> str:
    for name, value in (("{slug}", "x"), ("{code}", "MDA"), ("{language}", "fr"), ("{rules}", "safe"), ("{kind}", "scope")):  # fmt: skip
        path = path.replace(name, value)
    while "{" in path:
        path = path[: path.index("{")] + NOWHERE + path[path.index("}") + 1 :]
    return path.removeprefix("/api/v1/")


@pytest.mark.django_db
def test_a_visitor_writes_nothing_and_a_reading_token_neither(cast: Cast) -> None:
    visitor, reader = Caller(), caller_of(cast.company, "read")
    for (name, method, path, scope), who in census().items():
        if scope != "write":
            continue
        assert who != "public", name
        assert visitor.send(method, _address(path), {}).status_code == 401, name
        refused = reader.send(method, _address(path), {})
        assert refused.json()["type"] == "/api/v1/problems/scope", name


@pytest.mark.django_db
def test_what_is_not_public_gives_a_visitor_nothing() -> None:
    visitor = Caller()
    for (name, method, path, _scope), who in census().items():
        if who != "public":
            status = visitor.send(method, _address(path), None if method == "get" else {})
            assert status.status_code in {401, 403, 404}, name
