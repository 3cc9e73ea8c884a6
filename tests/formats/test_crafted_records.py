"""A record that somebody crafted is told with its faults; a link in it is no file of it."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from punte.formats.open_record import verify_record
from punte.kernel.errors import PunteError


@pytest.mark.parametrize("schema", [None, [], {"fields": ["a"]}, {"fields": [{}]}, {"fields": 5}])
def test_a_crafted_schema_is_a_fault_of_the_record(tmp_path: Path, schema: object) -> None:
    made = a_record(tmp_path, schema)
    told = verify_record(made, demanded=()).faults
    assert any("its schema" in one for one in told), told


def test_a_crafted_package_is_told_and_a_link_is_no_file_of_a_record(tmp_path: Path) -> None:
    made = a_record(tmp_path, {})
    plain = verify_record(made, demanded=()).faults
    outside = tmp_path / "outside.csv"
    (made / "a.csv").rename(outside)
    (made / "a.csv").symlink_to(outside)
    (made / "gone").symlink_to(tmp_path / "nowhere")
    (made / "folder").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(made / "pipe")
    told = set(verify_record(made, demanded=()).faults) - set(plain)
    odd = ("a.csv", "folder", "gone", "pipe")
    assert told == {f"{one}: is a link or no plain file" for one in odd}
    (made / "datapackage.json").write_text("[" * 200_000)
    with pytest.raises(PunteError, match="cannot be read"):
        verify_record(made)


def a_record(folder: Path, schema: object) -> Path:
    """Return a small folder whose package says this of the schema of its one file."""
    made = folder / "record"
    made.mkdir()
    (made / "a.csv").write_bytes(b"x\n1\n")
    said = {
        "path": "a.csv",
        "hash": f"sha256:{hashlib.sha256(b'x' + bytes([10]) + b'1' + bytes([10])).hexdigest()}",
        "schema": schema,
    }
    (made / "datapackage.json").write_text(json.dumps({"resources": [said]}))
    return made
