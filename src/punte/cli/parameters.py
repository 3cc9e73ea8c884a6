"""What the engines' verbs take: files that are read, files that are written and never one that is read, and seconds."""

import math
import os
from pathlib import Path
from typing import Any, Final

import click

_KEY: Final = "punte.cli.parameters"


class _File(click.Path):
    """A file of a command, held against the others that were named."""

    is_output = False

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 - as click has it
        """Return the path; refuse one that clashes with another of this command."""
        found = super().convert(value, param, ctx)
        assert isinstance(found, str | Path)
        if ctx is not None and str(value) != "-":
            named: list[tuple[Path, bool]] = ctx.meta.setdefault(_KEY, [])
            for other, is_output in named:
                if (self.is_output or is_output) and _clash(Path(found), other):
                    what = "written" if self.is_output and is_output else "read"
                    written, too = (found, other) if self.is_output else (other, found)
                    self.fail(
                        f"'{written}' is to be written, and the same file is to be {what} as '{too}'. "
                        "Give the output another name.",
                        param,
                        ctx,
                    )
            named.append((Path(found), self.is_output))
        return found


class InputFile(_File):
    """A file, or a folder of files, that a command reads."""


class OutputFile(_File):
    """A file that a command writes: none that it reads, by whatever name or link, and none that it writes twice."""

    is_output = True


def _clash(one: Path, other: Path) -> bool:
    """Return whether writing one of two would change the other; devices and pipes take whatever comes."""
    if one.is_file() and other.is_file():
        return one.samefile(other)
    if one.is_dir() or other.is_dir():
        folder, file = (one, other) if one.is_dir() else (other, one)
        return file.is_file() and file.resolve().parent == folder.resolve()
    if one.exists() or other.exists():
        return False
    return one.resolve() == other.resolve()


class Seconds(click.FloatRange):
    """A time limit: a number, which ``nan`` is not, and an end, which ``inf`` has not."""

    name = "seconds"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number of seconds."""
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"'{value}' is no number of seconds. Write 20 or 0.5.", param, ctx)
        return found


INPUT: Final = InputFile(path_type=Path)
OUTPUT: Final = OutputFile(path_type=Path)
