"""
My forum, ready before it is asked for: in front of everything else that answers, for the moment in which everybody opens it at once.

What is kept, and why nobody reads by it what they may not, says :mod:`punte.apps.access.ready_pages`. Whatever is in doubt, and
every fault of the database, goes the usual way.
"""

import hashlib
import io
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest, get_script_name
from django.core.serializers.json import DjangoJSONEncoder
from django.db import Error, connection
from django.http import parse_cookie
from django.urls import set_script_prefix

import punte
from punte.apps.access.change_marks import unmarked_tables
from punte.apps.access.ready_pages import Answer, Asked, give_ready, want_ready
from punte.web.seen import PREPARED, note_seen
from punte.web.worker import KEEP_HEADER

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

PAGES: Final = re.compile(r"/e/[a-z0-9-]+/my/")
"""Addresses that are kept ready. What such a page reads is what `tests/web/test_ready_unread.py` looks at."""
_SAYS_NOTHING: Final = re.compile(
    r"HTTP_(CACHE_CONTROL|PRAGMA|PRIORITY|CONNECTION|REFERER|UPGRADE_INSECURE_REQUESTS|SEC_FETCH_\w+)"
)
"""Headers on which no page depends."""
_ASKS_LESS: Final = (
    "HTTP_RANGE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_AUTHORIZATION",
)
_SAID_BESIDE: Final = (
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "REMOTE_ADDR",
    "wsgi.url_scheme",
)
_SUFFIXES: Final = frozenset({".py", ".html", ".txt", ".mo", ".po", ".svg", ".css", ".js", ".json"})
_log: Final = logging.getLogger(__name__)


class ReadyPages:
    """Give what is ready, and let the pages answer everything else."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        asked = asked_in(environ) if is_on() else None
        if asked is None:
            return self._pages(environ, start_response)
        try:
            answer = give_ready(asked, build=build_mark())
        except Error:
            connection.close()  # the usual way opens another, and says what is wrong
            answer = None
        if answer is None:
            return self._answer_and_note(asked, environ, start_response)
        note_seen(asked.session_key)
        start_response("200 OK", list(answer.headers))
        return [answer.body]

    def _answer_and_note(
        self, asked: Asked, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer as usual, and note that the page is one to keep ready, where it is."""
        told: list[bool] = []

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401  (as WSGI has it)
            told.append(is_one_to_keep(asked, status, headers))
            return start_response(status, headers, *more)

        answer = self._pages(environ, start)
        if told and told[-1]:
            try:
                want_ready(asked)
            except Error:
                connection.close()
        return answer


def asked_in(environ: Mapping[str, Any]) -> Asked | None:
    """Return the request for a page that may be ready; ``None`` for any other."""
    path = str(environ.get("PATH_INFO", ""))
    if environ.get("REQUEST_METHOD") != "GET" or environ.get("QUERY_STRING"):
        return None
    if PAGES.fullmatch(path) is None or any(name in environ for name in _ASKS_LESS):
        return None
    session_key = _session_in(str(environ.get("HTTP_COOKIE", "")))
    if not session_key:
        return None
    names = [n for n in environ if n.startswith("HTTP_") and _SAYS_NOTHING.fullmatch(n) is None]
    fields = {name: str(environ.get(name, "")) for name in (*names, *_SAID_BESIDE)}
    return Asked(session_key=session_key, path=path, fields=fields)


def is_one_to_keep(asked: Asked, status: str, headers: Iterable[tuple[str, str]]) -> bool:
    """Whether an answer is a page that its reader's own browser may keep, and tells it to remember nothing but what it remembers."""
    told = [(name.lower(), value) for name, value in headers]
    if not status.startswith("200 ") or KEEP_HEADER.lower() not in {name for name, _ in told}:
        return False
    known = parse_cookie(asked.fields.get("HTTP_COOKIE", ""))
    again = [parse_cookie(value.partition(";")[0]) for name, value in told if name == "set-cookie"]
    return all(one and one.items() <= known.items() for one in again)


def compose(pages: BaseHandler, asked: Asked) -> Answer | None:
    """Return what the pages would answer; ``None`` where that is nothing to keep. Nobody is told that a request began or ended."""
    environ: dict[str, Any] = {
        **asked.fields,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": asked.path,
        "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        PREPARED: True,
    }
    set_script_prefix(get_script_name(environ))
    response = pages.get_response(WSGIRequest(environ))
    cookies = [("Set-Cookie", one.OutputString()) for one in response.cookies.values()]
    headers = (*response.items(), *cookies)
    status = f"{response.status_code} {response.reason_phrase}"
    if not is_one_to_keep(asked, status, headers):
        return None
    return Answer(headers=headers, body=b"".join(response))


@cache
def build_mark() -> str:
    """Return a mark of the code and the settings: with others, a page may be another one."""
    root = Path(punte.__file__).parent
    digest = hashlib.sha256(
        DjangoJSONEncoder(sort_keys=True, default=repr).encode(_plain_settings()).encode()
    )
    for file in sorted(root.rglob("*")):
        if file.suffix in _SUFFIXES:
            digest.update(
                str(file.relative_to(root)).encode()
                + b"\0"
                + hashlib.sha256(file.read_bytes()).digest()
            )
    return digest.hexdigest()


def _plain_settings() -> dict[str, object]:
    kinds = (str, int, float, bool, list, tuple, dict)
    return {
        n: repr(v)
        for n in dir(settings)
        if n.isupper() and isinstance(v := getattr(settings, n), kinds)
    }


@cache
def is_on() -> bool:
    """Whether pages are kept ready: wished for, and every table that counts leaves marks."""
    if not settings.PUNTE_READY_PAGES:
        return False
    missing = unmarked_tables()
    if missing:
        _log.error(
            "No page is kept ready: changes of %s leave no mark. Run `punte migrate` as the owner of the tables.",
            ", ".join(missing),
        )
    return not missing


def _session_in(cookies: str) -> str:
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    return key if len(key) <= 40 else ""
