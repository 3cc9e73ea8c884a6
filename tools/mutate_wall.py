"""Break the wall on purpose, once for each mutation, in a copy: the security tests must turn red every time."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WALL = "src/punte/apps/access/wall.py"
TESTS = ("test_schema.py", "test_wall.py", "test_wall_property.py")

MUTATIONS = (
    ("the unvetted read what is released", WALL, "((SELECT wall_is_vetted()) OR ", "(true OR "),
    (
        "releasable-to is not asked",
        WALL,
        "{{t}}.label_releasable_to && (SELECT wall_released_to())",
        "true",
    ),
    (
        "a denial no longer wins",
        WALL,
        "AND NOT {t}.label_denied_to && (SELECT wall_array('names'))",
        "",
    ),
    (
        "the embargo is read backwards",
        WALL,
        "label_embargo_until <= (SELECT",
        "label_embargo_until >= (SELECT",
    ),
    (
        "rows that hang from others are open",
        WALL,
        'f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {row}.{column}{stewards})"',
        '"true"',
    ),
    (
        "what stewards alone read is read by the owner's people too",
        WALL,
        'self.read == "stewards" and link == self.via[0]',
        "False",
    ),
    (
        "the owner of the tables passes through",
        WALL,
        "ALTER TABLE {t} FORCE ROW LEVEL SECURITY;\nCREATE",
        "CREATE",
    ),
    (
        "one of several conditions is enough",
        WALL,
        "{{t}}.label_restricted_to <@",
        "{{t}}.label_restricted_to &&",
    ),
    (
        "the audience is not asked",
        WALL,
        "{{t}}.label_audience && (SELECT wall_array('roles'))",
        "true",
    ),
    ("whoever sees may write", WALL, "AND (SELECT wall_may_write())\n", "\n"),
    (
        "what is one person's own is seen by whoever sees the person",
        WALL,
        "{row}.{self.own}::text = (SELECT wall_setting('person'))",
        "true",
    ),
    (
        "organisations kept apart see each other",
        WALL,
        "AND NOT {t}.owner_org_id = ANY ((SELECT wall_never_meet())::uuid[])",
        "",
    ),
)


def copy_project(origin: Path, target: Path) -> None:
    """Copy what the tests need; the copy may be read by the database's own user."""
    target.mkdir(exist_ok=True)
    target.chmod(0o755)
    for part in ("src", "tests", "pyproject.toml"):
        source = origin / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target / part)


def turns_red(original: Path, path: str, old: str, new: str) -> bool:
    """Return whether the security tests fail on a copy of the project with one text exchanged."""
    with tempfile.TemporaryDirectory(prefix="punte-mutant-") as name:
        copy = Path(name)
        copy_project(original, copy)
        text = (copy / path).read_text(encoding="utf-8")
        if old not in text:
            sys.exit(
                f"The mutation of {path} no longer finds {old!r}. Write it anew in tools/mutate_wall.py."
            )
        (copy / path).write_text(text.replace(old, new), encoding="utf-8")
        tests = [f"tests/security/{test}" for test in TESTS]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = os.environ | {"PYTHONPATH": str(copy / "src"), "PUNTE_NO_SHRINK": "1"}
        run = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, check=False
        )
        # 1 is "a test failed"; anything else means the tests did not run, which proves nothing.
        if run.returncode not in {0, 1}:
            sys.exit(f"The tests did not run:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
        return run.returncode == 1


def main() -> int:
    """Print each mutation and whether it was caught; 1 if one was not."""
    missed = 0
    with tempfile.TemporaryDirectory(prefix="punte-original-") as name:
        copy_project(ROOT, Path(name))
        for what, path, old, new in MUTATIONS:
            caught = turns_red(Path(name), path, old, new)
            missed += not caught
            print(f"{'caught' if caught else 'MISSED'}  {what}", flush=True)
    print(f"{len(MUTATIONS) - missed} of {len(MUTATIONS)} broken walls were caught.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
