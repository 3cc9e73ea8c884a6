"""Nothing hidden shows in the API: every operation, every reader, byte for byte the same whether or not the hidden rows exist."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY

import pytest
from django.core import mail
from django.core.cache import caches
from django.db import transaction
from django.test import override_settings

from api_caller import Caller, secret_of
from cast import Cast
from punte.api.document import document_of
from punte.api.urls import api
from security.crawl import Answer, masked
from security.hidden_world import (
    ASKED,
    CANARY,
    SHOWN,
    World,
    build_hidden_world,
    build_links,
    build_shown_world,
    walled,
)

pytestmark = pytest.mark.django_db
READERS = ("visitor", "organiser", "guest")
DOCUMENT = document_of(api)
WORDS: dict[str, list[object]] = {
    "q": [ASKED],
    "country": ["CHE"],
    "limit": [1],
    "mine": ["true"],
    "whose": ["all"],
}
ONE_OF: dict[str, list[str]] = {
    "code": ["MDA", ASKED],
    "slug": [SHOWN, CANARY],
    "language": ["fr"],
    "rules": ["safe", "none"],
    "kind": ["scope", "none"],
}


MODELS = {"waiting_id": ("waitingtranslation", "waitingchange")}
"""Models whose keys a parameter takes, where its name is not that of one."""


def _keys(name: str) -> list[str]:
    wanted = MODELS.get(name, (name.removesuffix("_id"),))
    found = [model for model in walled() if model._meta.model_name in wanted]
    keys = [str(World.key_of(model, text=text)) for model in found for text in (CANARY, SHOWN)]
    return keys if name.endswith("_id") and keys else ONE_OF[name]


def addresses(path: str) -> Iterator[str]:
    """Fill the parameters with hidden and with shown things; the first of them with all, the others in step."""
    if "{" not in path:
        yield path.removeprefix("/api/v1/")
        return
    name = path[path.index("{") + 1 : path.index("}")]
    for key in _keys(name):
        yield from addresses(path.replace("{" + name + "}", key, 1))


def hidden_body(value: Any) -> Any:
    """Return the example of a body in which every identifier names a hidden row."""
    if isinstance(value, dict):
        return {
            name: str(World.key_of(_model(name)))
            if name.endswith("_id") and _model(name)
            else hidden_body(one)
            for name, one in value.items()
        }
    return value


def _model(name: str) -> Any:
    known = {"receiver_id": "delegate", "about_listing_id": "listing", "milestone_id": "milestone"}
    wanted = known.get(name)
    return next((model for model in walled() if model._meta.model_name == wanted), None)


def crawl(caller: Caller) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for name in ("default", "local"):
        caches[name].clear()
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            for address in addresses(path):
                for key, answer in _answers(caller, method, address, operation):
                    found[key] = masked(answer)
    return found


def _answers(
    caller: Caller, method: str, address: str, operation: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    if method == "get":
        yield address, caller.get(address)
        for one in operation["parameters"]:
            for value in WORDS.get(one["name"], []) if one["in"] == "query" else []:
                query = {one["name"]: value}
                yield f"{address}?{query}", caller.get(address, **query)
        return
    contents = operation.get("requestBody", {}).get("content", {})
    bodies = [content["example"] for content in contents.values()] or [None]
    for body in (bodies[0], hidden_body(bodies[0])):
        with transaction.atomic():
            answer = caller.send(method, address, body)
            transaction.set_rollback(True)
        yield f"{method} {address} {json.dumps(body)[:400]}", answer


def without_chance(answers: dict[str, Answer]) -> dict[str, Any]:
    """Leave the keys of what was written out: those are drawn anew each time."""
    return {
        key: (answer.status, ANY) if answer.status == 201 else answer
        for key, answer in answers.items()
    }


@pytest.fixture
def caller(cast: Cast, request: pytest.FixtureRequest) -> Iterator[Caller]:
    reader = request.param
    secret = "" if reader == "visitor" else secret_of(cast.everybody[reader])
    with override_settings(ACCOUNT_RATE_LIMITS=False):
        yield Caller(secret)


@pytest.mark.parametrize("caller", READERS, indirect=True)
def test_hidden_rows_change_no_byte_of_any_operation(caller: Caller) -> None:
    build_shown_world()
    with transaction.atomic():
        without = crawl(caller)
        transaction.set_rollback(True)
    with transaction.atomic():
        build_hidden_world()
        with_hidden = crawl(caller)
        transaction.set_rollback(True)
    assert len(without) > 100
    one, other = without_chance(without), without_chance(with_hidden)
    differing = [key for key in one if one[key] != other[key]]
    assert not differing, (differing[0], without[differing[0]], with_hidden[differing[0]])
    leaking = [
        key
        for key, answer in with_hidden.items()
        if CANARY not in key and CANARY.encode() in answer.body
    ]
    assert not leaking, leaking[:3]
    assert not [key for key, answer in with_hidden.items() if answer.status >= 500]
    assert not [m for m in mail.outbox if CANARY in f"{m.subject}{m.body}"]
    assert {answer.status for answer in without.values()} >= {200, 404}


@pytest.mark.parametrize("caller", ["organiser", "guest"], indirect=True)
def test_a_public_row_that_points_to_a_hidden_one_says_nothing_of_it(caller: Caller) -> None:
    build_shown_world()
    hidden = build_hidden_world()
    assert len(build_links(hidden)) >= 5
    secrets = [CANARY.encode()]
    for key, answer in crawl(caller).items():
        if CANARY not in key:
            assert not [one for one in secrets if one in answer.body], key
        assert answer.status < 500, key
