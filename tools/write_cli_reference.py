"""
Write ``docs/reference/cli.md`` from the commands themselves: ``make reference``.

``--check`` writes nothing and fails where the page is not what the commands say.
"""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from punte.cli.main import COMMANDS, cli

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"
HEAD = """# The command line

Written by `make reference` from the commands themselves; do not edit. Exit codes: 0 done, 1 the answer is no, 2 wrong usage or
input, 3 our fault. Every error says what was asked, why it cannot be and what to do.
"""


def _paragraphs(text: str | None) -> str:
    """Return a docstring's first part as prose; numpydoc sections are for programmers."""
    kept = (text or "").replace("\b", "").split("\f")[0].strip()
    lines = [line.strip() for line in kept.split("\n")]
    return "\n".join(lines)


def _usage(command: click.Command, path: str) -> str:
    context = click.Context(command, info_name=path)
    return " ".join([path, *command.collect_usage_pieces(context)])


def _options(command: click.Command) -> Iterator[str]:
    context = click.Context(command)
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is None or not record[1]:
            continue
        name, meaning = record
        meaning = " ".join(meaning.split()).replace("|", "\\|")
        yield f"| `{name.replace('|', ', ')}` | {meaning} |"


def describe(command: click.Command, path: str, level: int = 2) -> Iterator[str]:
    """Yield the lines of one command and of all below it."""
    yield f"\n{'#' * level} {path}\n"
    if text := _paragraphs(command.help):
        yield text + "\n"
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from describe(child, f"{path} {name}", level + 1)
        return
    yield f"```text\n{_usage(command, path)}\n```\n"
    if options := list(_options(command)):
        yield "| option | meaning |\n|---|---|"
        yield from options


def write() -> str:
    """Return the whole page."""
    lines = [HEAD]
    context = click.Context(cli)
    for name in COMMANDS:
        if importlib.util.find_spec(f"punte.cli.{name}") is None:
            continue
        command = cli.get_command(context, name)
        assert command is not None
        lines += describe(command, f"punte {name}")
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Write the page, or compare it."""
    page = write()
    if "--check" in sys.argv[1:]:
        if PAGE.exists() and PAGE.read_text("utf-8") == page:
            return 0
        print(f"{PAGE.name} is not what the commands say: run `make reference`.")
        return 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
