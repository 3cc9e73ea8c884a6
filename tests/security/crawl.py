"""Ask for every address as one reader, and keep what came back, without what changes by itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import caches
from django.http.response import HttpResponseBase
from django.test import Client

from punte.apps.access.models import Account
from security.routes import Route, all_routes

# What differs between two answers to the same question, with nothing hidden behind it.
CHANGING = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'"csrfToken": "[^"]+"'),
    re.compile(rb'"challenge": "[^"]+"'),
    re.compile(rb"data:image/svg\+xml;base64,[\w+/=]+"),  # the picture of a new secret
    re.compile(rb"\b[A-Z2-7]{32}\b"),  # the new secret itself
    re.compile(rb'<time class="session">[^<]*</time>'),  # since when a session runs
    re.compile(rb"nonce-[\w=+/-]+"),
    re.compile(rb"\bclip\d+"),  # the chart writer numbers its clips through the process's life
    re.compile(rb"DTSTAMP:\d{8}T\d{6}Z"),
    re.compile(rb'<time class="clock">[^<]*</time>'),  # what the clock on the wall says
    re.compile(rb'"made_at": "[^"]+"'),  # when a copy of one's data was made
)
HEADERS = (
    "Content-Type",
    "Location",
    "Cache-Control",
    "Content-Disposition",
    "ETag",
    "X-Handling",
)
# Signing out is the one thing that would end the crawl itself.
LEFT_OUT = {"account_logout"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def crawl(
    account: Account | None, values: Mapping[str, Sequence[object]], words: Sequence[str]
) -> dict[str, Answer]:
    """Return the answer to each address, with and without search words, for one account or a visitor."""
    for name in ("default", "local"):
        caches[name].clear()
    client = Client(raise_request_exception=False)
    if account is not None:
        client.force_login(account)
    return {
        address: masked(client.get(address))
        for route in all_routes()
        if route.name not in LEFT_OUT
        for address in _questions(route, values, words)
    }


def _questions(
    route: Route, values: Mapping[str, Sequence[object]], words: Sequence[str]
) -> Iterator[str]:
    for address in route.addresses(values):
        yield address
        for word in words if len(route.parameters) < 2 else ():
            yield f"{address}?q={word}&search={word}&sort={word}&page=2&format=csv"


def masked(response: HttpResponseBase) -> Answer:
    """Return what came back, without what changes by itself."""
    streamed = getattr(response, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else getattr(response, "content", b"")
    for pattern in CHANGING:
        body = pattern.sub(b"*", body)
    headers = tuple((name, response.headers.get(name, "")) for name in HEADERS)
    return Answer(response.status_code, headers, body)
