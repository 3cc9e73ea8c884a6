"""Write the reference of the API from its own OpenAPI document."""

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "api.md"
HEAD = """# The API

Written from the API itself by `make reference`; the same as `/api/v1/openapi.json`. How to use it:
[use the API](../how-to/administrator/use-the-api.md).

Every list is paged: send `next_cursor` as `cursor`, until it is null; `limit` is at most 100. Every refusal is a
problem document (RFC 9457) with title, remedy, and each fault with its place. Amounts are integer cents, days and
moments ISO 8601. An address that is hidden from you and one that never was get the same answer. Read: any token, a
session, or none; write: a token that reads and writes.
"""


def write() -> str:
    """Return the page."""
    from django.utils import translation

    from punte.api.document import document_of
    from punte.api.problems import KINDS
    from punte.api.urls import api

    with translation.override("en"):
        kinds = "".join(
            f"| `{kind}` | {one.status} | {one.title} {one.remedy} |\n"
            for kind, one in KINDS.items()
        )
    document = document_of(api)
    groups: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    parts = [HEAD]
    parts += [f"\n## {tag}\n" + "".join(texts) for tag, texts in groups.items()]
    parts.append(
        "\n## Problems by kind\n\n| kind | status | what it means |\n|---|---|---|\n" + kinds
    )
    return "".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    lines = [
        f"\n### {operation['summary']}\n",
        f"`{method.upper()} {path}` · `{operation['operationId']}` · {operation['x-punte-scope']}\n",
        operation["description"],
    ]
    asked = [one for one in operation["parameters"] if one["in"] == "query"]
    if asked:
        lines.append("\n| parameter | |\n|---|---|")
        lines += [f"| `{one['name']}` | {one.get('description', '')} |" for one in asked]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        lines.append(f"\nSend:\n\n```json\n{_json(content['example'])}\n```")
    for status, answer in operation["responses"].items():
        for content in answer.get("content", {}).values() if status[0] == "2" else ():
            lines.append(f"\nAnswer {status}:\n\n```json\n{_json(content['example'])}\n```")
    return "\n".join(lines) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    os.environ.setdefault("DATABASE_URL", "postgres://nobody@localhost/none")
    os.environ.setdefault("PUNTE_SECRET_KEY", "only to write a page")
    import django

    django.setup()
    PAGE.write_text(write(), encoding="utf-8")
