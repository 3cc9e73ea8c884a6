"""The mutations of the wall name what stands in it: one that finds nothing would break no wall and prove nothing."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def mutate_wall() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutate_wall", ROOT / "tools/mutate_wall.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_mutation_finds_its_place_once_and_changes_it() -> None:
    mutations = mutate_wall().MUTATIONS
    assert len(mutations) >= 6
    for what, path, old, new in mutations:
        assert (ROOT / path).read_text(encoding="utf-8").count(old) == 1, what
        assert old != new, what
    assert len({old for _what, _path, old, _new in mutations}) == len(mutations)


def test_the_tests_that_must_turn_red_are_there() -> None:
    for name in mutate_wall().TESTS:
        assert (ROOT / "tests/security" / name).is_file(), name
