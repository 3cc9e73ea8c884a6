"""Write a file whole or not at all."""

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from punte.kernel.errors import PunteError


def write_bytes(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """
    Put ``content`` at ``path`` in one step: a reader sees the old file or the new one.

    A link stays a link and its file is written; a device or pipe takes the content as it comes.

    Parameters
    ----------
    mode
        Who may read it, before the process's mask; 0o600 for its owner alone.

    Raises
    ------
    PunteError
        If the folder is missing or cannot be written; nothing is left behind.
    """
    write_together([(path, content)], mode=mode)


def write_together(files: Sequence[tuple[Path, bytes]], *, mode: int = 0o666) -> None:
    """
    Write several files, all of them or none: each is written beside its place before the first is put there.

    Raises
    ------
    PunteError
        If one of the folders is missing or cannot be written; nothing is left behind.
    """
    staged: list[tuple[Path, Path]] = []
    poured: list[tuple[Path, bytes]] = []
    try:
        for named, content in files:
            path = Path(os.path.realpath(named))
            if named.exists() and not named.is_file():
                # By its own name: what a pipe's link resolves to is no file.
                poured.append((named, content))
            else:
                staged.append((_staged(path, content, mode), path))
        for path, content in poured:
            _pour_into(path, content)
        while staged:
            _put(*staged[0])
            staged.pop(0)
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def _staged(path: Path, content: bytes, mode: int) -> Path:
    """Return a file with ``content`` in the folder of ``path``."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise PunteError(
            f"{path} cannot be written: {error.strerror}. Choose a folder that exists and is yours."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(mode & ~umask)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise PunteError(f"{path} cannot be written: {error.strerror}.") from error
    return Path(name)


def _put(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError as error:
        raise PunteError(f"{path} cannot be written: {error.strerror}.") from error


def _pour_into(path: Path, content: bytes) -> None:
    try:
        with path.open("wb") as sink:
            sink.write(content)
    except OSError as error:
        raise PunteError(f"{path} cannot be written: {error.strerror}.") from error


def as_json(record: dict[str, Any]) -> bytes:
    """Return ``record`` as indented UTF-8 JSON with a final newline; keys keep their order."""
    return (json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def write_json(path: Path, record: dict[str, Any]) -> None:
    """Write ``record`` to ``path``, whole or not at all."""
    write_bytes(path, as_json(record))
