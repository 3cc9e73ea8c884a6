"""A browser in front of the pages that are kept ready, and what it is given: from what is kept, or composed for it."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from punte.apps.access import ready_pages
from punte.web import ready
from punte.web.preparing import prepare_pages

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[A-Za-z0-9]{64}"')
READ_AT = re.compile(rb'<time class="clock">[^<]*</time>')


@dataclass
class Reader:
    """One browser with one session; ``composed`` counts the pages that were composed for it."""

    cookies: str
    path: str
    composed: int = 0
    more: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, client: Client, path: str) -> "Reader":
        """Return the browser of a test client that is signed in; it has its token against forged requests already."""
        client.get(path)
        return cls("; ".join(f"{n}={m.value}" for n, m in sorted(client.cookies.items())), path)

    def environ(self, **more: str) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": "",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "testserver",
            "HTTP_COOKIE": self.cookies,
            "HTTP_USER_AGENT": "a browser",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **self.more,
            **more,
        }

    def open(self, **more: str) -> tuple[str, bytes]:
        """Return the status and the content that the site answers."""
        told: list[str] = []
        handler = WSGIHandler()

        def pages(environ: dict[str, Any], start: Any) -> Any:
            self.composed += 1
            return handler(environ, start)

        answer = ready.ReadyPages(pages)(self.environ(**more), lambda s, _h, *_: told.append(s))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return told[-1], body

    def is_given(self, **more: str) -> bool:
        """Open the page, and return whether it was given without being composed; it is what would be composed, in either case."""
        before = self.composed
        status, body = self.open(**more)
        was_given = self.composed == before
        fresh, again = self.fresh(**more)
        assert status == fresh
        assert plain(body) == plain(again), "what is given is what would be answered"
        return was_given

    def fresh(self, **more: str) -> tuple[str, bytes]:
        """Return what the pages answer by themselves."""
        told: list[str] = []
        answer = WSGIHandler()(
            {**self.environ(**more), ready.PREPARED: True}, lambda s, _h, *_: told.append(s)
        )
        body = b"".join(answer)
        answer.close()
        return told[-1], body

    def make_ready(self) -> None:
        """Open the page, and let the worker prepare it."""
        self.open()
        assert prepare_pages() >= 1


def plain(body: bytes) -> bytes:
    """Return a page without what differs from showing to showing: the token's mask, and as of when it was read."""
    return READ_AT.sub(b"", TOKEN.sub(b"", body))


def start_anew() -> None:
    """Let this process look again which tables leave marks."""
    ready.is_on.cache_clear()
    assert ready_pages.drop_over() is None
