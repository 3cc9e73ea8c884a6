"""A program that calls the API with a token of its person."""

from typing import Any

from django.test import Client

from cast import Member
from punte.apps.access.permissions import acting
from punte.apps.people.tokens import make_token


class Caller:
    """Calls in a member's name, without any cookie; in nobody's where there is no secret."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.generic(
            method.upper(),
            f"/api/v1/{path}",
            body if isinstance(body, bytes) else _json(body),
            content_type="application/json",
            headers=self.headers,
        )

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("post", path, body)


def _json(body: Any) -> bytes:
    import json

    return b"" if body is None else json.dumps(body).encode()


def secret_of(member: Member, scope: str = "write", *, has_second_step: bool = True) -> str:
    with acting(member.subject) as by:
        return make_token(
            by=by, name="tests", scope=scope, days=30, has_second_step=has_second_step
        ).secret


def caller_of(member: Member, scope: str = "write") -> Caller:
    return Caller(secret_of(member, scope))
