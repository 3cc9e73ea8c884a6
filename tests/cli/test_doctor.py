import os
import subprocess
import sys
from pathlib import Path

import pytest


def _doctor(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "PUNTE_"))}
    return subprocess.run(
        [sys.executable, "-c", "from punte.cli.main import main; main(['doctor'])"],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("database_owner_url")
def test_a_ready_machine_has_no_fault() -> None:
    result = _doctor(DATABASE_URL=os.environ["DATABASE_URL"], PUNTE_SECRET_KEY="x")
    assert result.returncode == 0, result.stdout + result.stderr
    for name in ("Python", "Disk", "Database", "Extension vector", "Migrations", "Clock"):
        assert f"ok     {name}: " in result.stdout


def test_the_owner_as_role_of_the_pages_is_a_fault(database_owner_url: str) -> None:
    result = _doctor(DATABASE_URL=database_owner_url, PUNTE_SECRET_KEY="x")
    assert result.returncode == 1
    assert "fault  Role of the pages" in result.stdout
    assert "NOBYPASSRLS" in result.stdout


def test_an_unreachable_database_and_an_unknown_value_are_faults(tmp_path: Path) -> None:
    away = _doctor(
        DATABASE_URL=f"postgresql://punte_app@/punte?host={tmp_path}", PUNTE_SECRET_KEY="x"
    )
    assert away.returncode == 1
    assert "correct DATABASE_URL" in away.stdout
    odd = _doctor(DATABASE_URL="postgresql://a@b/c", PUNTE_SECRET_KEY="x", PUNTE_DEBUG="perhaps")
    assert odd.returncode == 1
    assert "PUNTE_DEBUG='perhaps'" in odd.stdout
