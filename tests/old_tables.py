"""
Make the tables of an earlier version: run by itself on an empty database, as the owner of its tables.

``python old_tables.py`` migrates to the versions of :data:`HEADS`, fills every table, and writes how many rows each has
to the file that is named. The wall's rules are those of that time: its migrations take them from the running code.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

HEADS: Final = {
    "access": "0004_audit_wall",
    "cooperation": "0002_wall",
    "forum": "0002_wall",
    "funding": "0002_wall",
    "market": "0006_saved_search",
    "meetings": "0005_asking",
    "people": "0006_mail_wall",
    "programmes": "0002_wall",
}
"""The newest migrations of a site of 27 November 2026, the oldest of which an upgrade was tried."""
ROWS: Final = 2


def speak_as_then() -> None:
    """Put the wall's rules back to what they were: a release reached whoever held one of its groups."""
    from punte.apps.access import wall

    wall.VISIBLE = wall.VISIBLE.replace("wall_released_to()", "wall_array('groups')")
    wall.FUNCTIONS = wall.FUNCTIONS.replace(wall.RELEASED_TO, "")


def make() -> dict[str, int]:
    """Migrate to the old versions, fill the tables and return the rows of each [count]."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from filled_tables import fill_tables

    executor = MigrationExecutor(connection)
    others = [key for key in executor.loader.graph.leaf_nodes() if key[0] not in HEADS]
    state: Any = executor.migrate([*HEADS.items(), *others])
    executor.loader.build_graph()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('punte.state', 'system', false)")
    faults = fill_tables(state.apps, list(HEADS), rows=ROWS)
    if faults:
        raise SystemExit(f"Tables that could not be filled: {faults}")
    return {
        model._meta.db_table: model._base_manager.count()
        for label in HEADS
        for model in state.apps.get_app_config(label).get_models()
    }


if __name__ == "__main__":
    import django

    speak_as_then()
    django.setup()
    Path(sys.argv[1]).write_text(json.dumps(make()), encoding="utf-8")
