"""A site in a folder of its own, beside the database that the tests share: for what stops, copies or kills it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """
    Yield a folder that the server's own user may pass to; servers in it are left at the end.

    Not one of pytest's: another run of pytest closes their parent again, and a killed server finds its files no more.
    """
    from punte.cli import embedded_database

    with tempfile.TemporaryDirectory(prefix="punte-tests-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            for held in (folder, *folder.iterdir()):
                embedded_database.release(held)


def environment_of(folder: Path) -> dict[str, str]:
    """Return the environment of a site in a folder, without that of the running tests."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
    return kept | {"PUNTE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "punte.config.settings"}


@contextmanager
def settings_name(url: str) -> Iterator[None]:
    """Let Django's models of this process read and write another database inside the block."""
    from django.db import connection

    from punte.config import env

    kept, before = dict(connection.settings_dict), os.environ.get("DATABASE_URL", "")
    os.environ["DATABASE_URL"] = url
    connection.close()
    connection.settings_dict.update(env.database("DATABASE_URL"))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)
        os.environ["DATABASE_URL"] = before
