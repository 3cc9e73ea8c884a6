"""The description of the API: valid OpenAPI 3.1, and whole."""

import re
from typing import Any

import jsonschema
import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from punte.api.document import document_of
from punte.api.urls import api

DOCUMENT = document_of(api)
OPERATIONS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_it_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_the_validator_notices_a_fault() -> None:
    broken = {**DOCUMENT, "paths": {"/x": {"get": {"responses": {"200": {}}}}}}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


@pytest.mark.django_db
def test_it_is_given_to_everybody_as_it_is_tested() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == DOCUMENT
    assert not re.search(rb"https?://(?!localhost|127)[^\"]*\.(js|css)", answer.content)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_every_operation_is_described_with_an_example_that_fits(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    del method
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation["operationId"]), path
    assert len(operation["summary"]) > 5
    assert operation["description"].endswith(".")
    assert operation["tags"]
    assert {"400", "401", "404", "429"} <= operation["responses"].keys()
    for parameter in operation["parameters"]:
        assert parameter["in"] == "path" or parameter["schema"].get("description"), parameter
    contents = [
        content
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for content in answer.get("content", {}).values()
    ]
    contents += operation.get("requestBody", {}).get("content", {}).values()
    assert contents or "204" in operation["responses"]
    for content in contents:
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
            content["example"]
        )


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _method, _path, operation in OPERATIONS]
    assert len(set(ids)) == len(ids)
