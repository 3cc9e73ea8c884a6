"""Assignment against every possible choice on tiny instances, and the checker against wrong answers."""

from collections import Counter
from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punte.engines.matching.assign import assign
from punte.engines.matching.assignment import (
    AssignmentQuestion,
    Candidate,
    check_assignment,
)
from punte.kernel.errors import InvalidInputError


def candidates_of(scores: dict[tuple[str, str], float]) -> tuple[Candidate, ...]:
    return tuple(Candidate(need_id=n, offer_id=o, score=s) for (n, o), s in scores.items())


def best_by_trying_all(question: AssignmentQuestion) -> tuple[list[int], float]:
    """Return the fairest counts up to the floor (lowest first), then the greatest worth."""
    needs = sorted({c.need_id for c in question.candidates})
    best: tuple[list[int], float] = ([-1] * len(needs), 0.0)
    choices = chain.from_iterable(
        combinations(question.candidates, size) for size in range(len(question.candidates) + 1)
    )
    for chosen in choices:
        by_need = Counter(c.need_id for c in chosen)
        by_offer = Counter(c.offer_id for c in chosen)
        if any(count > question.need_quota(n) for n, count in by_need.items()):
            continue
        if any(count > question.offer_quota(o) for o, count in by_offer.items()):
            continue
        counts = sorted(min(by_need[need], question.floor) for need in needs)
        worth = sum(c.score - question.base for c in chosen)
        best = max(best, (counts, worth))
    return best


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["N1", "N2", "N3"]), st.sampled_from(["O1", "O2", "O3"])),
        st.integers(-30, 30),
        min_size=1,
        max_size=9,
    ),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(0, 2),
)
def test_equals_the_best_of_all_choices(
    scores: dict[tuple[str, str], int], per_need: int, per_offer: int, floor: int
) -> None:
    question = AssignmentQuestion(
        candidates=candidates_of({pair: value / 4 for pair, value in scores.items()}),
        per_need=per_need,
        per_offer=per_offer,
        floor=floor,
    )
    answer = assign(question)
    assert answer.status == "optimal"
    assert not check_assignment(question, answer)
    counts, worth = best_by_trying_all(question)
    assert sorted(min(regret.offers, floor) for regret in answer.regrets) == counts
    assert answer.worth == pytest.approx(worth)
    assert all(regret.value >= -1e-9 for regret in answer.regrets)


def test_the_floor_gives_the_weak_need_its_offer_and_states_the_regret() -> None:
    scores = {("N1", "O1"): 9.0, ("N1", "O2"): 8.0, ("N2", "O1"): 1.0, ("N2", "O3"): 0.0}
    free = AssignmentQuestion(candidates=candidates_of(scores), per_need=2, per_offer=1, floor=0)
    assert assign(free).worth == pytest.approx(17.0)
    blocked = {pair: score for pair, score in scores.items() if pair != ("N2", "O3")}
    question = AssignmentQuestion(
        candidates=candidates_of(blocked), per_need=2, per_offer=1, floor=1
    )
    answer = assign(question)
    assert [(p.need_id, p.offer_id) for p in answer.pairs] == [("N1", "O2"), ("N2", "O1")]
    first, second = answer.regrets
    assert first.value == pytest.approx(8.0)
    assert second.value == pytest.approx(0.0)


def test_single_quotas_stand_above_the_general_ones() -> None:
    scores = {("N1", "O1"): 3.0, ("N1", "O2"): 2.0, ("N2", "O1"): 1.0}
    question = AssignmentQuestion(
        candidates=candidates_of(scores), need_quotas={"N1": 1}, offer_quotas={"O1": 0}
    )
    assert [(p.need_id, p.offer_id) for p in assign(question).pairs] == [("N1", "O2")]


def test_no_candidates_give_no_pairs() -> None:
    answer = assign(AssignmentQuestion(candidates=()))
    assert (answer.status, answer.pairs, answer.worth) == ("optimal", (), 0)


def test_pairs_that_stand_twice_and_wrong_numbers_are_refused_together() -> None:
    twice = candidates_of({("N1", "O1"): 1.0}) * 2
    with pytest.raises(InvalidInputError) as caught:
        AssignmentQuestion(candidates=twice, floor=9, offer_quotas={"O1": -1})
    assert len(caught.value.problems) == 3


def test_the_checker_sees_wrong_answers() -> None:
    question = AssignmentQuestion(
        candidates=candidates_of({("N1", "O1"): 2.0, ("N1", "O2"): 1.0}), per_need=1
    )
    answer = assign(question)
    both = replace(answer, pairs=question.candidates)
    assert "has 2 offers" in str(check_assignment(question, both)[0])
    foreign = Candidate(need_id="N1", offer_id="O9", score=2.0)
    assert "no candidate" in str(check_assignment(question, replace(answer, pairs=(foreign,)))[0])
    other = replace(answer, pairs=question.candidates[1:])
    assert "not those of the pairs" in str(check_assignment(question, other)[0])
