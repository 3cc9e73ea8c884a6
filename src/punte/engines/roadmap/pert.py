"""
The classic PERT estimate: means and variances along the critical path, a normal law for its sum.

It overlooks that other paths may become longer, so its chances are too good (merge bias); it is here to be compared with the
simulation, not in its place.

References
----------
D. G. Malcolm, J. H. Roseboom, C. E. Clark, W. Fazar, Application of a technique for research and development program evaluation,
Operations Research 7 (1959) 646-669.
"""

import math
from dataclasses import dataclass

from punte.engines.roadmap.instance import Length, Plan
from punte.engines.roadmap.network import build_network


def mean_length(length: Length) -> float:
    """
    Return (low + 4 likely + high) / 6 [units]; ``likely`` where the length is certain.

    Examples
    --------
    >>> mean_length(Length(likely=8, low=5, high=17))
    9.0
    """
    if length.low is None or length.high is None:
        return length.likely
    return (length.low + 4 * length.likely + length.high) / 6


def length_variance(length: Length) -> float:
    """Return ((high - low) / 6) squared [units squared]."""
    if length.sd is not None:
        return length.sd**2
    return ((length.high or 0.0) - (length.low or 0.0)) ** 2 / 36 if length.low is not None else 0.0


def normal_share(value: float, mean: float, variance: float) -> float:
    """Return the probability that a normal variable is at most ``value``; ``variance`` >= 0."""
    if variance == 0:
        return float(value >= mean)
    return 0.5 * math.erfc((mean - value) / math.sqrt(2 * variance))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    The classic answer.

    Parameters
    ----------
    mean, variance
        Of the length of the critical path of mean lengths [units, units squared].
    critical
        Its activities, first to last.
    slack
        Activity id to its slack with mean lengths [units].
    """

    mean: float
    variance: float
    critical: tuple[str, ...]
    slack: dict[str, float]

    def chance_by(self, value: float) -> float:
        """Return the probability that the path is at most ``value`` long [units]."""
        return normal_share(value, self.mean, self.variance)


def estimate_by_pert(plan: Plan) -> Estimate:
    """Return the classic estimate of a plan; its links count as finish-to-start with their lag, without calendars."""
    network = build_network(plan)
    mean = [mean_length(activity.duration) for activity in plan.activities]
    finish, late, driver = [0.0] * len(mean), [0.0] * len(mean), [-1] * len(mean)
    for idx in network.order:
        begin = 0.0
        for link in network.before[idx]:
            first = network.ends[link][0]
            if finish[first] + network.links[link].lag > begin:
                begin, driver[idx] = finish[first] + network.links[link].lag, first
        finish[idx] = begin + mean[idx]
    total = max(finish)
    for idx in reversed(network.order):
        late[idx] = total
        for link in network.after[idx]:
            second = network.ends[link][1]
            late[idx] = min(late[idx], late[second] - mean[second] - network.links[link].lag)
    chain = [finish.index(total)]
    while driver[chain[-1]] >= 0:
        chain.append(driver[chain[-1]])
    chain.reverse()
    activities = plan.activities
    return Estimate(
        mean=total,
        variance=sum(length_variance(activities[idx].duration) for idx in chain),
        critical=tuple(activities[idx].id for idx in chain),
        slack={a.id: late[idx] - finish[idx] for idx, a in enumerate(activities)},
    )
