"""Engines, formats and kernel load where Django cannot be imported."""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys
class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "psycopg", "procrastinate", "ninja"}:
            raise ImportError(name + " is forbidden here")
sys.meta_path.insert(0, NoDjango())
import punte.engines, punte.formats, punte.kernel
count = 0
for package in (punte.engines, punte.formats, punte.kernel):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
        count += 1
print(count)
"""


def test_engines_load_without_django() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 5
