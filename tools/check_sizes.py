"""Refuse modules over 400 lines, functions over 40, test modules over 500, and junk-drawer names."""

import ast
import subprocess
import sys
from pathlib import Path

MODULE_LINES = 400
TEST_MODULE_LINES = 500
FUNCTION_LINES = 40
JUNK_NAMES = {"utils", "helpers", "common", "base", "manager", "service", "misc"}


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body; its docstring and signature are documentation."""
    body = node.body
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(body) > 1:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def _faults(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    count = text.count("\n")
    limit = TEST_MODULE_LINES if path.parts[0] == "tests" else MODULE_LINES
    faults = []
    if count > limit:
        faults.append(f"{path}: {count} lines, at most {limit}: look for the second idea in it.")
    if path.stem in JUNK_NAMES:
        faults.append(f"{path}: name the idea, not the drawer.")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = _length(node)
            if lines > FUNCTION_LINES:
                faults.append(f"{path}:{node.lineno}: {node.name} has {lines} lines, at most 40.")
    return faults


def main() -> int:
    """Print every fault of the tracked and new Python files; 1 if there is one."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    paths = [Path(name) for name in listed if "/migrations/" not in name and Path(name).exists()]
    faults = [fault for path in paths for fault in _faults(path)]
    print("\n".join(faults) or f"Sizes and names: {len(paths)} files, no fault.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
