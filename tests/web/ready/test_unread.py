"""What leaves no mark is read by no page that is kept ready: without those tables each page is the same, to the byte."""

import datetime as dt
import random
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection
from django.utils import timezone

from edition_rows import make_edition
from punte.apps.access.change_marks import UNREAD_COLUMNS, is_counted, unmarked_tables
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system
from punte.apps.access.ready_pages import next_moment
from punte.apps.forum.models import Delegate, Edition, Session, Slot
from punte.apps.meetings.models import ContactLine, TimetableVersion
from punte.apps.people.models import Grant, Right
from ready_reader import Reader, plain
from signed_in import signed_in
from small_forum import load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)
READ_BY_ITS_OWN_ROW = "django_session"
ASKED_OF_IN_FRONT = {"access_ready_page", "access_change"}


def test_every_table_that_counts_leaves_marks(db: None) -> None:
    del db
    assert unmarked_tables() == []
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert {"people_grant", "forum_slot", "meetings_meeting", "access_account"} <= known
    for table in (
        "people_grant",
        "forum_slot",
        "meetings_meeting",
        "access_status",
        "access_denial",
    ):
        assert is_counted(table)


def test_without_what_leaves_no_mark_every_page_is_the_same(
    transactional_db: None, database_owner_url: str
) -> None:
    del transactional_db
    readers = _readers()
    before = [reader.fresh() for reader in readers]
    assert {status for status, _ in before} == {"200 OK"}
    tables = _unread()
    assert {"cooperation_scan", "people_mail", "access_auditentry"} <= set(tables)
    with psycopg.connect(database_owner_url, autocommit=True) as owner:
        rights = _rights(owner)
        given = {t: [p for name, p in rights if name == t] for t in tables}
        # A page asks for a table by its name, a policy by the table itself, a function by either: each is refused.
        for table in tables:
            owner.execute(f"REVOKE ALL ON {table} FROM punte_app".encode())
            owner.execute(f"ALTER TABLE {table} RENAME TO gone_{table}".encode())
        for table, columns in UNREAD_COLUMNS.items():
            for column in columns:
                owner.execute(f"UPDATE {table} SET {column} = now() - interval '3 days'".encode())
        try:
            after = [reader.fresh() for reader in readers]
        finally:
            for table in tables:
                owner.execute(f"ALTER TABLE gone_{table} RENAME TO {table}".encode())
                if given[table]:
                    all_of_them = ", ".join(given[table])
                    owner.execute(f"GRANT {all_of_them} ON {table} TO punte_app".encode())
            assert _rights(owner) == rights, "no test widens what the site may do"
    for reader, (status, body), (then, again) in zip(readers, before, after, strict=True):
        assert (reader.path, status, plain(body)) == (reader.path, then, plain(again))


def _rights(owner: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    return owner.execute(
        "SELECT c.relname::text, r.privilege_type FROM pg_class c, aclexplode(c.relacl) r "
        "WHERE r.grantee = 'punte_app'::regrole AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' "
        "UNION ALL SELECT c.relname::text || '.' || a.attname, r.privilege_type "
        "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) r "
        "WHERE r.grantee = 'punte_app'::regrole ORDER BY 1, 2"
    ).fetchall()


def _readers() -> list[Reader]:
    """Return browsers of delegates before and after publication, of one with a right and one who acts for another."""
    from punte.apps.access.reference import load_reference

    load_reference()
    forum = load_small()
    solve(forum)
    made = make_edition(organisations=4, requests=12)
    with acting_as_system("load sample data"):
        Session.objects.update(capacity=1)
        versions = {v.edition_id: v.state for v in TimetableVersion.objects.all()}
        assert {"published", "draft"} <= set(versions.values())
        delegates = list(Delegate.objects.filter(person__account__isnull=False).order_by("pk"))
        some = [d for d in delegates if d.edition_id == made.edition.pk][:4]
        some += [d for d in delegates if d.edition_id == forum.edition.pk][:4]
        ContactLine.objects.bulk_create(
            [ContactLine(delegate=d, phone="+40 21 000 0000", to_all=True) for d in some[:2]]
        )
        holder = some[0].person
        Grant.objects.create(person=holder, edition_id=made.edition.pk, right=Right.CHECK_IN)
        slugs = dict(Edition.objects.values_list("pk", "slug"))
        pairs = [(Account.objects.get(pk=d.person.account_id), slugs[d.edition_id]) for d in some]
    return [Reader.of(signed_in(who), f"/e/{slug}/my/") for who, slug in pairs]


def _unread() -> list[str]:
    assert BrowserSession._meta.db_table == READ_BY_ITS_OWN_ROW
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = {row[0] for row in cursor.fetchall()}
    return sorted(
        t for t in tables - ASKED_OF_IN_FRONT - {READ_BY_ITS_OWN_ROW} if not is_counted(t)
    )


def test_between_the_moments_that_rows_name_the_clock_changes_nothing(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del transactional_db
    readers = _readers()
    with acting_as_system("load sample data"):
        # In days to come, when everybody is there; and at no full quarter of an hour, over which nothing is kept anyway.
        slots = list(Slot.objects.order_by("starts_at", "pk"))
        tomorrow = timezone.now().replace(minute=7, second=0, microsecond=0) + dt.timedelta(days=1)
        for slot in slots:
            shift = tomorrow - slots[0].starts_at
            Slot.objects.filter(pk=slot.pk).update(
                starts_at=slot.starts_at + shift, ends_at=slot.ends_at + shift
            )
    days: dict[str, set[bytes]] = {reader.path: set() for reader in readers}
    chance = random.Random(11)
    for _ in range(24):
        reader = chance.choice(readers)
        with acting_as_system("load sample data"):
            slug = reader.path.split("/")[2]
            slot = chance.choice(list(Slot.objects.filter(edition__slug=slug).order_by("pk")))
        moment = slot.ends_at - dt.timedelta(seconds=chance.uniform(0, 400))
        last = next_moment(moment) - dt.timedelta(microseconds=1)
        pages = []
        for now in (moment, last):
            monkeypatch.setattr(timezone, "now", lambda now=now: now)
            BrowserSession.objects.update(expire_date=moment + dt.timedelta(hours=9))
            status, body = reader.fresh()
            monkeypatch.undo()
            assert status == "200 OK"
            pages.append(plain(body))
        assert pages[0] == pages[1], (
            f"{moment} and {last} differ, and no row names a moment between"
        )
        days[reader.path].add(pages[0])
    assert max(map(len, days.values())) > 1, "the clock does change the page"
