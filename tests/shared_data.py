"""Measured data kept beside the project: used where present, skipped with a message where not."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(name: str) -> Path:
    """Return a file or folder of the shared data, or skip the test that asks for it."""
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"shared data {name} is not beside the project")
    return path
