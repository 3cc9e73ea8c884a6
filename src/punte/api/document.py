"""The OpenAPI document: ninja's, with an example of every answer, and the refusals that each operation can give."""

import json
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from punte.api.checks import is_computing
from punte.api.once import HEADER, KEY_PATTERN
from punte.api.problems import MEDIA_TYPE
from punte.api.resources.problems import ProblemAnswer

Node = dict[str, Any]
READING: Final = ("400", "401", "403", "404", "422", "429")
WRITING: Final = (*READING, "409", "415")
REF: Final = "#/components/schemas/"
KEY_PARAMETER: Final[Node] = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "A new one for each new request: sent again with the same key and body, it is done once and answered alike.",
    "schema": {
        "type": "string",
        "pattern": KEY_PATTERN,
        "description": "A text in quotation marks, such as a UUID; it works for 24 hours.",
    },
}


def document_of(api: NinjaAPI) -> Node:
    """Return the OpenAPI document as plain JSON values."""
    found: Node = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), cls=DjangoJSONEncoder)
    )
    found["servers"] = [{"url": settings.PUNTE_ADDRESS}]
    schemas: Node = found["components"].setdefault("schemas", {})
    problem = ProblemAnswer.model_json_schema(ref_template=REF + "{model}", mode="serialization")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemAnswer"] = problem
    found["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal token, made at /me/tokens/.",
        }
    }
    found["paths"] = dict(sorted(found["paths"].items()))
    scopes = scopes_of(api)
    for methods in found["paths"].values():
        for method, operation in methods.items():
            if method == "post":
                operation.setdefault("parameters", []).append(KEY_PARAMETER)
            _finish(operation, scopes[operation["operationId"]], schemas)
    return found


def scopes_of(api: NinjaAPI) -> dict[str, str]:
    """Return for each operation, by its id, what a token must open: ``read`` (or no token at all) or ``write``."""
    return {
        str(operation.operation_id): (
            "read" if "GET" in operation.methods or is_computing(operation) else "write"
        )
        for bound in api._get_bound_routers()  # noqa: SLF001  (ninja has no public list of its operations)
        for view in bound.path_operations.values()
        for operation in view.operations
    }


def _finish(operation: Node, scope: str, schemas: Node) -> None:
    operation["x-punte-scope"] = scope
    operation["security"] = [{"token": []}] if scope == "write" else [{}, {"token": []}]
    for answer in operation["responses"].values():
        for content in answer.get("content", {}).values():
            content["example"] = example_of(content["schema"], schemas)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = example_of(content["schema"], schemas)
    refusal = {MEDIA_TYPE: {"schema": {"$ref": f"{REF}ProblemAnswer"}}}
    refusals = operation.pop("x-refusals", [])
    for status in (
        (*refusals, *WRITING)
        if "requestBody" in operation or scope == "write"
        else (*READING, *refusals)
    ):
        operation["responses"].setdefault(
            status, {"description": "Refused; the problem says why.", "content": refusal}
        )


def example_of(schema: Node, schemas: Node) -> Any:  # noqa: ANN401  (whatever the schema describes)
    """Return a value that a schema allows, made of the examples of its fields."""
    if "examples" in schema:
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].removeprefix(REF)], schemas)
    if "anyOf" in schema:
        is_plain = "$ref" not in schema["anyOf"][0] and {"type": "null"} in schema["anyOf"]
        return None if is_plain else example_of(schema["anyOf"][0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    if "properties" in schema:
        return {name: example_of(one, schemas) for name, one in schema["properties"].items()}
    if schema.get("type") == "object":
        return {}
    raise LookupError(f"A field of the API has no example: {schema}. Give it one.")


def give_document(request: HttpRequest) -> HttpResponse:
    """Give the OpenAPI document; the same to everybody."""
    del request
    from punte.api.urls import api

    return HttpResponse(_text(api), content_type="application/json")


@lru_cache(maxsize=1)
def _text(api: NinjaAPI) -> str:
    return json.dumps(document_of(api), ensure_ascii=False, indent=1)
