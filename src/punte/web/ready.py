"""
My forum, ready before it is asked for: in front of everything else that answers, for the moment in which everybody opens it at once.

What is kept, and why nobody reads by it what they may not, says :mod:`punte.apps.access.ready_pages`. Whatever is in doubt, and
every fault of the database, goes the usual way.
"""

import hashlib
import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest, get_script_name
from django.db import Error, connection
from django.http import parse_cookie
from django.urls import set_script_prefix
from django.utils import translation

import punte
from punte.apps.access.change_marks import unmarked_tables
from punte.apps.access.ready_pages import Answer, Asked, give_ready, want_ready
from punte.web.seen import PREPARED, note_seen
from punte.web.worker import KEEP_HEADER

StartResponse = Callable[..., Any]
R = TypeVar("R")
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

PAGES: Final = re.compile(r"/e/[a-z0-9-]+/my/")
"""Addresses that are kept ready. What such a page reads is what `tests/web/ready/test_unread.py` looks at."""
_SAYS_NOTHING: Final = re.compile(
    r"HTTP_(ACCEPT|CACHE_CONTROL|PRAGMA|PRIORITY|CONNECTION|REFERER|UPGRADE_INSECURE_REQUESTS|SEC_FETCH_\w+)"
)
"""Headers on which no such page depends. A browser's own script, which asks for what it keeps, accepts otherwise than its reader."""
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
_LONGEST_KEY: Final = 40
_OF_THE_MACHINE: Final = re.compile(r"DATABASES|STATIC_ROOT|LOGGING|CACHES|EMAIL_\w+")
"""Settings of the place where a process runs; no page shows them."""
_log: Final = logging.getLogger(__name__)


class ReadyPages:
    """Give what is ready, and let the pages answer everything else."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        asked = asked_in(environ)
        answer = _try(lambda: _ready(asked)) if asked is not None else None
        if asked is None or answer is None:
            return self._answer_and_note(asked, environ, start_response)
        _try(lambda: note_seen(asked.session_key))
        start_response("200 OK", list(answer.headers))
        return [answer.body]

    def _answer_and_note(
        self, asked: Asked | None, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer as usual, and note that the page is one to keep ready, where it is."""
        if asked is None:
            return self._pages(environ, start_response)
        told: list[bool] = []

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401  (as WSGI has it)
            told.append(is_one_to_keep(asked, status, headers))
            return start_response(status, headers, *more)

        answer = self._pages(environ, start)
        if told and told[-1]:
            _try(lambda: _want(asked))
        return answer


def _ready(asked: Asked) -> Answer | None:
    return give_ready(asked, build=build_mark()) if is_on() else None


def _want(asked: Asked) -> None:
    if is_on():
        want_ready(asked, build=build_mark())


def _try(deed: Callable[[], R]) -> R | None:
    """Return what comes of it; ``None`` where the database is at fault: the usual way opens another connection, and says what is wrong."""
    try:
        return deed()
    except Error:
        connection.close()
        return None


def asked_in(environ: Mapping[str, Any]) -> Asked | None:
    """Return the request for a page that may be ready; ``None`` for any other."""
    path = str(environ.get("PATH_INFO", ""))
    if environ.get("REQUEST_METHOD") != "GET" or environ.get("QUERY_STRING"):
        return None
    if PAGES.fullmatch(path) is None or any(name in environ for name in _ASKS_LESS):
        return None
    if environ.get("HTTP_ACCEPT") == "application/json":
        return None
    cookies = str(environ.get("HTTP_COOKIE", ""))
    session_key = _session_in(cookies)
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
    # Names of languages, among others, are in the language of whoever reads them.
    with translation.override("en"):
        digest = hashlib.sha256(json.dumps(_plain_settings(), sort_keys=True).encode())
    for file in sorted(root.rglob("*")):
        if file.suffix in _SUFFIXES:
            content = hashlib.sha256(file.read_bytes()).digest()
            digest.update(str(file.relative_to(root)).encode() + b"\0" + content)
    return digest.hexdigest()


def _plain_settings() -> dict[str, str]:
    kinds = (str, int, float, bool, list, tuple, dict)
    names = [n for n in dir(settings) if n.isupper() and _OF_THE_MACHINE.fullmatch(n) is None]
    return {n: repr(v) for n in names if isinstance(v := getattr(settings, n), kinds)}


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
    """Return the key of the session; empty where another reader of the cookies could find another one."""
    name = settings.SESSION_COOKIE_NAME
    if not cookies.isascii() or cookies.count(f"{name}=") != 1:
        return ""
    key = parse_cookie(cookies).get(name, "")
    return key if len(key) <= _LONGEST_KEY else ""
