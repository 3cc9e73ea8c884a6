from math import log2

import pytest

from punte.engines.matching.evaluate import evaluate, ndcg, wilson
from punte.kernel.errors import PunteError


def test_wilson_gives_the_interval_of_the_textbook() -> None:
    # Newcombe, Statistics in Medicine 17, 1998, table I, method 3: 81 of 263 and 15 of 148.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20)[0] == 0.0


def test_ndcg_by_hand() -> None:
    gains = {"a": 3.0, "b": 2.0, "c": 1.0}
    ideal = 3 + 2 / log2(3) + 1 / log2(4)
    assert ndcg(["a", "b", "c"], gains, 10) == pytest.approx(1.0)
    assert ndcg(["x", "a"], gains, 10) == pytest.approx((3 / log2(3)) / ideal)
    assert ndcg(["x", "a"], gains, 1) == 0.0


def test_a_need_without_a_list_counts_as_zero() -> None:
    lists = {"N1": ["O1", "O2"], "N9": ["O1"]}
    relevant = {"N1": {"O1": 1.0}, "N2": {"O2": 1.0}, "N3": {"O1": 0.0}}
    answer = evaluate(lists, relevant)
    assert (answer.needs, answer.missing) == (2, 1)
    assert [(f.name, f.value) for f in answer.figures] == [
        ("R@1", 0.5),
        ("R@10", 0.5),
        ("nDCG@10", 0.5),
    ]
    assert all(f.low <= f.value <= f.high for f in answer.figures)


def test_tenth_place_counts_and_eleventh_does_not() -> None:
    places = [f"O{i}" for i in range(11)]
    answer = evaluate({"N1": places, "N2": places}, {"N1": {"O9": 1.0}, "N2": {"O10": 1.0}})
    assert answer.figures[1].value == 0.5


def test_judgements_without_a_gain_are_refused() -> None:
    with pytest.raises(PunteError, match="nothing to evaluate"):
        evaluate({}, {"N1": {"O1": 0.0}})
