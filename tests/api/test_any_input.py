"""
Whatever is sent to the API: no operation fails, every answer is as the document declares it, and every refusal is a problem.

The inputs are drawn from the document by schemathesis, some that fit it and some that do not; identifiers in them are exchanged for
those of a world of rows, so that they reach what stands behind an address. ``PUNTE_API_EXAMPLES`` sets how many of each are drawn.
"""

import dataclasses
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import jsonschema
import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from api_caller import Caller, caller_of
from cast import EDITION, Cast, Member, make_cast
from edition_rows import Rows, make_edition
from punte.api.document import document_of
from punte.api.urls import api
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation.models import Assistance, Commitment, Cooperation, Gift
from punte.apps.forum.models import Delegate, Session
from punte.apps.market.actions import Draft, draft_listing, publish_listing, submit_listing
from punte.apps.market.models import Listing, WaitingTranslation
from punte.apps.market.translating import set_translation
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Organisation, Person
from punte.apps.programmes.models import Milestone, Programme

DOCUMENT = document_of(api)
OPERATIONS = [
    one.ok()
    for one in schemathesis.openapi.from_dict({**DOCUMENT, "servers": []}).get_all_operations()
]
ODD = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), min_size=1, max_size=3)
OWN_HEADERS = {"accept", "accept-encoding", "authorization", "content-type", "host", "user-agent"}
EXAMPLES = int(os.environ.get("PUNTE_API_EXAMPLES", "6"))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Rows to reach, by the name of the parameter that names one, and who calls."""

    keys: dict[str, list[str]]
    callers: list[Caller]

    def keys_of(self, parameter: str, path: str) -> list[str]:
        """Return keys of what a parameter of a path names."""
        if parameter == "listing_id":
            return self.keys["needs" if "/needs/" in path else "offers"]
        return self.keys[parameter]

    @property
    def identifiers(self) -> list[str]:
        return sorted({key for found in self.keys.values() for key in found if _is_uuid(key)})


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _keys(model: Any, order: str = "pk", **which: Any) -> list[str]:
    """Return a few keys in an order that is the same in every run."""
    rows = model.objects.filter(**which).order_by(order)
    return [str(key) for key in rows.values_list("pk", flat=True)[:4]]


def _write_listings(cast: Cast) -> None:
    """Write of each side a draft, one that waits for review, and one that is published, of which a translation waits."""
    waiting: list[Listing] = []
    with acting(cast.authority.subject) as by:
        for side in ("need", "offer"):
            draft = Draft(
                side=side,
                kind="equipment",
                language="en",
                title="Bridge",
                text="A mobile bridge.",
                edition_id=EDITION,
            )
            draft_listing(by=by, draft=draft)
            submit_listing(by=by, listing=draft_listing(by=by, draft=draft))
            waiting.append(
                draft_listing(by=by, draft=dataclasses.replace(draft, audience="public"))
            )
            submit_listing(by=by, listing=waiting[-1])
    with acting(cast.organiser.subject) as by:
        for listing in waiting:
            publish_listing(by=by, listing=Listing.objects.get(pk=listing.pk))
    with acting(cast.authority.subject) as by:
        for listing in waiting:
            row = Listing.objects.get(pk=listing.pk)
            set_translation(by=by, listing=row, language="fr", title="Pont", text="Un pont.")


def _enter_public_rows(owner: Organisation) -> None:
    public: dict[str, Any] = {"owner_org": owner, "label_releasable_to": ["PUBLIC"]}
    programme = Programme.objects.create(kind="flagship", name="Wall", **public)
    Milestone.objects.create(programme=programme, name="First", promised_on="2027-01-01")
    Commitment.objects.create(who="Host", what="Range", entered_at="2025-11-05T09:00Z", **public)
    Assistance.objects.create(kind="training", side="offer", title="Course", **public)
    Cooperation.objects.create(name="Optics", **public)


def _declare_gifts(rows: Rows, owner: Organisation) -> None:
    """Declare one that everybody reads, and one of the first caller's organisation alone."""
    declared: dict[str, Any] = {
        "edition": rows.edition,
        "authority_name": owner.name,
        "other_name": "Nordvik",
        "kind": "gift",
        "way": "in",
        "became": "kept",
        "on": rows.edition.starts_on,
        "declared_at": "2025-11-06T09:00Z",
        "owner_org": owner,
    }
    Gift.objects.create(what="A pen", label_releasable_to=["PUBLIC"], **declared)
    Gift.objects.create(what="A book", **declared)


