"""How much each kind of evidence counts: data, handed in from a documented file."""

from dataclasses import dataclass, field

from punte.engines.matching.lexical import Bm25


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """
    Weights of the standard scores that make up a match.

    Parameters
    ----------
    words, grams, meaning, thesaurus
        Weight of each channel's standard score (score less its mean over the offers, by its deviation), >= 0.
    codes
        Bonus for declared codes that agree fully, in standard scores, >= 0.
    hub
        How much an offer that is near to every need is held back, >= 0.
    """

    words: float = 1.0
    grams: float = 1.0
    meaning: float = 1.0
    thesaurus: float = 1.0
    codes: float = 1.0
    hub: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """
    All parameters of a ranking.

    Parameters
    ----------
    fusion
        Weights of the channels.
    bm25
        Shape of the word score.
    shortest_gram, longest_gram
        Lengths of character n-grams [characters].
    most_common_gram
        N-grams in more than this share of the offers are left out, 0 to 1.
    hub_neighbours
        How many of the best needs of an offer make up its nearness to every need, >= 1.
    sha256
        Hash of the file they came from.
    """

    fusion: Fusion = field(default_factory=Fusion)
    bm25: Bm25 = field(default_factory=Bm25)
    shortest_gram: int = 3
    longest_gram: int = 5
    most_common_gram: float = 1.0
    hub_neighbours: int = 10
    sha256: str = ""
