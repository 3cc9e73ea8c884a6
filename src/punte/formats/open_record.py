"""
The open record of an edition: a folder of files with a Frictionless data package that names and hashes each, signed.

References
----------
Frictionless Data, Data Package 1.0, https://specs.frictionlessdata.io/data-package/
"""

import csv
import datetime as dt
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from punte.engines.timetable.check import check
from punte.formats.record_signature import SIGNATURE, Signed, check_signature, signature_of
from punte.formats.spreadsheets import guard
from punte.formats.timetable import read_instance, read_result
from punte.formats.writing import as_json, write_bytes
from punte.kernel.errors import InvalidInputError, PunteError

PACKAGE: Final = "datapackage.json"
INSTANCE: Final = "timetable-instance.json"
RESULT: Final = "timetable-result.json"
MUST_BE_THERE: Final = (
    "agenda.ics",
    "assistance.csv",
    "commitments.csv",
    "cooperations.csv",
    "decisions.csv",
    "groups.csv",
    "labels.json",
    "milestones.csv",
    "needs.csv",
    "offers.csv",
    "schedule.json",
    "schedule.xml",
    "sessions.csv",
    "totals.csv",
)
"""What the record of an edition holds for every audience."""
MEDIA: Final = {
    "csv": "text/csv",
    "json": "application/json",
    "xml": "application/xml",
    "ics": "text/calendar",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table of the record.

    Parameters
    ----------
    fields
        Name and type (``string``, ``date``, ``datetime``, ``boolean``, ``integer``), in their order.
    """

    name: str
    title: str
    fields: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[object]]


def write_record(
    folder: Path,
    *,
    name: str,
    title: str,
    audience: str,
    tables: Iterable[Table],
    files: Mapping[str, bytes],
    key: Ed25519PrivateKey,
) -> list[str]:
    """
    Write a record into a folder of its own, whole or not at all; the same content gives the same bytes.

    Parameters
    ----------
    audience
        For whom it was made, in words.
    files
        Further files by name.
    key
        Signs it.

    Returns
    -------
    list
        The names of the files.

    Raises
    ------
    PunteError
        The folder is there and holds something, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PunteError(
            f"{folder} holds something already. Name a folder that does not exist yet."
        )
    contents = dict(files)
    resources = []
    for table in tables:
        path = f"{table.name}.csv"
        contents[path] = _csv(table)
        resources.append(_resource(path, contents[path], title=table.title, table=table))
    resources += [_resource(path, content) for path, content in sorted(files.items())]
    contents[PACKAGE] = as_json(
        {
            "profile": "data-package",
            "name": name,
            "title": title,
            "description": f"Made for: {audience}.",
            "resources": sorted(resources, key=lambda one: str(one["name"])),
        }
    )
    contents[SIGNATURE] = signature_of(contents[PACKAGE], key)
    _put_together(folder, contents)
    return sorted(contents)


def _put_together(folder: Path, contents: Mapping[str, bytes]) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise PunteError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        for path, content in contents.items():
            write_bytes(made / path, content)
        made.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _csv(table: Table) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _kind in table.fields])
    writer.writerows([[_cell(value) for value in row] for row in table.rows])
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """Return a cell's text: moments in UTC, and nothing that a spreadsheet would run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, int | float | dt.date):
        return str(value)
    return guard(value)


def _resource(
    path: str, content: bytes, *, title: str = "", table: Table | None = None
) -> dict[str, Any]:
    ending = path.rpartition(".")[2]
    resource: dict[str, Any] = {
        "name": path.replace(".", "-").lower() if table is None else table.name,
        "path": path,
        "format": ending,
        "mediatype": MEDIA[ending],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if table is not None:
        resource["profile"] = "tabular-data-resource"
        resource["title"] = title
        resource["schema"] = {
            "fields": [{"name": name, "type": kind} for name, kind in table.fields]
        }
    return resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a record is worth: its faults, those of its signature among them, and who signed it."""

    faults: tuple[str, ...]
    signed: Signed


def verify_record(
    folder: Path,
    *,
    key: Ed25519PublicKey | None = None,
    demanded: Iterable[str] = MUST_BE_THERE,
) -> Verified:
    """
    Return what is wrong with a record: files changed, missing or added, columns that differ, a timetable that fails its check.

    Parameters
    ----------
    key
        Must have signed it. Without one only its inner consistency is known: whoever changes it can sign it anew.
    demanded
        Files that every record holds.

    Raises
    ------
    PunteError
        There is no record in the folder.
    """
    content, resources = _read_package(folder)
    found = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    there = {str(path.relative_to(folder)) for path in found if _is_plain(path)}
    odd = {str(path.relative_to(folder)) for path in found} - there
    # What a link leads to changes without the record, and what is no file may never end.
    faults = [f"{path}: is a link or no plain file" for path in sorted(odd)]
    more = sorted(there - set(resources) - {PACKAGE, SIGNATURE})
    faults += [f"{path}: is not named in {PACKAGE}" for path in more]
    absent = sorted(set(demanded) - set(resources))
    faults += [f"{path}: is not named in {PACKAGE}, and every record holds it" for path in absent]
    for path, resource in sorted(resources.items()):
        if path not in there | odd:
            faults.append(f"{path}: is missing")
        elif path in there:
            faults += _faults_of(folder / path, resource)
    if {INSTANCE, RESULT} <= there:
        faults += _timetable_faults(folder)
    elif {INSTANCE, RESULT} & there:
        faults.append("timetable: is there without its question or without its answer")
    if SIGNATURE in odd:
        raise PunteError(
            f"{folder / SIGNATURE} is a link or no plain file: nothing is known of it."
        )
    signed = check_signature(folder, content, key=key)
    return Verified(faults=(*faults, *signed.faults), signed=signed)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _read_package(folder: Path) -> tuple[bytes, dict[str, Mapping[str, Any]]]:
    """Return the package's bytes, and what it says of each file by its path."""
    if not _is_plain(folder / PACKAGE):
        raise PunteError(f"{folder} holds no {PACKAGE}. Name the folder of a record.")
    try:
        content = (folder / PACKAGE).read_bytes()
        package = json.loads(content)
        return content, {str(one["path"]): one for one in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PunteError(f"{folder / PACKAGE} cannot be read: {error}.") from error


def _faults_of(path: Path, resource: Mapping[str, Any]) -> list[str]:
    content = path.read_bytes()
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != resource.get("hash"):
        return [f"{path.name}: was changed: its bytes are not those that were hashed"]
    try:
        fields = [str(one["name"]) for one in resource.get("schema", {}).get("fields", [])]
    except (AttributeError, KeyError, TypeError):
        return [f"{path.name}: its schema in {PACKAGE} is none"]
    if fields:
        try:
            header = next(csv.reader(io.StringIO(content.decode())), [])
        except (csv.Error, UnicodeDecodeError) as error:
            return [f"{path.name}: is no table: {error}"]
        if header != fields:
            return [f"{path.name}: its columns are not those of its schema"]
    return []


def _timetable_faults(folder: Path) -> list[str]:
    try:
        instance, sha256 = read_instance(folder / INSTANCE)
        result = read_result(folder / RESULT)
    except InvalidInputError as error:
        return [f"timetable: {error}"]
    verdict = check(instance, result, instance_sha256=sha256)
    return [f"timetable: {violation}" for violation in verdict.violations]
