"""
A mark for each transaction that changes what pages show, so that "nothing changed since" is one short question.

The database writes them itself, by a trigger on every table, once in a transaction. A mark carries the number of its transaction:
an answer that was composed in a snapshot of the database still holds exactly where no transaction that the snapshot does not see has
left a mark that is seen now. No order of commits, and no clock, can hide one.
"""

from typing import Final

from django.apps import apps
from django.conf import settings
from django.db import connection

NOT_COUNTED: Final = {
    "access_auditentry": "is written beside what it tells of, which has a mark of its own",
    "access_auditlink": "as the entries",
    "access_cache": "counts attempts to sign in and calls",
    "access_change": "the marks themselves",
    "access_ready_page": "what is kept ready",
    "django_session": "each answer looks at its own row",
    "forum_webhook": "tells other systems",
    "forum_webhookcall": "tells other systems",
    "market_fitverdict": "how well an offer fits, shown elsewhere",
    "market_tally": "what was counted for a search",
    "market_vector": "texts as numbers, for a search",
    "meetings_importdraft": "a table that is being read",
    "meetings_importrun": "a table that is being read",
    "meetings_solveprogress": "how far a timetable is",
    "people_apireply": "what a call of the API was answered",
    "people_mail": "mails that leave",
    "people_sentform": "which forms were sent",
    "usersessions_usersession": "when a browser was last seen; what ends a session deletes its row of django_session",
}
"""Tables that no page which is kept ready reads, and what they hold; `tests/web/ready/test_unread.py` takes them away and looks."""
NOT_COUNTED_PREFIXES: Final = ("cooperation_", "procrastinate_")
"""Groups of such tables: the door and all that comes after a meeting, to which My forum only leads, and the queue of jobs."""
UNREAD_COLUMNS: Final = {
    "access_account": frozenset({"last_login"}),
    "meetings_calendarfeed": frozenset({"last_read_at"}),
    "mfa_authenticator": frozenset({"last_used_at"}),
    "people_apitoken": frozenset({"last_used_at"}),
}
"""Columns whose change leaves no mark: signing in, a calendar and a program write them, and no page that is kept ready reads them."""

FORWARD: Final = """
CREATE UNLOGGED TABLE access_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, xid bigint NOT NULL, told text NOT NULL);
CREATE INDEX access_change_xid ON access_change (xid);
CREATE FUNCTION access_mark_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  this text := pg_current_xact_id()::text;
BEGIN
  -- What a savepoint takes back, it takes back here too: the setting falls with the mark.
  IF current_setting('punte.marked', true) IS DISTINCT FROM this THEN
    INSERT INTO access_change (xid, told) VALUES (this::bigint, TG_TABLE_NAME);
    PERFORM set_config('punte.marked', this, true);
  END IF;
  RETURN NULL;
END $$;
CREATE UNLOGGED TABLE access_ready_page (
  session_key varchar(40) NOT NULL, path text NOT NULL, key text NOT NULL, build text NOT NULL, asked bytea NOT NULL,
  opened_at timestamptz NOT NULL, server_started timestamptz, session_md5 text, snapshot pg_snapshot, seen_from bigint,
  good_until timestamptz, content bytea,
  PRIMARY KEY (session_key, path));
"""
BACKWARD: Final = "DROP TABLE access_ready_page; DROP TABLE access_change; DROP FUNCTION access_mark_change() CASCADE;"
_TRIGGER: Final = "marks_change"
_TABLES: Final = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum), EXISTS (
    SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'marks_change' AND t.tgenabled = 'A')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND c.relowner = (SELECT relowner FROM pg_class WHERE oid = 'public.access_change'::regclass)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
GROUP BY c.oid, c.relname ORDER BY c.relname
"""
"""The site's own tables: what an extension, or somebody else, keeps in the same database is theirs."""


def is_counted(table: str) -> bool:
    """Whether a change of this table may change a page."""
    return table not in NOT_COUNTED and not table.startswith(NOT_COUNTED_PREFIXES)


def install_marks(**_named: object) -> None:
    """Hang the trigger on every table that counts, and take it off those that no longer do; runs after every migration, as the owner."""
    if settings.DATABASE_ROLE != "owner":
        return  # tables were emptied, and no code has come
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.access_change')")
        if cursor.fetchone() == (None,):
            return  # migrated back to before there were any
        # What the code and the policies show may be something else from now on.
        cursor.execute(
            "INSERT INTO access_change (xid, told) VALUES (pg_current_xact_id()::text::bigint, 'migrated')"
        )
        cursor.execute(_TABLES)
        for table, columns, has_one in cursor.fetchall():
            if is_counted(table):
                cursor.execute(_trigger_of(table, columns))
                # Also where a session puts the triggers of others to sleep.
                cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {_TRIGGER}')
            elif has_one:
                cursor.execute(f'DROP TRIGGER {_TRIGGER} ON "{table}"')


def _trigger_of(table: str, columns: list[str]) -> str:
    unread = UNREAD_COLUMNS.get(table, frozenset())
    read = ", ".join(f'"{name}"' for name in columns if name not in unread)
    update = f"UPDATE OF {read}" if unread else "UPDATE"
    return (
        f'CREATE OR REPLACE TRIGGER {_TRIGGER} AFTER INSERT OR {update} OR DELETE OR TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION access_mark_change()"
    )


def unmarked_tables() -> list[str]:
    """Return the tables that count and would leave no mark: while there is one, nothing may be kept ready."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        marked = {table: has_one for table, _, has_one in cursor.fetchall()}
    models = apps.get_models(include_auto_created=True)
    tables = {*marked, *(m._meta.db_table for m in models if m._meta.managed)}  # noqa: SLF001  (public in Django)
    return sorted(table for table in tables if is_counted(table) and not marked.get(table))
