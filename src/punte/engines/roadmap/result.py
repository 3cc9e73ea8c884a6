"""The answer of scheduling: when each activity begins, how long it all takes, and how much shorter it could at best be."""

from dataclasses import dataclass

from punte.kernel.anytime import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """
    Dates for a plan that keep its links, calendars, resources and cash.

    Parameters
    ----------
    instance_sha256
        Of the bytes of the file that held the plan, in hexadecimal.
    status
        ``optimal`` only if ``makespan`` equals ``bound``.
    makespan
        Instant at which the last activity finishes [units]; ``None`` without a schedule.
    bound
        Proved: no schedule is shorter [units].
    starts
        Activity id to its start [units]; empty without a schedule.
    runtime_s
        Wall time of the solver [s], >= 0.
    engine
        Name and version of what answered.
    reasons
        For ``infeasible``: what cannot be kept, in words.
    """

    instance_sha256: str
    status: Status
    seed: int
    runtime_s: float
    engine: str
    makespan: int | None
    bound: int | None
    starts: dict[str, int]
    reasons: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """Return how far ``makespan`` is above ``bound``, as a share of ``bound``; ``None`` when unknown."""
        if self.makespan is None or self.bound is None:
            return None
        return (self.makespan - self.bound) / self.bound if self.bound else 0.0
