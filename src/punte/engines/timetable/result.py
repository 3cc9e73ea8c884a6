"""The answer: meetings, what each goal reached and could at best reach, and why each unmet request is unmet."""

from dataclasses import dataclass
from typing import Literal

from punte.engines.timetable.instance import Goal
from punte.kernel.anytime import Status

Cause = Literal["no_common_slot", "participant_full", "places_full", "lost_to_optimum"]
"""
Why a request is unmet. ``no_common_slot``: those concerned, or every allowed place, are never free together whatever else is held.
``participant_full``: somebody's meetings fill all slots or the limit. ``places_full``: in each common free slot every allowed place
is taken. ``lost_to_optimum``: it could be held only if others of at least its worth gave way.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A request that is held: where and when."""

    request: str
    slot: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalLine:
    """
    One goal of the lexicographic objective.

    Parameters
    ----------
    value
        What the meetings reach, recomputed by the checker; ``None`` without a timetable.
    bound
        Proved: with the goals before it as they are, none is better. ``None`` when nothing is proved.
    proved
        Whether ``value`` equals ``bound`` and every goal before it is proved too.
    """

    name: Goal
    value: float | None
    bound: float | None
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """
    A request that is not held, with a cause that can be checked.

    Parameters
    ----------
    blocking
        Ids of the requests held in its stead; empty when nothing held stands in the way.
    """

    request: str
    code: Cause
    reason: str
    blocking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """
    A timetable with its proof.

    Parameters
    ----------
    instance_sha256
        Of the bytes of the file that held the question, in hexadecimal.
    status
        ``optimal`` only if every goal is proved.
    runtime_s
        Wall time of the solver [s], >= 0.
    engine
        Name and version of what answered.
    """

    instance_sha256: str
    status: Status
    seed: int
    runtime_s: float
    engine: str
    objective: tuple[GoalLine, ...]
    meetings: tuple[Meeting, ...]
    unmet: tuple[Unmet, ...]