def _keys_of_rows(rows: Rows, delegate: Person) -> dict[str, list[str]]:
    shown = {"label_releasable_to__contains": [f"edition:{rows.edition.pk}"]}
    return {
        "slug": [rows.edition.slug],
        "code": ["MDA", "ROU"],
        "language": ["ro", "fr"],
        "rules": ["safe"],
        "kind": ["scope"],
        "needs": _keys(Listing, "published_at", side="need"),
        "offers": _keys(Listing, "published_at", side="offer"),
        "waiting_id": _keys(WaitingTranslation, "listing__side"),
        "delegate_id": _keys(Delegate, "code"),
        "session_id": _keys(Session, "code"),
        "meetingrequest_id": _keys(MeetingRequest, "code", sender__person=delegate),
        "programme_id": _keys(Programme),
        "organisation_id": _keys(Organisation, "name", **shown),
        "commitment_id": _keys(Commitment),
        "assistance_id": _keys(Assistance),
        "cooperation_id": _keys(Cooperation),
        "gift_id": _keys(Gift, "what"),
    }


def make_world() -> World:
    """Return an edition with people and meetings, and one row at least of each kind that has an address."""
    cast, rows = make_cast(), make_edition()
    _write_listings(cast)
    with acting_as_system("tests"):
        _enter_public_rows(cast.authority.organisation)
        people = [
            Person.objects.select_related("account", "owner_org").get(account__email=email)
            for email in (rows.delegate, rows.organiser)
        ]
        _declare_gifts(rows, people[0].owner_org)
        keys = _keys_of_rows(rows, people[0])
    members = [
        Member(person=one, organisation=one.owner_org, account=one.account)  # type: ignore[arg-type]
        for one in people
    ]
    callers = [caller_of(one) for one in (*members, cast.authority, cast.organiser)]
    return World(keys=keys, callers=[*callers, Caller()])


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    del django_db_setup
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _no_rate_limit(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


def reaching(value: Any, keys: list[str], data: st.DataObject) -> Any:
    """Return a value whose identifiers are those of rows, now and then."""
    if isinstance(value, dict):
        return {name: reaching(one, keys, data) for name, one in value.items()}
    if isinstance(value, list):
        return [reaching(one, keys, data) for one in value]
    if isinstance(value, str) and _is_uuid(value) and data.draw(st.booleans()):
        return data.draw(st.sampled_from(keys))
    return value


def can_be_wrong(operation: Any) -> bool:
    """Return whether an operation takes anything of which a wrong value can be drawn."""
    declared = operation.definition.raw
    named = [one for one in declared["parameters"] if one["in"] == "query"]
    return bool(named) or "requestBody" in declared or "format" in str(declared["parameters"])


def send(case: Any, caller: Caller, world: World, data: st.DataObject, *, is_odd: bool) -> Any:
    """Send what was drawn in the name of a caller, with parameters that nobody knows where ``is_odd``."""
    if is_odd:
        case.query = {**(case.query or {}), **data.draw(ODD)}
    for name in list(case.path_parameters or {}):
        if data.draw(st.integers(0, 3)) < 3:
            case.path_parameters[name] = data.draw(st.sampled_from(world.keys_of(name, case.path)))
    case.body = reaching(case.body, world.identifiers, data)
    drawn = case.as_transport_kwargs(base_url="http://testserver")
    headers = {
        name: value
        for name, value in drawn.get("headers", {}).items()
        if name.lower() not in OWN_HEADERS and value.isascii()
    }
    body = drawn.get("data")
    if "json" in drawn:
        body = json.dumps(drawn["json"], ensure_ascii=False).encode("utf-8", "surrogatepass")
    elif body is None:
        body = b""
    import requests

    prepared = requests.Request(drawn["method"], drawn["url"], params=drawn.get("params")).prepare()
    parts = urlsplit(str(prepared.url))
    client = Client(raise_request_exception=False)
    return client.generic(
        drawn["method"],
        f"{parts.path}?{parts.query}" if parts.query else parts.path,
        body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass"),
        content_type="application/json",
        headers={**headers, **caller.headers},
    )


@cache
def validator(path: str, method: str, status: str) -> jsonschema.Draft202012Validator | None:
    """Return what the document declares of an answer's body; None for an answer without one."""
    declared = DOCUMENT["paths"][path][method]["responses"][status].get("content")
    if not declared:
        return None
    (content,) = declared.values()
    return jsonschema.Draft202012Validator(
        {**content["schema"], "components": DOCUMENT["components"]},
        format_checker=jsonschema.FormatChecker(),
    )


def faults_of(answer: Any, path: str, method: str) -> list[str]:
    """Return what of an answer is not as the document declares it."""
    status = str(answer.status_code)
    if answer.status_code >= 500:
        return [f"{status}: it failed"]
    responses = DOCUMENT["paths"][path][method]["responses"]
    if status not in responses:
        return [f"{status}: not declared; {answer.content[:300]!r}"]
    declared = validator(path, method, status)
    if declared is None:
        return [f"{status}: a body where none is declared"] if answer.content else []
    (media_type,) = responses[status]["content"]
    faults = []
    if not answer["Content-Type"].startswith(media_type):
        faults.append(f"{status}: {answer['Content-Type']} in the place of {media_type}")
    content = json.loads(answer.content)
    faults += [f"{one.json_path}: {one.message}" for one in declared.iter_errors(content)]
    if answer.status_code >= 400 and content.get("status") != answer.status_code:
        faults.append("the problem names another status")
    return faults


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.definition.raw["operationId"])
def test_no_input_makes_an_operation_fail_or_answer_what_it_does_not_declare(
    world: World, operation: Any, mode: GenerationMode
) -> None:
    is_odd = mode == GenerationMode.NEGATIVE and not can_be_wrong(operation)
    drawn = operation.as_strategy(generation_mode=GenerationMode.POSITIVE if is_odd else mode)

    answered: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=drawn, data=st.data())
    def every(case: Any, data: st.DataObject) -> None:
        caller = data.draw(st.sampled_from(world.callers))
        with transaction.atomic():
            answer = send(case, caller, world, data, is_odd=is_odd)
            transaction.set_rollback(True)
        answered.add(answer.status_code)
        faults = faults_of(answer, operation.path, operation.method)
        assert faults == [], (
            answer.request["PATH_INFO"],
            answer.request["QUERY_STRING"],
            case.body,
        )

    every()
    if mode == GenerationMode.POSITIVE and operation.method == "get":
        assert answered & {200}, "what fits must reach what stands behind the address"
    if mode == GenerationMode.NEGATIVE:
        assert answered - {200, 201, 204}, "what does not fit must be seen"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.definition.raw["operationId"])
