"""
Critical path method: earliest and latest dates, float, and why an activity is or is not critical.

References
----------
J. E. Kelley, M. R. Walker, Critical-path planning and scheduling, Proc. Eastern Joint Computer Conference 1959, 160-173; links other
than finish-to-start after S. E. Elmaghraby, J. Kamburowski, Management Science 38 (1992) 1245-1263.
"""

from dataclasses import dataclass

from punte.engines.roadmap.instance import Activity, Plan
from punte.engines.roadmap.network import Network, build_network


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """
    One activity on the time axis, resources and cash aside.

    Parameters
    ----------
    early_start, early_finish, late_start, late_finish
        Instants [units].
    total_float
        Working days it can slip before the plan's end, or a date constraint, gives way; negative when one is already missed.
    free_float
        Working days it can slip before anything else moves.
    driver
        Number of the link that sets its early start; ``None`` when its own date or the start of the plan does.
    limiter
        Number of the link that sets its late start; ``None`` when its own date or the end of the plan does.
    """

    early_start: int
    early_finish: int
    late_start: int
    late_finish: int
    total_float: int
    free_float: int
    driver: int | None
    limiter: int | None

    @property
    def is_critical(self) -> bool:
        """Whether any slip delays the end of the plan or a dated constraint."""
        return self.total_float <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalPath:
    """All dates of a plan by activity id, and the instant at which it ends."""

    network: Network
    length: int
    dates: dict[str, Dates]

    @property
    def critical(self) -> tuple[str, ...]:
        """The critical activities that are still to be done, in the order of their links."""
        activities = self.network.activities
        return tuple(
            activities[idx].id
            for idx in self.network.order
            if self.dates[activities[idx].id].is_critical and not _is_done(activities[idx])
        )


def _is_done(activity: Activity) -> bool:
    return activity.progress is not None and activity.progress.actual_finish is not None


def find_critical_path(plan: Plan) -> CriticalPath:
    """
    Return early and late dates of a sound plan, resources and cash aside.

    Examples
    --------
    >>> from punte.engines.roadmap.instance import Activity, Length, Link
    >>> acts = (Activity(id="A", duration=Length(likely=2)), Activity(id="B", duration=Length(likely=3)))
    >>> find_critical_path(Plan(activities=acts, links=(Link(first="A", second="B"),))).length
    5
    """
    network = build_network(plan)
    early, drivers = _pass_forward(network)
    finishes = [network.finish(idx, start) for idx, start in enumerate(early)]
    length = max(finishes)
    late, limiters = _pass_backward(network, length)
    dates = {}
    for idx, activity in enumerate(plan.activities):
        time, settled = network.work_of[idx], activity.progress is not None
        late_start = early[idx] if settled else late[idx]
        begin = network.begin_ahead(idx, early[idx])
        free = length - finishes[idx]
        for link in _links_ahead(network, idx):
            second = network.ends[link][1]
            free = min(free, network.latest_by_link(link, early[second]) - begin)
        dates[activity.id] = Dates(
            early_start=early[idx],
            early_finish=finishes[idx],
            late_start=late_start,
            late_finish=finishes[idx] if settled else network.finish(idx, late_start),
            total_float=time.count(late[idx]) - time.count(begin),
            free_float=max(0, time.count(begin + max(0, free)) - time.count(begin)),
            driver=drivers[idx],
            limiter=limiters[idx],
        )
    return CriticalPath(network=network, length=length, dates=dates)


def _pass_forward(network: Network) -> tuple[list[int], list[int | None]]:
    early = [0] * len(network.activities)
    drivers: list[int | None] = [None] * len(network.activities)
    for idx in network.order:
        early[idx] = network.first_start(idx)
        if network.activities[idx].progress is not None:
            continue
        for link in network.before[idx]:
            begin = network.earliest_by_link(link, early[network.ends[link][0]])
            begin = network.snap(idx, begin)
            if begin > early[idx] or (begin == early[idx] and drivers[idx] is None and begin > 0):
                early[idx], drivers[idx] = begin, link
    return early, drivers


def _links_ahead(network: Network, idx: int) -> list[int]:
    """Return the links by which an activity can still hold another: what has begun is not held, nor by a begin that was."""
    return [
        link
        for link in network.after[idx]
        if network.activities[network.ends[link][1]].progress is None
        and not (network.is_running(idx) and network.links[link].type[0] == "S")
    ]


def _pass_backward(network: Network, length: int) -> tuple[list[int], list[int | None]]:
    late = [0] * len(network.activities)
    limiters: list[int | None] = [None] * len(network.activities)
    for idx in reversed(network.order):
        late[idx] = network.work_of[idx].latest_start(length, network.work_ahead(idx))
        own = network.last_start(idx)
        if own is not None:
            late[idx] = min(late[idx], own)
        for link in _links_ahead(network, idx):
            begin = network.latest_by_link(link, late[network.ends[link][1]])
            if begin < late[idx] or (begin == late[idx] and limiters[idx] is None):
                late[idx], limiters[idx] = begin, link
    return late, limiters
