"""
Answers that are kept ready: given again to the same browser for as long as they are what it would be answered anyway.

An answer is a function of who asks, of the database and of the moment. It is given again only to the session and the request it
was composed for, while that session stands unchanged, no change was marked since (:mod:`punte.apps.access.change_marks`), and no
moment has come that a row of the database names. So whoever lost a right a moment ago reads what they may read now. The rows are
of use to nobody without the site's secret and the cookie of the session.
"""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField
from django.utils import timezone

from punte.apps.access.change_marks import is_counted
from punte.apps.access.kept_plans import ask_anew, ask_planned
from punte.apps.access.permissions import acting_as_system

QUARTER: Final = dt.timedelta(minutes=15)
"""No answer is kept longer, nor over a full quarter of an hour: wherever a reader's clock stands, no day begins within one."""
OPENED_FOR: Final = dt.timedelta(hours=12)
"""How long after it was opened a page is still kept ready: a working day, as long as a session."""
_NONCE: Final = 12

_HOLDS: Final = """
  p.build = %s AND p.content IS NOT NULL AND p.server_started = pg_postmaster_start_time() AND p.good_until > clock_timestamp()
  AND s.expire_date > clock_timestamp() AND md5(s.session_data) = p.session_md5
  AND NOT EXISTS (SELECT FROM access_change c
    WHERE c.xid >= p.seen_from AND NOT pg_visible_in_snapshot(c.xid::text::xid8, p.snapshot))
"""
_GIVE: Final = f"""
SELECT p.content FROM access_ready_page p JOIN django_session s ON s.session_key = p.session_key
WHERE p.session_key = %s AND p.path = %s AND p.key = %s AND {_HOLDS}
"""  # noqa: S608  (the condition above)
_WANT: Final = """
INSERT INTO access_ready_page AS p (session_key, path, key, build, asked, opened_at)
VALUES (%s, %s, %s, %s, %s, clock_timestamp())
ON CONFLICT (session_key, path) DO UPDATE
  SET key = EXCLUDED.key, build = EXCLUDED.build, asked = EXCLUDED.asked, opened_at = EXCLUDED.opened_at,
      content = CASE WHEN (p.key, p.build) = (EXCLUDED.key, EXCLUDED.build) THEN p.content END
  WHERE (p.key, p.build) <> (EXCLUDED.key, EXCLUDED.build) OR p.opened_at < EXCLUDED.opened_at - interval '10 minutes'
"""
_STALE: Final = f"""
SELECT p.session_key, p.path, p.key, p.asked, md5(s.session_data)
FROM access_ready_page p JOIN django_session s ON s.session_key = p.session_key
WHERE p.build = %s AND s.expire_date > clock_timestamp() AND ({_HOLDS}) IS NOT TRUE ORDER BY p.good_until NULLS FIRST, random()
"""  # noqa: S608  (the condition above)
_KEEP: Final = """
UPDATE access_ready_page SET server_started = pg_postmaster_start_time(), session_md5 = %s, snapshot = %s::pg_snapshot,
  seen_from = pg_snapshot_xmin(%s::pg_snapshot)::text::bigint, good_until = %s, content = %s
WHERE session_key = %s AND path = %s AND key = %s AND build = %s
"""
_FORGET: Final = "DELETE FROM access_ready_page WHERE session_key = %s AND path = %s AND key = %s"
_DROP_OVER: Final = """
DELETE FROM access_ready_page p WHERE p.opened_at < clock_timestamp() - %s
  OR NOT EXISTS (SELECT FROM django_session s WHERE s.session_key = p.session_key AND s.expire_date > clock_timestamp())
"""
_DROP_MARKS: Final = """
DELETE FROM access_change WHERE xid < least(pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
  (SELECT min(seen_from) FROM access_ready_page WHERE content IS NOT NULL))
  -- Of another server, from which the rows were copied: no transaction here has that number yet.
  OR xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    One request for a page that may be kept ready.

    Parameters
    ----------
    session_key
        The session that asks.
    fields
        All of the request that an answer may depend on, by name.
    """

    session_key: str
    path: str
    fields: Mapping[str, str]

    @property
    def key(self) -> str:
        """The request in short: another one gets no answer of this one."""
        told = json.dumps([self.session_key, self.path, sorted(self.fields.items())])
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it goes out: its headers in their order, and its content."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A page that is no longer ready, or never was; ``session_md5`` says how its session stood when it was found."""

    asked: Asked
    session_md5: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the database stood, as a snapshot, and the moment until which the clock alone changes nothing."""

    snapshot: str
    good_until: dt.datetime


def give_ready(asked: Asked, *, build: str) -> Answer | None:
    """Return the answer that is kept for this request, where it still holds; ``build`` names the code and settings that answer."""
    ask = ask_planned if settings.KEEP_PLANS else ask_anew
    rows = ask(_GIVE, (asked.session_key, asked.path, asked.key, build))
    if not rows:
        return None
    try:
        told = _open(asked.session_key, bytes(rows[0][0]))
    except InvalidTag:
        return None
    head, _, body = told.partition(b"\n")
    return Answer(headers=tuple((name, value) for name, value in json.loads(head)), body=body)


def want_ready(asked: Asked, *, build: str) -> None:
    """
    Note that a page was opened, so that it is kept ready from now on: one request for each session and address, the last.

    Whoever answers says of which build its pages are; only a worker of the same composes them.
    """
    closed = _close(asked.session_key, json.dumps(dict(asked.fields)).encode())
    _write(_WANT, (asked.session_key, asked.path, asked.key, build, closed))


def count_of_other_builds(build: str) -> int:
    """Return how many pages were opened of late that wait for a worker of another build [count]."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM access_ready_page "
            "WHERE build <> %s AND opened_at > clock_timestamp() - interval '15 minutes'",
            (build,),
        )
        (count,) = cursor.fetchone()
    return int(count)


