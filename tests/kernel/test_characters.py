"""Characters that nobody sees are found and taken out; what people write with stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punte.kernel.characters import unseen_in, without_unseen

WRITTEN = (
    "Ștefan Țăranu, Brașov",
    "Київ, їжак і ґанок",
    "Hyphen-ated “quotes” – and — dashes…\ttab\r\nline\nline",
    "שלום \u200fעולם",
    "شركة \u200eA-1\u200f",
    "می\u200cخواهم",  # Persian: a joiner that parts
    "क्\u200dष",  # Hindi: a joiner that joins
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
    "\U0001f469\U0001f3fd\u200d\U0001f52c",  # a scientist, her skin's colour
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "❤\ufe0f ✈\ufe0f 1\ufe0f\u20e3 ©\ufe0f ↔\ufe0f",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
    "\U0001f1f2\U0001f1e9",
    "葛\U000e0100飾区",
    "o\u0308 s\u0326",
)
SPOOFED = (
    ("Punte\u202egnp.exe", "Puntegnp.exe", "U+202E RIGHT-TO-LEFT OVERRIDE"),
    ("\u2066Radar\u2069", "Radar", "U+2066 LEFT-TO-RIGHT ISOLATE"),
    ("Mini\u200bstry", "Ministry", "U+200B ZERO WIDTH SPACE"),
    ("Mini\u200dstry", "Ministry", "U+200D ZERO WIDTH JOINER"),
    ("Міні\u200cстр", "Міністр", "U+200C ZERO WIDTH NON-JOINER"),
    ("Ra\u00addar", "Radar", "U+00AD SOFT HYPHEN"),
    ("\ufeffRadar", "Radar", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
    ("Radar\u200e", "Radar", "U+200E LEFT-TO-RIGHT MARK"),
    ("Ra\x1b[31mdar", "Ra[31mdar", "U+001B ESCAPE"),
    ("Ra\x00dar", "Radar", "U+0000 CONTROL"),
    ("Radar\u3164", "Radar", "U+3164 HANGUL FILLER"),
    ("Radar\ufe0f", "Radar", "U+FE0F VARIATION SELECTOR-16"),
    ("7\ufe0f", "7", "U+FE0F VARIATION SELECTOR-16"),
    ("Radar\U000e0041", "Radar", "U+E0041 TAG LATIN CAPITAL LETTER A"),
    ("\U0001f600\u200d", "\U0001f600", "U+200D ZERO WIDTH JOINER"),
)


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_with_stays(text: str) -> None:
    assert without_unseen(text) == text
    assert unseen_in(text) == ""


@pytest.mark.parametrize(("text", "plain", "name"), SPOOFED)
def test_what_nobody_sees_is_found_and_taken_out(text: str, plain: str, name: str) -> None:
    assert without_unseen(text) == plain
    assert unseen_in(text) == name


def test_odd_ends_of_lines_become_plain_ones() -> None:
    assert without_unseen("one\u2028two\x0bthree\x85") == "one\ntwo\nthree\n"
    assert unseen_in("one\u2028two") == ""


@given(
    st.text(alphabet=st.sampled_from("aя1ش\u202e\u200b\u200c\u200d\u200e\ufe0f\U0001f600\n\x85 "))
)
def test_taking_out_leaves_nothing_to_take_out(text: str) -> None:
    plain = without_unseen(text)
    assert "\u202e" not in plain
    assert without_unseen(plain) == plain
    assert unseen_in(plain) == ""
