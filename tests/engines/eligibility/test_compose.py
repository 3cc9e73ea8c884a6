"""The composer equals brute force on small questions, and says who is missing."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.eligibility.cases import COUNTRIES, DAY, SAFE, firm, part
from punte.engines.eligibility import match_walk
from punte.engines.eligibility.compose import compose
from punte.engines.eligibility.consortium import PartOffer, Question, RankBy, as_case
from punte.engines.eligibility.instance import Buyer
from punte.engines.eligibility.solve import solve
from punte.kernel.errors import InvalidInputError
from punte.kernel.money import Money

BUYERS = (Buyer(country="RO", role="borrower"), Buyer(country="FR"))
FLAGS = (("harmful_components", False), ("design_authority", True))


def offer(
    name: str, *covers: str, price: int = 100, outside: int = 0, **changes: object
) -> PartOffer:
    made = PartOffer(
        id=name,
        entity=firm(name),
        covers=covers,
        price=Money(price),
        match=Fraction(1, 2),
        components=(part("in", "RO", price - outside), part("out", "US", outside)),
        flags=FLAGS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def question(*offers: PartOffer, parts: tuple[str, ...] = ("hull", "radio")) -> Question:
    return Question(
        categories=("2d",), parts=parts, buyers=BUYERS, offers=offers, home="RO", max_members=4
    )


def _brute(asked: Question, on: date) -> list[tuple[str, ...]]:
    """Every minimal covering set that is eligible under some lead."""
    found = []
    for size in range(1, asked.max_members + 1):
        for chosen in combinations(asked.offers, size):
            cover = [set(o.covers) & set(asked.parts) for o in chosen]
            if set().union(*cover) != set(asked.parts):
                continue
            needless = any(
                set().union(*(c for j, c in enumerate(cover) if j != i)) >= set(asked.parts)
                for i in range(size)
            )
            if needless:
                continue
            for lead in chosen:
                members = [lead, *(o for o in chosen if o is not lead)]
                case = as_case(asked, members, SAFE)
                eligible = solve(case, SAFE, COUNTRIES, on=on, with_fix=False).state == "eligible"
                if lead.may_lead and eligible:
                    found.append(tuple(sorted(o.id for o in chosen)))
                    break
    return sorted(found)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    offers = []
    for idx in range(draw(st.integers(0, 5))):
        price = draw(st.integers(20, 100))
        country = draw(st.sampled_from(["RO", "FR", "MD", "US"]))
        offers.append(
            PartOffer(
                id=f"o{idx}",
                entity=firm(
                    f"o{idx}",
                    country=country,
                    management_country=country,
                    controlled_by=draw(st.sampled_from(["RO", country, None])),
                    facilities=(country,),
                    small=draw(st.booleans()),
                    studies_replacement=draw(st.sampled_from([True, False, None])),
                ),
                covers=tuple(draw(st.lists(st.sampled_from("abc"), unique=True, min_size=1))),
                price=Money(price),
                match=Fraction(draw(st.integers(0, 10)), 10),
                may_lead=draw(st.booleans()),
                components=(part("x", draw(st.sampled_from(["RO", "US", None])), price),),
                flags=(("harmful_components", False), ("design_authority", draw(st.booleans()))),
            )
        )
    parts = tuple(draw(st.lists(st.sampled_from("abc"), unique=True, min_size=1)))
    category = draw(st.sampled_from(["1d", "2d"]))
    return Question(
        categories=(category,), parts=parts, buyers=BUYERS, offers=tuple(offers), home="RO"
    )


@settings(max_examples=120, deadline=None)
@given(questions(), st.sampled_from(["match", "price", "home_share", "small_share"]))
def test_composer_equals_brute_force(asked: Question, rank_by: RankBy) -> None:
    answer = compose(asked, SAFE, COUNTRIES, on=DAY, rank_by=rank_by, top=50)
    assert answer.status == ("optimal" if answer.consortia else "infeasible")
    assert sorted(tuple(sorted(c.members)) for c in answer.consortia) == _brute(asked, DAY)
    values = [
        -c.price.cents if rank_by == "price" else getattr(c, rank_by) for c in answer.consortia
    ]
    assert values == sorted(values, reverse=True)


@settings(max_examples=40, deadline=None)
@given(questions(), st.integers(0, 6))
def test_where_the_walk_gives_up_the_model_goes_on(asked: Question, choices: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(match_walk, "MAX_CHOICES", choices)
        answer = compose(asked, SAFE, COUNTRIES, on=DAY, top=50)
    assert sorted(tuple(sorted(c.members)) for c in answer.consortia) == _brute(asked, DAY)
    ranks = [(-consortium.match, consortium.price.cents) for consortium in answer.consortia]
    assert ranks == sorted(ranks)


def test_missing_part_is_named_with_role_and_zones() -> None:
    answer = compose(question(offer("A", "hull")), SAFE, COUNTRIES, on=DAY)
    assert answer.consortia == ()
    (missing,) = answer.missing
    assert (missing.part, missing.zones) == ("radio", ("EU", "EEA_EFTA", "UA"))
    assert missing.share == Fraction(1, 2)


def test_origin_makes_an_inside_partner_missing() -> None:
    offers = (offer("A", "hull"), offer("B", "radio", price=100, outside=90))
    answer = compose(question(*offers), SAFE, COUNTRIES, on=DAY)
    assert [m.part for m in answer.missing] == ["radio"]
    assert answer.near[0].offer == "A"


def test_buying_side_is_told_when_no_partner_helps() -> None:
    asked = replace(
        question(offer("A", "hull", "radio")), buyers=(Buyer(country="RO", role="borrower"),)
    )
    answer = compose(asked, SAFE, COUNTRIES, on=date(2026, 9, 1))
    assert answer.missing == ()
    assert any("Common procurement" in line for line in answer.unmet)


def test_resilience_names_whom_nobody_can_replace() -> None:
    offers = (offer("A", "hull"), offer("B", "radio"), offer("C", "radio", price=101))
    best = compose(question(*offers), SAFE, COUNTRIES, on=DAY).consortia[0]
    assert best.fragile_without == ("A",)


def test_large_prices_do_not_overflow() -> None:
    offers = tuple(offer(f"o{idx}", "hull", "radio", price=10**13 + idx * 997) for idx in range(20))
    for rank_by in ("match", "price", "home_share"):
        answer = compose(question(*offers), SAFE, COUNTRIES, on=DAY, rank_by=rank_by, top=2)  # type: ignore[arg-type]
        assert answer.status == "optimal"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"price": Money(0)}, "offers[0].price"),
        ({"match": Fraction(2)}, "offers[0].match"),
        ({"entity": firm("A", country="ZZ")}, "offers[0].entities[0].country"),
    ],
)
def test_nonsense_is_refused_with_its_place(changes: dict[str, object], place: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        compose(question(replace(offer("A", "hull"), **changes)), SAFE, COUNTRIES, on=DAY)  # type: ignore[arg-type]
    assert place in [problem.place for problem in caught.value.problems]
