"""Which codes stand in a list. A CPV code that stands in none is refused where it is new; a capability area is a hint."""

from collections.abc import Iterable
from typing import Final

from punte.apps.market.bridge.readings import thesaurus
from punte.apps.programmes.models.capability import AREAS

_BEGINNINGS: Final = """
03 09 14 15 16 18 19 22 24 30 31 32 33 34 35 37 38 39 41 42 43 44 45 48 50 51 55 60 63 64 65 66 70 71 72 73 75 76 77 79 80 85 90 92 98
"""
DIVISIONS: Final = frozenset(_BEGINNINGS.split())
"""
The 45 divisions of the CPV.

References
----------
Regulation (EC) No 213/2008, annex I.
"""


def unknown_cpv(codes: Iterable[str]) -> list[str]:
    """Return the codes that the vocabulary of this site has not; without one, those of no division."""
    lines = thesaurus()
    known = None if lines is None else set(lines.lines.codes)
    return [one for one in codes if one[:2] not in DIVISIONS or (known and one not in known)]


def unknown_areas(codes: Iterable[str]) -> list[str]:
    """Return the codes that are none of the capability areas."""
    return [one for one in codes if one not in AREAS]
