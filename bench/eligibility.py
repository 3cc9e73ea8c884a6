"""Composer speed: one table of offers, ranking, seconds, consortia found, status. Run: python bench/eligibility.py."""

import os
import random
import resource
import time
from datetime import date
from fractions import Fraction
from typing import get_args

from punte.engines.eligibility.compose import compose
from punte.engines.eligibility.consortium import PartOffer, Question, RankBy
from punte.engines.eligibility.instance import Buyer, Component, Entity
from punte.formats.eligibility_rules import rule_set, shipped_countries
from punte.kernel.money import Money

PARTS = ("hull", "radio", "sensor", "training")
COUNTRIES = ("RO", "RO", "FR", "DE", "PL", "NO", "UA", "MD", "US", "TR")


def _offer(idx: int, draw: random.Random) -> PartOffer:
    country = draw.choice(COUNTRIES)
    price = draw.randint(1_000_000, 90_000_000)
    outside = draw.randint(0, price // 2)
    return PartOffer(
        id=f"o{idx}",
        entity=Entity(
            id=f"o{idx}",
            country=country,
            management_country=country,
            controlled_by=draw.choice((country, country, "US", None)),
            facilities=(country,),
            small=draw.random() < 0.5,
            studies_replacement=draw.random() < 0.5,
        ),
        covers=tuple(draw.sample(PARTS, draw.randint(1, 2))),
        price=Money(price),
        match=Fraction(draw.randint(0, 1000), 1000),
        may_lead=draw.random() < 0.7,
        components=(
            Component(id="in", origin=country, cost=Money(price - outside)),
            Component(id="out", origin="US", cost=Money(outside)),
        ),
        flags=(("harmful_components", False), ("design_authority", draw.random() < 0.8)),
    )


def _measure(count: int, rank_by: RankBy, seed: int) -> None:
    draw = random.Random(seed)
    question = Question(
        categories=("2d",),
        parts=PARTS,
        buyers=(Buyer(country="RO", role="borrower"), Buyer(country="FR")),
        offers=tuple(_offer(idx, draw) for idx in range(count)),
        home="RO",
    )
    wall, cpu = time.perf_counter(), time.process_time()
    answer = compose(
        question, rule_set("SAFE"), shipped_countries(), on=date(2026, 9, 1), rank_by=rank_by
    )
    print(
        f"{count:6} {rank_by:12} {seed:4} {time.perf_counter() - wall:7.2f} "
        f"{time.process_time() - cpu:7.2f} {len(answer.consortia):5} {answer.status}"
    )


def main() -> None:
    print(f"load {os.getloadavg()[0]:.1f}; top 5, SAFE on 2026-09-01")
    print(
        f"{'offers':>6} {'rank by':12} {'seed':>4} {'wall s':>7} {'CPU s':>7} {'found':>5} status"
    )
    for count in (20, 50, 200):
        for rank_by in get_args(RankBy):
            for seed in (1, 2, 3):
                _measure(count, rank_by, seed)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
