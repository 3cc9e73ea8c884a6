import re
import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punte.engines.matching.text import (
    beginning_of,
    clean,
    fold,
    script_of,
    sentences_of,
    sounds_of,
    words_of,
)


def test_fold_makes_cedilla_and_comma_the_same() -> None:
    assert fold("Ţintă şi viteză") == fold("Țintă și viteză") == "tinta si viteza"


def test_fold_keeps_vowels_of_scripts_that_write_them_as_marks() -> None:
    assert fold("हिन्दी") == "हिन्दी"
    assert words_of(fold("हिन्दी भाषा")) == ["हिन्दी", "भाषा"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>Radar&nbsp;3D</p>", "Radar 3D"),
        ("a\x00b\x07c", "a b c"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<script>x</script><!-- gone -->", "x"),
        ("", ""),
    ],
)
def test_clean_takes_out_what_is_no_text(written: str, read: str) -> None:
    assert clean(written) == read


@pytest.mark.parametrize("sign", ["<!--", "<!-->", "<!--x", "<a", "<?", "</"])
def test_markup_that_never_ends_is_read_once_and_not_again_from_each_beginning(sign: str) -> None:
    before = time.process_time()
    clean(sign * 20_000)
    assert time.process_time() - before < 2, "it took minutes when each beginning read to the end"


_COMMENT = re.compile(r"<(?:!--.*?--|/?[a-zA-Z][^<>]{0,2000}|\?[^<>]{0,2000})>", re.DOTALL)


def test_tags_and_comments_are_those_of_the_plain_rule() -> None:
    for pieces in product(("<!--", "-->", "<a", ">", "-", "x"), repeat=5):
        text = "".join(pieces)
        assert clean(text) == re.sub(r"[^\S\n]+", " ", _COMMENT.sub(" ", text)).strip()


def test_a_beginning_is_cut_by_what_it_costs() -> None:
    prose = "Căutăm radare mobile. " * 20
    assert beginning_of(prose, 1_000) == prose
    assert len(beginning_of("<!--" * 1990, 1_280)) == 640
    assert len(beginning_of("采购军用无人机" * 300, 1_280)) == 640
    assert len(beginning_of("x" * 8_000, 1_280)) == 1_280


def test_cognates_in_other_scripts_sound_alike() -> None:
    assert sounds_of(fold("Радар")) == sounds_of(fold("radar"))
    assert sounds_of(fold("телефон")) == sounds_of(fold("telephon"))
    assert sounds_of(fold("ραντάρ")) == "rantar"


def test_unspaced_scripts_give_pairs_and_pictures_give_words() -> None:
    assert words_of("雷达站abc") == ["雷达", "达站", "abc"]
    assert words_of("🚁🚁 站") == ["🚁", "🚁", "站"]


def test_sentences_are_capped_and_hold_a_word() -> None:
    assert sentences_of("One. ... Two!  Three?", most=2) == ["One.", "Two!"]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("радар", "cyrillic"),
        ("radar 3", "latin"),
        ("ραντάρ", "greek"),
        ("雷达", "other"),
        ("7", ""),
    ],
)
def test_script_of_names_the_majority(text: str, script: str) -> None:
    assert script_of(text) == script


@given(st.text(max_size=300))
def test_any_text_survives_and_cleaning_is_stable(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert all(c.isprintable() or c == "\n" for c in cleaned)
    folded = fold(cleaned)
    for word in words_of(folded):
        assert word.strip() == word
        assert word
    sounds_of(folded).encode()
