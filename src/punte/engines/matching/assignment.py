"""Who is brought together when everyone has limited time: the question, the answer, and its check."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from punte.kernel.errors import InvalidInputError, Problem

MOST_FLOOR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    A pair that may be brought together.

    Parameters
    ----------
    need_id, offer_id
        Ids.
    score
        How well they fit; finite, higher is better.
    """

    need_id: str
    offer_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentQuestion:
    """
    Candidates with quotas.

    Parameters
    ----------
    candidates
        Each pair once.
    per_need, per_offer
        Most offers a need gets and most needs an offer gets, >= 0, where ``quotas`` say nothing else.
    floor
        Offers each need should have before any need gets more, 0 to 5.
    need_quotas, offer_quotas
        Quotas of single needs and offers, >= 0.
    base
        The lowest score of all, found by itself: the worth of a pair is its score less this, never below 0.

    Raises
    ------
    InvalidInputError
        With every pair that stands twice and every number out of its range.
    """

    candidates: tuple[Candidate, ...]
    per_need: int = 3
    per_offer: int = 6
    floor: int = 1
    need_quotas: Mapping[str, int] = field(default_factory=dict)
    offer_quotas: Mapping[str, int] = field(default_factory=dict)
    base: float = field(init=False)

    def __post_init__(self) -> None:
        lowest = min((candidate.score for candidate in self.candidates), default=0.0)
        object.__setattr__(self, "base", lowest)
        problems = [
            Problem(place=name, what=f"is {value}, expected {least} to {most}.")
            for name, value, least, most in (
                ("per_need", self.per_need, 0, 10_000),
                ("per_offer", self.per_offer, 0, 10_000),
                ("floor", self.floor, 0, MOST_FLOOR),
            )
            if not least <= value <= most
        ]
        counted = Counter((c.need_id, c.offer_id) for c in self.candidates)
        problems += [
            Problem(place=f"{need} {offer}", what="stands twice.")
            for (need, offer), count in counted.items()
            if count > 1
        ]
        quotas = (*self.need_quotas.items(), *self.offer_quotas.items())
        problems += [
            Problem(place=f"quota of {name}", what=f"is {quota}, expected 0 or more.")
            for name, quota in quotas
            if quota < 0
        ]
        if problems:
            raise InvalidInputError("The assignment question", problems)

    def need_quota(self, need_id: str) -> int:
        """Return the most offers that need gets."""
        return self.need_quotas.get(need_id, self.per_need)

    def offer_quota(self, offer_id: str) -> int:
        """Return the most needs that offer gets."""
        return self.offer_quotas.get(offer_id, self.per_offer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """
    What one need gives up for the others.

    Parameters
    ----------
    need_id
        Id.
    offers
        How many it got.
    worth
        Worth of what it got.
    best
        Worth of what it would get if it were alone.
    """

    need_id: str
    offers: int
    worth: float
    best: float

    @property
    def value(self) -> float:
        """What it gives up, >= 0."""
        return self.best - self.worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """
    Pairs brought together.

    Parameters
    ----------
    status
        ``optimal``: no other choice has fairer counts up to the floor, nor the same counts and more worth, to
        the resolution.
    pairs
        By need id, then offer id.
    regrets
        One for each need with a candidate, by id.
    resolution
        Step to which scores were rounded for the proof.
    """

    status: Literal["optimal", "unknown"]
    pairs: tuple[Candidate, ...]
    regrets: tuple[Regret, ...]
    resolution: float

    @property
    def worth(self) -> float:
        """Sum of the worth of all pairs."""
        return sum(regret.worth for regret in self.regrets)


def regrets_of(question: AssignmentQuestion, pairs: Sequence[Candidate]) -> tuple[Regret, ...]:
    """Return what each need with a candidate got, and would get alone."""
    alone: dict[str, list[float]] = {}
    for candidate in question.candidates:
        if question.offer_quota(candidate.offer_id) > 0:
            alone.setdefault(candidate.need_id, []).append(candidate.score - question.base)
        else:
            alone.setdefault(candidate.need_id, [])
    got: dict[str, list[float]] = {}
    for pair in pairs:
        got.setdefault(pair.need_id, []).append(pair.score - question.base)
    return tuple(
        Regret(
            need_id=need_id,
            offers=len(got.get(need_id, [])),
            worth=sum(sorted(got.get(need_id, []))),
            best=sum(sorted(sorted(alone[need_id], reverse=True)[: question.need_quota(need_id)])),
        )
        for need_id in sorted(alone)
    )


def check_assignment(question: AssignmentQuestion, answer: Assignment) -> tuple[Problem, ...]:
    """
    Return every broken rule of an assignment: pairs that are no candidates, quotas, figures.

    Parameters
    ----------
    question
        What was asked.
    answer
        What was answered.
    """
    allowed = {(c.need_id, c.offer_id): c.score for c in question.candidates}
    problems = [
        Problem(place=f"{pair.need_id} {pair.offer_id}", what="is no candidate.")
        for pair in answer.pairs
        if allowed.get((pair.need_id, pair.offer_id)) != pair.score
    ]
    if len({(pair.need_id, pair.offer_id) for pair in answer.pairs}) != len(answer.pairs):
        problems.append(Problem(place="pairs", what="one pair stands twice."))
    for need_id, count in sorted(Counter(pair.need_id for pair in answer.pairs).items()):
        if count > question.need_quota(need_id):
            problems.append(Problem(place=f"need {need_id}", what=f"has {count} offers."))
    for offer_id, count in sorted(Counter(pair.offer_id for pair in answer.pairs).items()):
        if count > question.offer_quota(offer_id):
            problems.append(Problem(place=f"offer {offer_id}", what=f"has {count} needs."))
    if not problems and answer.regrets != regrets_of(question, answer.pairs):
        problems.append(Problem(place="regrets", what="are not those of the pairs."))
    return tuple(problems)
