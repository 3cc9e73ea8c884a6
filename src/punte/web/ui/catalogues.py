"""Message catalogues: Babel compiles a ``.po`` that changed, so that nothing of the system is needed."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_FOLDER = Path(__file__).resolve().parents[1] / "locale"


def compile_stale_catalogues(folder: Path = LOCALE_FOLDER) -> list[Path]:
    """
    Compile each ``.po`` that is newer than its ``.mo``; the ``.mo`` files that were written.

    A ``.mo`` appears whole or not at all, so two processes that start together cannot spoil it. A folder
    that may not be written is left as it is: an installed package carries its compiled catalogues.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        if not os.access(source.parent, os.W_OK):
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parents[1].name)
        with tempfile.NamedTemporaryFile(dir=source.parent, suffix=".tmp", delete=False) as draft:
            write_mo(draft, catalogue)
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(compiled)
        written.append(compiled)
    return written
