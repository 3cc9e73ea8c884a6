"""What the parts of the solver hand to each other."""

from dataclasses import dataclass, field

from punte.engines.timetable.instance import Goal
from punte.engines.timetable.result import Meeting
from punte.kernel.anytime import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """
    What a search found.

    Parameters
    ----------
    status
        ``optimal`` if every goal is proved, ``infeasible`` if that is proved, else ``feasible`` or ``unknown``.
    bounds
        Proved bound of each goal reached, given the values of the goals before it.
    proved
        Goals proved, a leading part of the objective.
    """

    status: Status
    meetings: tuple[Meeting, ...] = ()
    bounds: dict[Goal, float] = field(default_factory=dict)
    proved: tuple[Goal, ...] = ()
