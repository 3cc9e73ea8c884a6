"""Hold the collector of cyclic garbage off for a short while."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """
    Collect no cycles inside the block, which must be short and make none that matter.

    Work that makes a hundred thousand small objects sets off a full collection, which walks everything the process holds: in a
    process that serves pages this takes as long as the work itself. Reference counts free the objects in any case. Where two
    threads are inside at once, the collector may come back before the second has left.

    Examples
    --------
    >>> with uncollected():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
