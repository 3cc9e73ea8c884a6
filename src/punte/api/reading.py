"""Read the body of a request as JSON, strictly."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from punte.api.problems import RefusalError
from punte.kernel.errors import PunteError


class UnreadableBodyError(PunteError):
    """A body that is no JSON."""


class StrictParser(Parser):
    """JSON in UTF-8 without NUL, without numbers that are none, without a name twice."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401  (whatever JSON holds)
        """Return what the body holds; what it raises, the API tells as an unreadable request."""
        if b"\\u0000" in request.body or b"\x00" in request.body:
            raise RefusalError("unreadable")
        return json.loads(
            request.body.decode("utf-8"),
            parse_constant=_no_number,
            object_pairs_hook=_no_name_twice,
        )


def _no_number(text: str) -> float:
    raise UnreadableBodyError(text)


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UnreadableBodyError(", ".join(name for name, _value in pairs))
    return found
