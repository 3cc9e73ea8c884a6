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
        Weight of each channel's standard score (score less its mean over the offers, by
        its deviation), >= 0.
    codes
        Bonus for declared codes that agree fully, in standard scores, >= 0.
    hub
        How much an offer that is near to every need is held back, >= 0.
    """

    words: float = 1.0
    grams: float = 1.5
    meaning: float = 1.0
    thesaurus: float = 0.25
    codes: float = 1.0
    hub: float = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """
    Least deviation a row of scores is divided by, so that noise isn't blown up to a signal.

    A need in another language shares a digit or a name with a few offers and nothing with the rest: the
    deviation of its word scores is tiny, and a plain standard score would make that digit decide.

    Parameters
    ----------
    words, grams, meaning, thesaurus
        In the unit of each channel's score (all are 0 to 1), >= 0; combined as sqrt(deviation**2 + floor**2).
    """

    words: float = 0.25
    grams: float = 0.15
    meaning: float = 0.0
    thesaurus: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    How texts are described by the thesaurus, and how far that is heard.

    Parameters
    ----------
    closed_below, open_above
        Nearness of a need to its nearest line, 0 to 1: below the first the channel counts nothing, above the
        second it counts fully, between them in proportion.
    power
        Exponent of similarities to lines, >= 1.
    kept
        Codes kept for each text, >= 1.
    """

    closed_below: float = 0.25
    open_above: float = 0.4
    power: float = 2.0
    kept: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Enough:
    """
    How strong one kind of evidence must be for an offer to count as fitting a need, each by itself.

    Chosen on the development half of the SBIR pairs: at each limit some seven of ten pairs that reach it are right.

    Parameters
    ----------
    words, grams, meaning, codes
        In the unit of each channel's score, 0 to 1.
    """

    words: float = 0.19
    grams: float = 0.175
    meaning: float = 0.5
    codes: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """
    All parameters of a ranking.

    Parameters
    ----------
    fusion
        Weights of the channels.
    floors
        Least deviations.
    gate
        When the thesaurus is heard.
    enough
        When an offer counts as fitting.
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
    floors: Floors = field(default_factory=Floors)
    gate: Gate = field(default_factory=Gate)
    enough: Enough = field(default_factory=Enough)
    bm25: Bm25 = field(default_factory=Bm25)
    shortest_gram: int = 3
    longest_gram: int = 5
    most_common_gram: float = 1.0
    hub_neighbours: int = 3
    sha256: str = ""
