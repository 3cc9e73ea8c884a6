"""
What the wall costs on 50,000 items: PostgreSQL's own policies against the same rows without them.

Run it as ``python -m bench.wall``. Three columns: behind the wall; without it and with the same condition written
into the query (the price of the mechanism); without it and without any condition (the price of asking at all).
Times are medians of the server's own execution time (EXPLAIN ANALYZE), interleaved.
"""

import json
import statistics
import tempfile
import uuid
from pathlib import Path

import psycopg

from punte.apps.access.permissions import Subject, _settings
from punte.apps.access.wall import FUNCTIONS, VISIBLE, EnableWall
from punte.cli import embedded_database

ITEMS = 50_000
ROUNDS = 41
COLUMNS = """id uuid PRIMARY KEY, number int, title text, owner_org_id uuid NOT NULL,
  label_releasable_to text[] NOT NULL, label_restricted_to text[] NOT NULL, label_denied_to text[] NOT NULL,
  label_audience text[] NOT NULL, label_stewards text[] NOT NULL, label_embargo_until timestamptz,
  label_expires_at timestamptz"""
FILL = """INSERT INTO bench_item SELECT gen_random_uuid(), n, 'Item ' || n,
  ('00000000-0000-4000-8000-' || lpad((n %% 300)::text, 12, '0'))::uuid,
  CASE n %% 5 WHEN 0 THEN ARRAY['EU', 'NATO'] WHEN 1 THEN ARRAY['EU_SDP'] WHEN 2 THEN ARRAY['edition:1']
    WHEN 3 THEN ARRAY['PUBLIC'] ELSE '{}'::text[] END,
  '{}', '{}', ARRAY['ANY'], ARRAY['organise@1', 'organise@*'], NULL, NULL FROM generate_series(1, %s) n"""
QUERIES = {
    "count": "SELECT count(*) FROM {table} t {where}",
    "newest 50": "SELECT id, title FROM {table} t {where} ORDER BY number DESC LIMIT 50",
}
READER = Subject(
    person_id=uuid.UUID(int=5),
    org_id=uuid.UUID("00000000-0000-4000-8000-000000000007"),
    country="MDA",
    groups=frozenset(
        {"PUBLIC", "MDA", "EU_SDP", "EU_CANDIDATE", "NATO_PFP", "edition:1", "org:7", "person:5"}
    ),
    is_vetted=True,
)


def prepare(owner: psycopg.Connection) -> None:
    """Make two equal tables, one of them behind the wall."""
    owner.execute(FUNCTIONS.encode())
    owner.execute(f"CREATE TABLE bench_item ({COLUMNS})".encode())
    owner.execute(FILL.encode(), [ITEMS])
    owner.execute("CREATE TABLE bench_walled (LIKE bench_item INCLUDING ALL)")
    owner.execute("INSERT INTO bench_walled SELECT * FROM bench_item")
    for table in ("bench_item", "bench_walled"):
        owner.execute(f"CREATE INDEX ON {table} (number)".encode())
    owner.execute(EnableWall("bench_walled").forward_sql().encode())
    owner.execute("GRANT SELECT ON bench_item, bench_walled TO punte_app")
    owner.execute("ANALYZE bench_item, bench_walled")


def time_ms(app: psycopg.Connection, query: str) -> float:
    """Return one execution of a query on the server [ms]."""
    row = app.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}".encode()).fetchone()
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return float(plan[0]["Execution Time"] + plan[0]["Planning Time"])


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="punte-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        embedded_database.start(folder)
        try:
            embedded_database.create_database(folder, "bench")
            owner_url = embedded_database.url(folder, embedded_database.OWNER_ROLE, "bench")
            with psycopg.connect(owner_url, autocommit=True) as owner:
                prepare(owner)
            with psycopg.connect(
                embedded_database.url(folder, embedded_database.APP_ROLE, "bench")
            ) as app:
                for setting in _settings(READER):
                    app.execute("SELECT set_config(%s, %s, true)", setting)
                report(app)
        finally:
            embedded_database.release(folder)


def report(app: psycopg.Connection) -> None:
    """Measure each query three ways, interleaved, and print medians and ratios."""
    condition = f"WHERE {VISIBLE.format(t='t')}"
    print(f"{ITEMS} items, {ROUNDS} rounds, medians in ms of the server's time")
    print(
        f"{'query':<12}{'wall':>9}{'same WHERE':>12}{'no WHERE':>10}{'wall/same':>11}{'wall/none':>11}"
    )
    for name, query in QUERIES.items():
        ways = (("bench_walled", ""), ("bench_item", condition), ("bench_item", ""))
        times: list[list[float]] = [[], [], []]
        for _ in range(ROUNDS):
            for kept, (table, where) in zip(times, ways, strict=True):
                kept.append(time_ms(app, query.format(table=table, where=where)))
        wall, same, none = (statistics.median(kept) for kept in times)
        print(
            f"{name:<12}{wall:>9.2f}{same:>12.2f}{none:>10.2f}{wall / same:>11.2f}{wall / none:>11.2f}"
        )
    counted = [
        app.execute(f"SELECT count(*) FROM {t} t {w}".encode()).fetchone()  # noqa: S608
        for t, w in ways[:2]
    ]
    assert counted[0] == counted[1], f"the two ways do not see the same: {counted}"
    print(f"rows seen, both ways: {counted[0]}")


if __name__ == "__main__":
    main()
