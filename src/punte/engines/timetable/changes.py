"""What changed after a timetable was made: no-shows, late arrivals, closed places, new and cancelled requests."""

from dataclasses import dataclass

from punte.engines.timetable.instance import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class LateArrival:
    """A participant who is absent from ``now`` until the slot ``until`` begins."""

    participant: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A place that holds no meeting from the slot ``since`` on."""

    place: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """
    The question of a repair.

    Parameters
    ----------
    now
        Id of the first slot that can still be changed; what lies before it is history. ``None``: everything can.
    no_show
        Ids of participants absent from ``now`` on.
    cancelled
        Ids of requests that are withdrawn.
    """

    now: str | None = None
    no_show: tuple[str, ...] = ()
    late: tuple[LateArrival, ...] = ()
    closed: tuple[Closure, ...] = ()
    new_requests: tuple[Request, ...] = ()
    cancelled: tuple[str, ...] = ()
