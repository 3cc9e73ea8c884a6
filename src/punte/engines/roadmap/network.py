"""A plan made ready to compute with: activities in order of their links, working times, what history has fixed."""

from dataclasses import dataclass

from punte.engines.roadmap.instance import Activity, Link, Plan
from punte.engines.roadmap.worktime import WorkTime, build_work_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """
    The links of a plan by activity number.

    Parameters
    ----------
    order
        Activity numbers, each after all it waits for.
    ends
        For each link the numbers of its two activities.
    before, after
        For each activity the numbers of the links that lead to it and from it.
    work_of, lag_of
        Working time of each activity and of each link's lag.
    """

    plan: Plan
    number: dict[str, int]
    order: tuple[int, ...]
    ends: tuple[tuple[int, int], ...]
    before: tuple[tuple[int, ...], ...]
    after: tuple[tuple[int, ...], ...]
    work_of: tuple[WorkTime, ...]
    lag_of: tuple[WorkTime, ...]

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities, by number."""
        return self.plan.activities

    @property
    def links(self) -> tuple[Link, ...]:
        """The links, by number."""
        return self.plan.links

    def work(self, idx: int) -> int:
        """Return the planned work of an activity [units]."""
        return self.plan.activities[idx].duration.planned

    def is_running(self, idx: int) -> bool:
        """Whether an activity has begun and is not done."""
        done = self.plan.activities[idx].progress
        return done is not None and done.actual_finish is None

    def work_ahead(self, idx: int) -> int:
        """Return the work from now on: what is left of a running activity, all of another [units]."""
        return self.plan.activities[idx].work_left if self.is_running(idx) else self.work(idx)

    def begin_ahead(self, idx: int, start: int) -> int:
        """Return when that work begins: of a running activity at the status date, of another at its start."""
        if not self.is_running(idx):
            return start
        return self.work_of[idx].snap(max(start, self.plan.status_at or 0))

    def finish(self, idx: int, start: int) -> int:
        """Return when an activity that starts at ``start`` finishes, history included."""
        activity = self.plan.activities[idx]
        done = activity.progress
        if done is None:
            return self.work_of[idx].finish(start, activity.duration.planned)
        if done.actual_finish is not None:
            return done.actual_finish
        begin = max(start, self.plan.status_at or 0)
        return self.work_of[idx].finish(begin, activity.work_left)

    def earliest_by_link(self, link_idx: int, start: int) -> int:
        """Return the earliest start of the second activity when the first starts at ``start``."""
        link = self.plan.links[link_idx]
        first, second = self.ends[link_idx]
        begin = self.finish(first, start) if link.type[0] == "F" else start
        instant = self.lag_of[link_idx].shift(begin, link.lag)
        if link.type[1] == "S":
            return instant
        return self.work_of[second].earliest_start(instant, self.work(second))

    def gap(self, link_idx: int) -> int:
        """Return the least distance from start to start that a link asks for where every day works; may be negative."""
        link = self.plan.links[link_idx]
        first, second = self.ends[link_idx]
        begin = self.work(first) if link.type[0] == "F" else 0
        return begin + link.lag - (self.work(second) if link.type[1] == "F" else 0)

    def latest_by_link(self, link_idx: int, start: int) -> int:
        """
        Return the latest start of the first activity that lets the second start at ``start``.

        Of a running activity that is the latest begin of what is left of it.
        """
        link = self.plan.links[link_idx]
        first, second = self.ends[link_idx]
        end = self.finish(second, start) if link.type[1] == "F" else start
        instant = self.lag_of[link_idx].shift_back(end, link.lag)
        if link.type[0] == "S":
            return instant
        return self.work_of[first].latest_start(instant, self.work_ahead(first))

    def first_start(self, idx: int) -> int:
        """Return the earliest start of an activity by history, status date and its own constraint alone."""
        activity = self.plan.activities[idx]
        if activity.progress is not None:
            return activity.progress.actual_start
        earliest, kept = self.plan.status_at or 0, activity.constraint
        if kept is not None and kept.type in ("SNET", "MSO"):
            earliest = max(earliest, kept.at)
        elif kept is not None and kept.type in ("FNET", "MFO"):
            begin = self.work_of[idx].earliest_start(kept.at, self.work(idx))
            earliest = max(earliest, begin)
        return self.snap(idx, earliest)

    def last_start(self, idx: int) -> int | None:
        """Return the latest start that an activity's own constraint allows; ``None`` when it sets none."""
        kept = self.plan.activities[idx].constraint
        if kept is None or self.plan.activities[idx].progress is not None:
            return None
        if kept.type in ("SNLT", "MSO"):
            return kept.at
        if kept.type in ("FNLT", "MFO"):
            return self.work_of[idx].latest_start(kept.at, self.work(idx))
        return None

    def snap(self, idx: int, start: int) -> int:
        """Return the first start from ``start`` on that the activity's calendar allows."""
        return self.work_of[idx].snap(start) if self.work(idx) > 0 else start


def build_network(plan: Plan) -> Network:
    """Return the network of a plan that :func:`punte.engines.roadmap.soundness.checked` let pass."""
    number = {activity.id: idx for idx, activity in enumerate(plan.activities)}
    ends = tuple((number[link.first], number[link.second]) for link in plan.links)
    before: list[list[int]] = [[] for _ in plan.activities]
    after: list[list[int]] = [[] for _ in plan.activities]
    for idx, (first, second) in enumerate(ends):
        before[second].append(idx)
        after[first].append(idx)
    waits = [len(links) for links in before]
    order = [idx for idx, count in enumerate(waits) if count == 0]
    for idx in order:
        for link in after[idx]:
            second = ends[link][1]
            waits[second] -= 1
            if waits[second] == 0:
                order.append(second)
    times = build_work_times(plan)
    return Network(
        plan=plan,
        number=number,
        order=tuple(order),
        ends=ends,
        before=tuple(map(tuple, before)),
        after=tuple(map(tuple, after)),
        work_of=tuple(times[activity.calendar] for activity in plan.activities),
        lag_of=tuple(times[link.calendar] for link in plan.links),
    )
