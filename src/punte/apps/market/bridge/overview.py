"""All needs against all offers: how each need is covered, and who could be brought together within quotas."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from punte.apps.market.bridge.shelves import ListingSource, Shelf, shelf_of
from punte.apps.market.models import Listing
from punte.engines.matching.assign import assign
from punte.engines.matching.assignment import AssignmentQuestion, Candidate, check_assignment
from punte.engines.matching.enough import near_enough
from punte.engines.matching.solve import rank_block
from punte.engines.matching.vectors import blocks_of

Found = TypeVar("Found")

MOST_NEEDS: Final = 1_000
"""Needs that an overview reads, by id."""
CANDIDATES: Final = 20
"""Offers of each need that may be brought together with it."""
NAMED: Final = 3
"""Offers that the coverage names for each need."""
_CELLS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """
    How one need is covered.

    Parameters
    ----------
    count
        Offers of other organisations that are near enough to fit.
    best
        The first of them, best first.
    """

    need_id: str
    count: int
    best: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The coverage of every need; ``is_cut`` where there are more needs, ``is_waiting`` where a text waits for the model."""

    lines: tuple[Covered, ...]
    is_cut: bool
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """
    What one need gets, and what it gives up for the others.

    Parameters
    ----------
    offers
        Brought together with it, best first.
    worth, best
        Worth of what it gets, and of what it would get if it were alone.
    """

    need_id: str
    offers: tuple[str, ...]
    worth: float
    best: float

    @property
    def regret(self) -> float:
        """What it gives up, >= 0."""
        return self.best - self.worth


def coverage_of(needs: QuerySet[Listing], offers: QuerySet[Listing]) -> Overview:
    """
    Return how far the offers that the subject sees cover the needs that it sees.

    Parameters
    ----------
    needs, offers
        Published ones, in the active subject's name.
    """
    asked, offered = _shelves(needs, offers)
    return Overview(
        lines=_kept(asked, offered, "coverage", lambda: _covered(asked, offered)),
        is_cut=len(asked.items) > MOST_NEEDS,
        is_waiting=bool(asked.waiting or offered.waiting),
    )


def pairs_of(
    needs: QuerySet[Listing],
    offers: QuerySet[Listing],
    *,
    per_need: int,
    per_offer: int,
    floor: int,
) -> tuple[Pairing, ...]:
    """
    Return who is brought together: the pairs of greatest worth among those that are fairest up to the floor.

    Parameters
    ----------
    per_need, per_offer
        Most offers for a need, and needs for an offer, >= 0.
    floor
        Offers each need should have before any need gets more, 0 to 5.
    """
    asked, offered = _shelves(needs, offers)
    found = _kept(asked, offered, "pairs", lambda: _candidates(asked, offered))
    question = AssignmentQuestion(
        candidates=found, per_need=per_need, per_offer=per_offer, floor=floor
    )
    answer = assign(question)
    assert answer.status == "optimal"
    assert not check_assignment(question, answer)
    offers_of: dict[str, list[Candidate]] = {}
    for pair in answer.pairs:
        offers_of.setdefault(pair.need_id, []).append(pair)
    return tuple(
        Pairing(
            need_id=one.need_id,
            offers=tuple(
                pair.offer_id
                for pair in sorted(offers_of.get(one.need_id, ()), key=lambda pair: -pair.score)
            ),
            worth=one.worth,
            best=one.best,
        )
        for one in answer.regrets
    )


def _shelves(needs: QuerySet[Listing], offers: QuerySet[Listing]) -> tuple[Shelf, Shelf]:
    return shelf_of(ListingSource(needs)), shelf_of(ListingSource(offers))


def _blocks(asked: Shelf, offered: Shelf) -> Iterator[tuple[slice, npt.NDArray[np.float32] | None]]:
    """Yield blocks of needs, with their vectors."""
    count = min(len(asked.items), MOST_NEEDS)
    vectors = asked.collection.vectors
    for block in blocks_of(count, max(1, _CELLS // max(1, len(offered.items)))):
        yield block, None if vectors is None else np.ascontiguousarray(vectors[:, block].T)


def _covered(asked: Shelf, offered: Shelf) -> tuple[Covered, ...]:
    lines = []
    for block, vectors in _blocks(asked, offered):
        enough = near_enough(offered.collection, asked.items[block], vectors)
        for row, need in enumerate(asked.items[block]):
            fitting = enough[row] & (offered.owners != need.org_id)
            own = None if vectors is None else vectors[row : row + 1]
            matches = (
                rank_block(offered.collection, [need], own, None, NAMED, among=fitting)
                if fitting.any()
                else []
            )
            best = tuple(match.offer_id for match in matches)
            lines.append(Covered(need_id=need.id, count=int(fitting.sum()), best=best))
    return tuple(lines)


def _candidates(asked: Shelf, offered: Shelf) -> tuple[Candidate, ...]:
    found = []
    for block, vectors in _blocks(asked, offered):
        for row, need in enumerate(asked.items[block]):
            own = None if vectors is None else vectors[row : row + 1]
            among = offered.owners != need.org_id
            matches = rank_block(offered.collection, [need], own, None, CANDIDATES, among=among)
            found += [
                Candidate(need_id=need.id, offer_id=match.offer_id, score=match.score)
                for match in matches
                if match.reasons or match.score > 0
            ]
    return tuple(found)


_ANSWERS: OrderedDict[tuple[str, ...], tuple[Any, ...]] = OrderedDict()
_LOCK: Final = threading.Lock()
_MOST_ANSWERS: Final = 16


def _kept(
    asked: Shelf, offered: Shelf, what: str, make: Callable[[], tuple[Found, ...]]
) -> tuple[Found, ...]:
    """Return an answer from memory where exactly these shelves gave it before; with texts that wait, it is made anew."""
    key = (asked.key, offered.key, what)
    with _LOCK:
        if key in _ANSWERS:
            _ANSWERS.move_to_end(key)
            return _ANSWERS[key]
    found = make()
    if not asked.waiting and not offered.waiting:
        with _LOCK:
            _ANSWERS[key] = found
            while len(_ANSWERS) > _MOST_ANSWERS:
                _ANSWERS.popitem(last=False)
    return found