def list_stale(*, build: str) -> list[Stale]:
    """Return the pages of this build that were opened and are not ready: first those that never were, then by chance."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_STALE, (build, build))
        rows = cursor.fetchall()
    for session_key, path, key, closed, session_md5 in rows:
        try:
            fields = json.loads(_open(session_key, bytes(closed)))
        except InvalidTag:
            continue  # of another secret: its browser asks again
        asked = Asked(session_key=session_key, path=path, fields=fields)
        if asked.key == key:
            found.append(Stale(asked=asked, session_md5=session_md5))
    return found


def look_around() -> Standing:
    """Return how the database stands now. A page that is composed after this holds while nothing is marked that this does not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text, clock_timestamp()")
        snapshot, now = cursor.fetchone()
    # Pages read this machine's clock; where that is behind, what it has not reached yet is still to come.
    return Standing(snapshot=snapshot, good_until=next_moment(min(now, timezone.now())))


def is_unchanged(standing: Standing) -> bool:
    """Whether nothing was marked since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM access_change c WHERE c.xid >= pg_snapshot_xmin(%s::pg_snapshot)::text::bigint "
            "AND NOT pg_visible_in_snapshot(c.xid::text::xid8, %s::pg_snapshot)) AND clock_timestamp() < %s",
            (standing.snapshot, standing.snapshot, standing.good_until),
        )
        (holds,) = cursor.fetchone()
    return bool(holds)


def keep_ready(stale: Stale, answer: Answer | None, *, standing: Standing, build: str) -> None:
    """Keep an answer composed after ``standing``; ``None`` where the page is none to keep: it is forgotten, until it is opened again."""
    asked = stale.asked
    if answer is None:
        _write(_FORGET, (asked.session_key, asked.path, asked.key))
        return
    content = _close(asked.session_key, json.dumps(answer.headers).encode() + b"\n" + answer.body)
    told = (stale.session_md5, standing.snapshot, standing.snapshot, standing.good_until, content)
    _write(_KEEP, (*told, asked.session_key, asked.path, asked.key, build))


def drop_over() -> None:
    """Drop the pages of sessions that are over and of who opened them long ago, and the marks that every kept page has seen."""
    _write(_DROP_OVER, (OPENED_FOR,))
    _write(_DROP_MARKS, ())


def _write(statement: str, values: tuple[Any, ...]) -> None:
    """Write to the tables of this module; they are not logged, so nothing waits for the disk."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def next_moment(now: dt.datetime) -> dt.datetime:
    """Return the first moment after this one that any row names, or the next full quarter of an hour where that comes first."""
    first = end_of_quarter(now)
    with acting_as_system("find when what is kept ready is over"), connection.cursor() as cursor:
        for table, columns in _moments():
            least = ", ".join(f'min("{c}") FILTER (WHERE "{c}" > %s)' for c in columns)
            cursor.execute(f'SELECT least({least}) FROM "{table}"', [now] * len(columns))  # noqa: S608  (names of the models)
            (moment,) = cursor.fetchone()
            if moment is not None and moment < first:
                first = moment
    return first


def end_of_quarter(now: dt.datetime) -> dt.datetime:
    """Return the first full quarter of an hour after a moment."""
    passed = dt.timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now - passed + QUARTER


def _moments() -> list[tuple[str, list[str]]]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table  # noqa: SLF001  (public in Django)
        columns = [str(f.column) for f in model._meta.local_fields if isinstance(f, DateTimeField)]  # noqa: SLF001
        if columns and is_counted(table):
            found.append((table, columns))
    return found


def _cipher(session_key: str) -> AESGCM:
    secret = f"ready page\n{settings.SECRET_KEY}\n{session_key}"
    return AESGCM(hashlib.sha256(secret.encode()).digest())


def _close(session_key: str, content: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(session_key).encrypt(nonce, content, None)


def _open(session_key: str, closed: bytes) -> bytes:
    return _cipher(session_key).decrypt(closed[:_NONCE], closed[_NONCE:], None)
