"""The full-text search of PostgreSQL as it comes, to stand beside the engine: any word counts, ranked by ts_rank."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from matching_data import Task
from punte.cli import embedded_database
from punte.engines.matching.prepared import full_text

RANKED = """SELECT id FROM offer,
  (SELECT replace(plainto_tsquery('english', %s)::text, '&', '|')::tsquery AS asked) AS question
  WHERE words @@ asked ORDER BY ts_rank(words, asked, 1) DESC, id LIMIT 10"""
"""Words stemmed as English; a weight is divided by the logarithm of the text's length."""


@contextmanager
def database() -> Iterator[psycopg.Connection]:
    """Start a server in a folder of its own and yield a connection to it."""
    with tempfile.TemporaryDirectory(prefix="punte-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        embedded_database.start(folder)
        try:
            embedded_database.create_database(folder, "bench")
            url = embedded_database.url(folder, embedded_database.OWNER_ROLE, "bench")
            with psycopg.connect(url) as connection:
                yield connection
        finally:
            embedded_database.release(folder)


def fts_lists(task: Task, connection: psycopg.Connection) -> dict[str, list[str]]:
    """Return the first ten offers of each need by ``ts_rank``."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS offer")
        cursor.execute("CREATE TEMPORARY TABLE offer (id text PRIMARY KEY, words tsvector)")
        cursor.executemany(
            "INSERT INTO offer VALUES (%s, to_tsvector('english', %s))",
            [(offer.id, full_text(offer).replace("\0", "")) for offer in task.offers],
        )
        cursor.execute("CREATE INDEX ON offer USING gin (words)")
        found = {}
        for need in task.needs:
            cursor.execute(RANKED, [full_text(need).replace("\0", "")])
            found[need.id] = [row[0] for row in cursor.fetchall()]
    return found
