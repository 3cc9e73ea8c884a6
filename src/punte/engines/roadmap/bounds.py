"""
Lower bounds of the makespan: the critical path, and energy that does not fit into a window.

References
----------
P. Baptiste, C. Le Pape, W. Nuijten, Satisfiability tests and time-bound adjustments for cumulative scheduling problems, Annals of
Operations Research 92 (1999) 305-333 (left-shift right-shift energy); R. Klein, A. Scholl, Computing lower bounds by destructive
improvement, European Journal of Operational Research 112 (1999) 322-346.
"""

import numpy as np

from punte.engines.roadmap.kernel import compiled
from punte.engines.roadmap.problem import Ints, Problem, capacity_steps


def prove_by_path(problem: Problem) -> int:
    """Return the longest path through links, dates and calendars; no schedule is shorter."""
    heads = _find_heads(problem)
    ends = [
        int(head + problem.length[job] if problem.plain else problem.finish[job, head])
        for job, head in enumerate(heads)
    ]
    return max([problem.floor, *ends])


def prove_by_energy(problem: Problem, bound: int, value: int) -> int:
    """
    Raise ``bound`` to one above a makespan that would need more energy in some window than there is, found by halving.

    Parameters
    ----------
    bound
        Proved already, >= the path.
    value
        Makespan of a known schedule; it is not passed.
    """
    if not problem.plain or not len(problem.todo):
        return bound
    heads = _find_heads(problem)
    tails = np.zeros(len(heads), dtype=np.int64)
    after = problem.after
    for job in range(len(heads) - 1, -1, -1):
        for arc in range(after.first[job], after.first[job + 1]):
            other = after.other[arc]
            rest = tails[other] + problem.length[other] + after.gap[arc] - problem.length[job]
            tails[job] = max(tails[job], rest)
    plan = problem.network.plan
    use = np.zeros((len(plan.resources), len(heads)), dtype=np.int64)
    there = np.zeros((len(plan.resources), problem.horizon + 1), dtype=np.int64)
    for row, resource in enumerate(plan.resources):
        there[row, 1:] = np.cumsum(capacity_steps(resource, problem.horizon))
        for job, idx in enumerate(problem.todo):
            use[row, job] = dict(plan.activities[int(idx)].demands).get(resource.id, 0)
    open_from = value
    while bound < open_from:
        middle = (bound + open_from) // 2
        if _overflows(heads, tails, problem.length, use, there, middle):
            bound = middle + 1
        else:
            open_from = middle
    return bound


def _find_heads(problem: Problem) -> Ints:
    heads = problem.earliest.copy()
    before = problem.before
    for job in range(len(heads)):
        for arc in range(before.first[job], before.first[job + 1]):
            begin = heads[before.other[arc]]
            begin = (
                begin + before.gap[arc] if problem.plain else problem.allow[before.row[arc], begin]
            )
            heads[job] = max(heads[job], begin)
        if not problem.plain:
            heads[job] = problem.snap[job, heads[job]]
    return heads


@compiled
def _overflows(
    heads: Ints, tails: Ints, length: Ints, use: Ints, there: Ints, makespan: int
) -> bool:
    """Return whether, ending by ``makespan``, the least energy in some window [a, b) is above what there is."""
    count = heads.size
    late = makespan - tails - length
    for first in range(count):
        begin = heads[first]
        for last in range(count):
            end = late[last] + length[last]
            if end <= begin or end >= there.shape[1]:
                continue
            for row in range(use.shape[0]):
                energy = 0
                for job in range(count):
                    left = heads[job] + length[job] - begin
                    right = end - late[job]
                    part = min(left, right, length[job], end - begin)
                    if part > 0:
                        energy += part * use[row, job]
                if energy > there[row, end] - there[row, begin]:
                    return True
    return False
