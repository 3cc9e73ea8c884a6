"""Texts are kept whole or refused with the limit."""

import pytest

from punte.apps.access.texts import TooLongError, one_line, whole_text


def test_a_text_is_kept_whole_or_refused_with_the_limit() -> None:
    assert one_line("  two \n words ", 9) == "two words"
    assert whole_text("  two \n words ", 11) == "two \n words"
    for take in (one_line, whole_text):
        with pytest.raises(TooLongError, match="“We build…” has 8 characters, and 7 are the most"):
            take(" We build ", 7)
