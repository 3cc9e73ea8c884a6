"""What a case rests on besides what was typed, and the label that follows from it."""

from collections.abc import Sequence
from typing import TypedDict

from punte.apps.access.models import Labelled, Tlp, strictest_tlp


class Input(TypedDict):
    """Something that a case began from, and how it was labelled then."""

    kind: str
    id: str
    tlp: str


def input_of(kind: str, row: Labelled) -> Input:
    """Return a row as an input of a case."""
    return Input(kind=kind, id=str(row.pk), tlp=row.label_tlp)


def strictest(inputs: Sequence[Input], *, least: str = Tlp.AMBER) -> str:
    """
    Return the marking of what is made of several things: the strictest of theirs, and never more open than ``least``.

    References
    ----------
    FIRST, Traffic Light Protocol 2.0: who passes on does so under the label of the source.
    """
    return strictest_tlp((one["tlp"] for one in inputs), least=least)
