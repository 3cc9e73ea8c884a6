"""
Lay the lines of the templates out, or with ``--check`` refuse those that are not: nothing that a reader sees changes.

A line that is too long is broken where white space does not show: beside the tags of block elements, and where white
space stands already. A line that fits is left as its author wrote it. Where neither is found, it stays long.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from template_tokens import TURNS, Token, attributes, marked, tokens_of

TEMPLATES: Final = Path("src/punte")
WIDTH: Final = 120
STEP: Final = 2
ROUNDS: Final = 6
"""A line broken beside a condition is a line of its own the next time."""


def _depths(line: list[Token]) -> list[int]:
    """Return how deep each token begins, from the first of its line."""
    depth, depths = 0, []
    for token in line:
        depth -= token.closes and token.deepens
        depths.append(depth)
        depth += token.opens and token.deepens
    return depths


def _width(line: list[Token]) -> int:
    text = "".join(token.text for token in line)
    return max((len(one) for one in text.split("\n")), default=0)


def _broken(line: list[Token], indent: int) -> Iterator[str]:
    """Yield the lines of one line: itself where it fits, and otherwise its parts, the outermost apart first."""
    while line and line[0].kind == "space":
        line = line[1:]
    while line and line[-1].kind == "space":
        line = line[:-1]
    if not line:
        return
    if indent + _width(line) <= WIDTH:
        yield " " * indent + "".join(token.text for token in line)
        return
    depths = _depths(line)
    gaps = [number for number in range(1, len(line)) if line[number].is_free]
    if not gaps:
        yield from _filled(line, indent)
        return
    outer = min(depths[number] + line[number].closes for number in gaps)
    cuts = [number for number in gaps if depths[number] + line[number].closes == outer]
    first = depths[0]
    for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True):
        yield from _broken(line[start:end], indent + STEP * max(0, depths[start] - first))


def _filled(line: list[Token], indent: int) -> Iterator[str]:
    """Yield a line without blocks, as much in each as fits, broken at the white space that stands in it."""
    runs = [""]
    for token in line:
        if token.kind == "space":
            runs.append("")
        else:
            runs[-1] += token.text
    runs = [run for run in runs if run]
    now = " " * indent
    for number, run in enumerate(runs):
        parts = _apart(run, WIDTH - indent - STEP)
        for place, part in enumerate(parts):
            is_first = number == place == 0
            if not is_first and len(now) + 1 + len(part.split("\n")[0]) > WIDTH:
                yield now
                now = " " * (indent + STEP) + part
            else:
                now += ("" if is_first else " ") + part
    yield now


def _apart(run: str, width: int) -> list[str]:
    """Return a run without white space between its tokens, with tags that fit in no line apart between attributes."""
    parts = [""]
    for token in tokens_of(run):
        if token.kind == "tag" and len(token.text) > width:
            first, *rest = attributes(token.text)
            parts[-1] += first
            parts.extend(rest)
        else:
            parts[-1] += token.text
    return parts


def _lines_of(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the lines as the author broke them, but for those broken where white space shows."""
    line: list[Token] = []
    for number, token in enumerate(tokens):
        if token.kind != "space" or "\n" not in token.text:
            line.append(token)
            continue
        after = tokens[number + 1] if number + 1 < len(tokens) else token
        beside = {line[-1].kind if line else "", after.kind}
        if token.text.count("\n") > 1 or after.is_free or "control" in beside:
            yield from _parts(line)
            yield from ([] for _ in range(token.text.count("\n") - 1))
            line = []
        else:
            line.append(Token(" ", "space"))
    yield from _parts(line)


def _parts(line: list[Token]) -> Iterator[list[Token]]:
    """Yield a line in parts: what is opened in it and not closed, or the other way round, has a line of its own."""
    opened: list[int] = []
    alone: set[int] = set()
    for number, token in enumerate(line):
        if token.closes and token.deepens:
            if opened:
                opened.pop()
            else:
                alone.add(number)
        if token.opens and token.deepens:
            opened.append(number)
    cuts = [one for one in (*alone, *(number + 1 for number in opened)) if 0 < one < len(line)]
    cuts = sorted({one for one in cuts if line[one].is_free})
    for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True):
        if line[start:end]:
            yield line[start:end]


def laid_out(text: str) -> str:
    """Return a template with its long lines broken, and every line as far from the margin as it lies deep."""
    for _ in range(ROUNDS):
        before, text = text, _laid_out(text)
        if before == text:
            break
    return text


def _laid_out(text: str) -> str:
    is_page = "{% extends" in text
    depth, lines = 0, []
    heights: list[int] = []
    for line in _lines_of(marked(tokens_of(text), is_page=is_page)):
        start = depth
        for number, token in enumerate(line):
            if token.kind == "control" and token.closes and heights:
                depth = heights.pop() if token.name in TURNS else depth - bool(token.deepens)
                if token.name not in TURNS:
                    heights.pop()
            elif token.closes:
                depth -= token.deepens
            if number == 0:
                start = depth
            if token.kind == "control" and token.opens:
                heights.append(depth)
            depth += token.opens and token.deepens
        lines.extend(_broken(line, STEP * max(0, start)) if line else [""])
    # A snippet that ends without a line's end stands inside a line, or an attribute, of others.
    return "\n".join(lines).rstrip() + ("\n" if text.endswith("\n") else "")


def main() -> int:
    """Lay the templates out; with ``--check`` name those that are not, 1 if there is one."""
    is_check = "--check" in sys.argv[1:]
    paths = sorted(TEMPLATES.glob("**/templates/**/*.html"))
    faults = 0
    for path in paths:
        text = path.read_text(encoding="utf-8")
        wanted = laid_out(text)
        if wanted == text:
            continue
        faults += 1
        if is_check:
            print(f"{path}: lines are not laid out: run python tools/lay_out_templates.py")
        else:
            path.write_text(wanted, encoding="utf-8")
    print(f"Templates: {len(paths)} files, {faults} {'faults' if is_check else 'laid out'}.")
    return 1 if is_check and faults else 0


if __name__ == "__main__":
    sys.exit(main())
