"""
Consortia by match, best first, without a solver: sets of offers are walked in the order of their match and held against the rules.

In a consortium nobody is needless, so each member is the only one to cover some part: a consortium is a choice of one offer for each
part. Such choices are walked from the greatest sum of matches downwards. Where good consortia are rare the walk gives up after a
stated number of choices, and the integer model goes on from there.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from punte.engines.eligibility.candidates import asked_ways, bench_of, least_total, required_parts
from punte.engines.eligibility.consortium import PartOffer, Question, as_case
from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.rules import EveryEntity, RuleSet
from punte.engines.eligibility.solve import state_of

MAX_CHOICES: Final = 20_000
"""Choices that are walked before the walk gives up."""
MAX_JUDGED: Final = 400
"""Consortia that are judged before it does."""


@dataclass(slots=True, kw_only=True)
class MatchWalk:
    """
    A walk through the consortia of a question; each is given once, the lead first.

    Parameters
    ----------
    question
        Its offers are those that no rule excludes by themselves.
    steps
        The match of each offer in whole steps.
    """

    question: Question
    steps: Sequence[int]
    rules: RuleSet
    countries: Countries
    on: date
    gave_up: bool = field(default=False, init=False)
    _judged: int = field(default=0, init=False)

    def consortia(self) -> Iterator[tuple[PartOffer, ...]]:
        """Yield eligible consortia by match, then price, then the order of the offers; ends early where it gave up."""
        floors = self._floors()
        held: list[tuple[int, tuple[int, ...], int]] = []
        seen: set[frozenset[int]] = set()
        reached: int | None = None
        for number, (total, choice) in enumerate(self._choices()):
            if reached is not None and total < reached:
                yield from self._in_order(held)
                held = []
            reached = total
            if number >= MAX_CHOICES or self._judged >= MAX_JUDGED:
                self.gave_up = True
                return
            members = frozenset(choice)
            if members in seen or not self._is_sound(members, total):
                continue
            seen.add(members)
            price = sum(self.question.offers[idx].price.cents for idx in members)
            lead = self._lead(sorted(members), price, floors)
            if lead is not None:
                rest = tuple(sorted(members - {lead}))
                held.append((price, (lead, *rest), lead))
        yield from self._in_order(held)

    def _in_order(
        self, held: list[tuple[int, tuple[int, ...], int]]
    ) -> Iterator[tuple[PartOffer, ...]]:
        for _, members, _ in sorted(held, key=lambda one: (one[0], sorted(one[1]))):
            yield tuple(self.question.offers[idx] for idx in members)

    def _choices(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield one offer for each part with the sum of matches, the greatest first."""
        offers = self.question.offers
        columns = [
            sorted(
                (idx for idx, offer in enumerate(offers) if part in offer.covers),
                key=lambda idx: -self.steps[idx],
            )
            for part in self.question.parts
        ]
        if not all(columns):
            return
        start = (0,) * len(columns)
        heap = [(-sum(self.steps[column[0]] for column in columns), start, 0)]
        while heap:
            loss, places, last = heapq.heappop(heap)
            yield -loss, tuple(c[p] for c, p in zip(columns, places, strict=True))
            # Only places from the last one moved on go further, so that each choice comes once.
            for number in range(last, len(columns)):
                column, place = columns[number], places[number]
                if place + 1 < len(column):
                    less = self.steps[column[place]] - self.steps[column[place + 1]]
                    moved = (*places[:number], place + 1, *places[number + 1 :])
                    heapq.heappush(heap, (loss + less, moved, number))

    def _is_sound(self, members: frozenset[int], total: int) -> bool:
        """Whether nobody is needless, they are not too many, and the choice credits each part to its best."""
        if len(members) > self.question.max_members:
            return False
        offers = self.question.offers
        best, alone = 0, set()
        for part in self.question.parts:
            covering = [idx for idx in members if part in offers[idx].covers]
            best += max(self.steps[idx] for idx in covering)
            if len(covering) == 1:
                alone.add(covering[0])
        return best == total and len(alone) == len(members)

    def _floors(self) -> list[tuple[int | None, int | None]]:
        """Return for each offer the least price of the whole with which it may lead, and may take part [cents]."""
        bench = bench_of(self.question, self.countries, self.on)
        ways = [way[0] for way in asked_ways(self.question, self.rules, self.on) if len(way) == 1]
        tests = [
            part.test
            for way in ways
            for part in required_parts(way)
            if isinstance(part, EveryEntity)
        ]

        def floor(offer: PartOffer, *, leads: bool) -> int | None:
            totals = [least_total(test, offer, bench, leads=leads) for test in tests]
            known = [total for total in totals if total is not None]
            return max(known, default=0) if len(known) == len(totals) else None

        return [
            (floor(offer, leads=True) if offer.may_lead else None, floor(offer, leads=False))
            for offer in self.question.offers
        ]

    def _lead(
        self,
        members: list[int],
        price: int,
        floors: Sequence[tuple[int | None, int | None]],
    ) -> int | None:
        """Return the first member with whom leading the consortium is eligible; ``None`` where nobody can."""
        for lead in members:
            least = [floors[idx][0 if idx == lead else 1] for idx in members]
            if any(total is None or total > price for total in least):
                continue
            self._judged += 1
            offers = self.question.offers
            made = [offers[lead], *(offers[idx] for idx in members if idx != lead)]
            case = as_case(self.question, made, self.rules)
            if all(
                state_of(case, category, self.rules, self.countries, self.on) == "eligible"
                for category in self.question.categories
            ):
                return lead
        return None
