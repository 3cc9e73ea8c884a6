import pytest
from hypothesis import given
from hypothesis import strategies as st

from punte.engines.matching.text import (
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
