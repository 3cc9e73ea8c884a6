"""
Where the activities of a plan stand in a picture of its network: columns from left to right, few crossings.

References
----------
K. Sugiyama, S. Tagawa, M. Toda, Methods for visual understanding of hierarchical system structures, IEEE Trans. SMC 11 (1981)
109-125: layers, dummy nodes on long links, barycentres. The places in a column are an isotonic regression (M. Ayer et al., Ann. Math.
Statist. 26 (1955) 641-647): as near to their neighbours as the order and a distance of one allow.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from punte.engines.roadmap.network import Network

SWEEPS: Final = 6
"""Times that the columns are put in order of their neighbours, left to right and back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """
    Places of activities and the ways of links.

    Parameters
    ----------
    columns
        How many columns there are [count].
    height
        The greatest row, at least 0 [rows].
    places
        Column and row of each activity by number; two of a column are at least one row apart.
    ways
        For each link by number the places that it passes, its two activities included.
    """

    columns: int
    height: float
    places: tuple[tuple[int, float], ...]
    ways: tuple[tuple[tuple[int, float], ...], ...]


def lay_out(network: Network) -> Layout:
    """Return the layout of a network; the same network gives the same one."""
    column = _columns(network)
    nodes, chains = _with_dummies(network, column)
    last = max(nodes, default=0)
    layers: list[list[int]] = [[] for _ in range(last + 1)]
    for node, at in enumerate(nodes):
        layers[at].append(node)
    links = sorted({pair for chain in chains for pair in pairwise(chain)})
    before: list[list[int]] = [[] for _ in nodes]
    after: list[list[int]] = [[] for _ in nodes]
    for first, second in links:
        before[second].append(first)
        after[first].append(second)
    layers = _ordered(layers, before, after)
    rows = _rows(layers, before, after)
    return Layout(
        columns=last + 1,
        height=max(rows, default=0.0),
        places=tuple((nodes[idx], rows[idx]) for idx in range(len(network.activities))),
        ways=tuple(tuple((nodes[node], rows[node]) for node in chain) for chain in chains),
    )


def _columns(network: Network) -> list[int]:
    """Return for each activity the number of links on the longest way to it."""
    column = [0] * len(network.activities)
    for idx in network.order:
        for link in network.after[idx]:
            second = network.ends[link][1]
            column[second] = max(column[second], column[idx] + 1)
    return column


def _with_dummies(network: Network, column: list[int]) -> tuple[list[int], list[list[int]]]:
    """Return the column of each node, and each link as a chain of nodes through every column."""
    nodes, chains = list(column), []
    for first, second in network.ends:
        chain = [first]
        for at in range(column[first] + 1, column[second]):
            chain.append(len(nodes))
            nodes.append(at)
        chains.append([*chain, second])
    return nodes, chains


def _ordered(
    layers: list[list[int]], before: list[list[int]], after: list[list[int]]
) -> list[list[int]]:
    """Return the columns in an order with few crossings."""
    best, fewest = layers, _count_crossings(layers, after)
    for sweep in range(2 * SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        turn = range(len(layers)) if sweep % 2 == 0 else range(len(layers) - 1, -1, -1)
        layers = [list(layer) for layer in layers]
        place = {node: float(k) for layer in layers for k, node in enumerate(layer)}
        for at in turn:
            centre = {
                node: sum(place[n] for n in neighbours[node]) / len(neighbours[node])
                if neighbours[node]
                else place[node]
                for node in layers[at]
            }
            layers[at].sort(key=lambda node: (centre[node], place[node]))
            place.update({node: float(k) for k, node in enumerate(layers[at])})
        crossings = _count_crossings(layers, after)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _count_crossings(layers: list[list[int]], after: list[list[int]]) -> int:
    """Return how many pairs of links between neighbouring columns cross [count]."""
    total = 0
    for left, right in pairwise(layers):
        place = {node: k for k, node in enumerate(right)}
        seen: list[int] = []
        for node in left:
            ends = sorted(place[second] for second in after[node])
            for end in ends:
                total += len(seen) - bisect_left(seen, end + 1)
            for end in ends:
                insort(seen, end)
    return total


def _rows(layers: list[list[int]], before: list[list[int]], after: list[list[int]]) -> list[float]:
    """Return the row of each node: near its neighbours, at least one from the next in its column."""
    rows = [0.0] * len(before)
    most = max(map(len, layers), default=1)
    for layer in layers:
        for k, node in enumerate(layer):
            rows[node] = k + (most - len(layer)) / 2
    for sweep in range(2 * SWEEPS):
        turn = layers if sweep % 2 == 0 else layers[::-1]
        for layer in turn:
            wanted = []
            for node in layer:
                near = before[node] + after[node]
                wanted.append(sum(rows[n] for n in near) / len(near) if near else rows[node])
            for node, row in zip(layer, _spread(wanted), strict=True):
                rows[node] = row
    least = min(rows, default=0.0)
    return [round(row - least, 3) for row in rows]


def _spread(wanted: list[float]) -> list[float]:
    """
    Return the rows nearest to what is wanted, in this order and one apart (pool adjacent violators).

    Examples
    --------
    >>> _spread([1.0, 1.0, 5.0])
    [0.5, 1.5, 5.0]
    """
    blocks: list[list[float]] = []
    for k, value in enumerate(wanted):
        blocks.append([value - k, 1.0])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value_b, size_b = blocks.pop()
            value_a, size_a = blocks[-1]
            size = size_a + size_b
            blocks[-1] = [(value_a * size_a + value_b * size_b) / size, size]
    flat = [value for value, size in blocks for _ in range(int(size))]
    return [value + k for k, value in enumerate(flat)]
