"""The answer: offers in order for each need, each with its score taken apart and its reasons."""

from dataclasses import dataclass
from typing import Literal

from punte.kernel.anytime import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTerms:
    """
    Words that both texts use, the most telling first.

    Parameters
    ----------
    terms
        As the need writes them.
    """

    terms: tuple[str, ...]
    kind: Literal["shared_terms"] = "shared_terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCodes:
    """
    Codes that people declared on both sides.

    Parameters
    ----------
    system
        ``cpv`` or ``capability``.
    codes
        Codes of the need that the offer has too, or, for CPV, the longest common beginning.
    """

    system: Literal["cpv", "capability"]
    codes: tuple[str, ...]
    kind: Literal["shared_codes"] = "shared_codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTopics:
    """
    Lines of the CPV thesaurus that both texts come near to.

    Parameters
    ----------
    codes
        CPV codes, the nearest first.
    labels
        Their descriptions in the need's language where the thesaurus has it, else in English.
    """

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    kind: Literal["shared_topics"] = "shared_topics"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentencePair:
    """
    The two sentences that come nearest in meaning.

    Parameters
    ----------
    need, offer
        The sentences as they stand in the texts.
    similarity
        Cosine of their vectors, -1 to 1.
    """

    need: str
    offer: str
    similarity: float
    kind: Literal["sentences"] = "sentences"


Reason = SharedTerms | SharedCodes | SharedTopics | SentencePair


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """
    One offer for one need.

    Parameters
    ----------
    need_id, offer_id
        Ids of the question.
    rank
        Place in the list of this need (of this offer, in a reversed ranking), from 1.
    score
        Sum of ``components``; comparable within one list only.
    components
        Contribution of each kind of evidence, weight included.
    reasons
        What a person can check; may be empty.
    """

    need_id: str
    offer_id: str
    rank: int
    score: float
    components: dict[str, float]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """
    Matches of a question.

    Parameters
    ----------
    status
        ``optimal``: every list is exact for its scores. ``feasible``: stopped early, the lists that are
        there are exact, others are missing.
    matches
        By need id, then rank.
    top
        Length that was asked for, >= 1.
    is_reversed
        Whether the lists are those of the offers.
    encoder
        Name and hash of the model, empty without one.
    weights_sha256
        Hash of the weights that were used.
    thesaurus_sha256
        Hash of the CPV file, empty without one.
    """

    status: Status
    matches: tuple[Match, ...]
    top: int
    is_reversed: bool = False
    encoder: str = ""
    weights_sha256: str = ""
    thesaurus_sha256: str = ""
