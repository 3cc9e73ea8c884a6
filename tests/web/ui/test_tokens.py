"""The tokens' contrast, measured from the style sheet in both schemes."""

import re
from pathlib import Path

import pytest

from punte.web import ui

CSS = Path(ui.__file__).parent / "static/ui/css/base.css"
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
SCHEMES = ("light", "dark")
# (ink, ground, least contrast): 4.5 for text, 3 for the edges of controls.
PAIRS = [
    *[
        (ink, ground, 4.5)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("paper", "surface", "sunken")
    ],
    *[("accent", ground, 4.5) for ground in ("paper", "surface", "sunken", "accent-soft")],
    ("accent-strong", "accent-soft", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    *[(state, f"{state}-soft", 4.5) for state in ("good", "warn", "bad", "c1", "c2", "c3", "c4")],
    *[
        ("ink", f"{state}-soft", 4.5)
        for state in ("good", "warn", "bad", "accent", "c1", "c2", "c4")
    ],
    *[("edge", ground, 3.0) for ground in ("paper", "surface")],
    *[(f"c{number}", "paper", 3.0) for number in range(1, 7)],
]


def _tokens() -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in TOKEN.findall(CSS.read_text("utf-8"))}


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_pair_can_be_read(ink: str, ground: str, least: float, scheme: str) -> None:
    tokens = _tokens()
    which = SCHEMES.index(scheme)
    assert _contrast(tokens[ink][which], tokens[ground][which]) >= least
