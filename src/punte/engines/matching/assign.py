"""
Bring needs and offers together by min-cost flow: quotas on both sides, a floor for each need.

A unit of flow is a pair. A need's first units, up to the floor, earn a bonus that falls from unit to unit and that
no sum of scores along an exchange of pairs can outweigh. Counts that maximise a falling bonus over a flow
are the fairest there are: no need could be lifted without pushing an equally low one down.

References
----------
Federgruen and Groenevelt, "The Greedy Procedure for Resource Allocation Problems", Operations Research 34(6),
1986 (separable concave objectives over polymatroids). Kobren, Saha and McCallum, "Paper Matching with Local
Fairness Constraints", KDD 2019 (flow with a floor for reviewer assignment).
"""

from typing import Final

import numpy as np
from ortools.graph.python import min_cost_flow

from punte.engines.matching.assignment import (
    Assignment,
    AssignmentQuestion,
    Candidate,
    regrets_of,
)

FINEST: Final = 1e-4
MOST_COST: Final = 2.0**61
"""The solver multiplies costs by the number of nodes and works in 64 bits."""


def assign(question: AssignmentQuestion) -> Assignment:
    """
    Return the pairs of greatest worth among those that are fairest up to the floor, proved by the solver.

    Parameters
    ----------
    question
        Candidates and quotas. Ties go by the order of ids.
    """
    candidates = sorted(
        (
            candidate
            for candidate in question.candidates
            if question.need_quota(candidate.need_id) > 0
            and question.offer_quota(candidate.offer_id) > 0
        ),
        key=lambda candidate: (candidate.need_id, candidate.offer_id),
    )
    if not candidates:
        return Assignment(
            status="optimal", pairs=(), regrets=regrets_of(question, ()), resolution=FINEST
        )
    network = _Network(question, candidates)
    pairs = network.solve()
    return Assignment(
        status="unknown" if pairs is None else "optimal",
        pairs=tuple(pairs or ()),
        regrets=regrets_of(question, pairs or ()),
        resolution=network.resolution,
    )


class _Network:
    """Nodes: 0 the source, then needs, then offers, last the sink."""

    def __init__(self, question: AssignmentQuestion, candidates: list[Candidate]) -> None:
        self._question = question
        self._candidates = candidates
        self._needs = sorted({candidate.need_id for candidate in candidates})
        self._offers = sorted({candidate.offer_id for candidate in candidates})
        worths = np.array([candidate.score - question.base for candidate in candidates])
        # An exchange of pairs passes each node at most once: its worth is bounded by this many ranges.
        self._chain = 2 * min(len(self._needs), len(self._offers)) + 2
        self.resolution = self._choose_resolution(float(worths.max()))
        self._steps = np.rint(worths / self.resolution).astype(np.int64)

    def _choose_resolution(self, highest: float) -> float:
        floor = self._question.floor
        nodes = len(self._needs) + len(self._offers) + 2
        largest = (highest + FINEST) * (self._chain * floor + 1) * nodes * 4
        return max(FINEST, largest / MOST_COST)

    def solve(self) -> list[Candidate] | None:
        """Return the pairs, by need and offer; ``None`` if the solver fails."""
        solver = min_cost_flow.SimpleMinCostFlow()
        need_node = {need: at + 1 for at, need in enumerate(self._needs)}
        offer_node = {offer: at + 1 + len(self._needs) for at, offer in enumerate(self._offers)}
        sink = len(self._needs) + len(self._offers) + 1
        pair_arcs = solver.add_arcs_with_capacity_and_unit_cost(
            np.array([need_node[c.need_id] for c in self._candidates]),
            np.array([offer_node[c.offer_id] for c in self._candidates]),
            np.ones(len(self._candidates), dtype=np.int64),
            -self._steps,
        )
        bonus = (int(self._steps.max()) + 1) * self._chain
        supply = 0
        for need, node in need_node.items():
            quota = self._question.need_quota(need)
            supply += quota
            for unit in range(min(quota, self._question.floor)):
                solver.add_arc_with_capacity_and_unit_cost(
                    0, node, 1, -bonus * (self._question.floor - unit)
                )
            if quota > self._question.floor:
                solver.add_arc_with_capacity_and_unit_cost(0, node, quota - self._question.floor, 0)
        for offer, node in offer_node.items():
            solver.add_arc_with_capacity_and_unit_cost(
                node, sink, self._question.offer_quota(offer), 0
            )
        solver.add_arc_with_capacity_and_unit_cost(0, sink, supply, 0)
        solver.set_node_supply(0, supply)
        solver.set_node_supply(sink, -supply)
        if solver.solve() != solver.OPTIMAL:
            return None
        flows = solver.flows(pair_arcs)
        return [pair for pair, flow in zip(self._candidates, flows, strict=True) if flow > 0]
