"""The collector of cycles is held off inside the block and comes back, whatever happens in it."""

import gc

import pytest

from punte.kernel.collecting import uncollected


def test_the_collector_comes_back_after_a_fault() -> None:
    assert gc.isenabled()
    seen = []
    with pytest.raises(ZeroDivisionError), uncollected():
        seen.append(gc.isenabled() or 1 / 0)
    assert not seen
    assert gc.isenabled()


def test_who_works_without_the_collector_is_left_alone() -> None:
    gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