def test_the_example_of_the_document_is_answered_as_declared(world: World, operation: Any) -> None:
    content = operation.definition.raw.get("requestBody", {}).get("content", {})
    body = next((one["example"] for one in content.values()), None)
    path = operation.path
    for name in re.findall(r"{(\w+)}", path):
        path = path.replace(f"{{{name}}}", world.keys_of(name, path)[0])
    answered = set()
    for caller in world.callers:
        with transaction.atomic():
            answer = caller.send(operation.method, path.removeprefix("/api/v1/"), body)
            transaction.set_rollback(True)
        answered.add(answer.status_code)
        assert faults_of(answer, operation.path, operation.method) == []
    name = operation.definition.raw["operationId"]
    if operation.method == "get" or name in {"create_need", "create_offer"}:
        assert answered & {200, 201}, answered


def test_a_fault_is_noticed() -> None:
    class Answer(dict[str, str]):
        status_code = 200
        content = b'{"kind": 3}'

    told = faults_of(Answer({"Content-Type": "text/html"}), "/api/v1/problems/{kind}", "get")
    assert any("text/html" in one for one in told)
    assert any("is not of type 'string'" in one for one in told)
    Answer.status_code = 500
    assert faults_of(Answer(), "/api/v1/me", "get") == ["500: it failed"]
    Answer.status_code = 418
    assert "not declared" in faults_of(Answer(), "/api/v1/me", "get")[0]
