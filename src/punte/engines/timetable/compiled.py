"""Functions that run as machine code; the first run on a machine compiles them and keeps the code beside the module."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return ``function`` compiled on its first call; it lets go of the interpreter's lock while it runs."""
    return cast("Function", numba.njit(cache=True, nogil=True)(function))
