"""Rank the offers for each need: question in, lists with reasons out."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from punte.engines.matching.collection import Collection, encode_items
from punte.engines.matching.explain import Explainer, pair_sentences
from punte.engines.matching.fuse import components_of, hub_correction, total_of
from punte.engines.matching.instance import Item, Question
from punte.engines.matching.prepared import full_text
from punte.engines.matching.result import Match, Ranking, Reason, SentencePair, SharedTerms
from punte.engines.matching.text import script_of
from punte.engines.matching.thesaurus import Thesaurus
from punte.engines.matching.vectors import Encoder, blocks_of, top_columns
from punte.engines.matching.weights import Weights
from punte.kernel.anytime import Deadline, Progress, Report, ignore_progress

Floats = npt.NDArray[np.float32]

BLOCK_CELLS: Final = 2_000_000
"""Scores held at one time for each kind of evidence [float32]."""
BACKGROUND: Final = 2_000
"""Needs that stand for all needs when hubs are looked for."""
DIGITS: Final = 6
"""Decimals of a score in an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    What to answer.

    Parameters
    ----------
    top
        Offers for each need, >= 1.
    sentences
        For how many of a need's best offers the nearest sentences are looked up, >= 0; it costs an
        encoding of each sentence.
    is_reversed
        Whether the needs are ranked for each offer instead.
    """

    top: int = 50
    sentences: int = 1
    is_reversed: bool = False


def rank(
    question: Question,
    weights: Weights,
    *,
    encoder: Encoder | None = None,
    thesaurus: Thesaurus | None = None,
    options: Options | None = None,
    report: Report = ignore_progress,
    deadline: Deadline | None = None,
) -> Ranking:
    """
    Return the best offers of each need, exactly and the same to the bit on every run.

    Parameters
    ----------
    question
        Needs and offers; their order in it doesn't matter.
    weights
        Parameters.
    encoder
        Model or cache for texts of different languages; ``None`` for words and n-grams only.
    thesaurus
        The CPV lines; ``None`` when none were imported.
    options
        Length of the lists and of the explanations.
    report
        Told after each block of needs.
    deadline
        When to stop; the lists that are done are kept.
    """
    options = options or Options()
    deadline = deadline or Deadline()
    report(Progress(stage="reading offers", elapsed_s=deadline.elapsed_s))
    asked = question.reversed if options.is_reversed else question
    collection = Collection.of(asked.offers, weights, encoder=encoder, thesaurus=thesaurus)
    needs = tuple(sorted(asked.needs, key=lambda item: item.id))
    report(Progress(stage="reading needs", elapsed_s=deadline.elapsed_s))
    vectors = None if encoder is None else encode_items(needs, encoder)
    hubs = _hubs(collection, needs, vectors)
    matches: list[Match] = []
    for block in blocks_of(len(needs), max(1, BLOCK_CELLS // max(1, len(collection.offers)))):
        if deadline.is_over:
            break
        rows = None if vectors is None else vectors[block]
        matches.extend(rank_block(collection, needs[block], rows, hubs, options.top))
        report(
            Progress(
                stage=f"{block.stop} of {len(needs)} needs ranked", elapsed_s=deadline.elapsed_s
            )
        )
    expected = len(needs) * min(options.top, len(collection.offers))
    if encoder is not None and options.sentences:
        matches = with_sentences(
            matches,
            {item.id: item for item in asked.needs},
            {item.id: item for item in asked.offers},
            encoder,
            options.sentences,
        )
    return Ranking(
        status="optimal" if len(matches) == expected else "feasible",
        matches=tuple(_turned(match) for match in matches)
        if options.is_reversed
        else tuple(matches),
        top=options.top,
        is_reversed=options.is_reversed,
        thesaurus_sha256="" if thesaurus is None else thesaurus.sha256,
        encoder="" if encoder is None else f"{encoder.name} {encoder.sha256}",
        weights_sha256=weights.sha256,
    )


def _turned(match: Match) -> Match:
    reasons = tuple(
        replace(reason, need=reason.offer, offer=reason.need)
        if isinstance(reason, SentencePair)
        else reason
        for reason in match.reasons
    )
    return replace(match, need_id=match.offer_id, offer_id=match.need_id, reasons=reasons)


def rank_block(
    collection: Collection,
    needs: Sequence[Item],
    vectors: Floats | None,
    hubs: Floats | None,
    top: int,
    *,
    among: npt.NDArray[np.bool_] | None = None,
) -> list[Match]:
    """
    Return the best offers of a few needs against a collection that stands ready.

    Parameters
    ----------
    collection
        The offers.
    needs
        A block of needs.
    vectors
        Of the needs, on the exact grid, shape (needs, dimensions); ``None`` without an encoder.
    hubs
        Correction of each offer from ``hub_correction``, shape (offers,); ``None`` for none.
    top
        Offers a need, >= 1.
    among
        Which offers may be named, shape (offers,); all where ``None``. The others stay part of the
        collection that every score is measured on.
    """
    if not collection.offers or not needs:
        return []
    parts = components_of(collection, needs, vectors)
    if hubs is not None:
        parts["hub"] = np.broadcast_to(
            -collection.weights.fusion.hub * hubs, (len(needs), len(hubs))
        )
    rounded = {name: part.astype(np.float64).round(DIGITS) for name, part in parts.items()}
    total = np.zeros((len(needs), len(collection.offers)))
    for name in sorted(rounded):
        total += rounded[name]
    total = total.round(DIGITS)
    if among is None:
        best = top_columns(total, top)
    else:
        places = np.flatnonzero(among)
        best = places[top_columns(total[:, places], top)]
    matches = []
    for row, need in enumerate(needs):
        explainer = Explainer(collection, need)
        for position, column in enumerate(best[row].tolist(), start=1):
            matches.append(
                Match(
                    need_id=need.id,
                    offer_id=collection.offers[column].id,
                    rank=position,
                    score=float(total[row, column]),
                    components={name: float(part[row, column]) for name, part in rounded.items()},
                    reasons=_reasons(explainer, column, rounded),
                )
            )
    return matches


def _reasons(explainer: Explainer, column: int, parts: dict[str, Any]) -> tuple[Reason, ...]:
    found = explainer.reasons(column)
    if "thesaurus" in parts:
        topics = explainer.topics(column)
        if topics is not None:
            return (*found, topics)
    return found


def background(needs: Sequence[Item]) -> list[int]:
    """Return places of the needs that stand for all, chosen by the hash of their ids."""
    order = sorted(range(len(needs)), key=lambda at: hashlib.sha256(needs[at].id.encode()).digest())
    return sorted(order[:BACKGROUND])


def _hubs(collection: Collection, needs: Sequence[Item], vectors: Floats | None) -> Floats | None:
    weights = collection.weights
    if weights.fusion.hub == 0 or not needs or not collection.offers:
        return None
    chosen = background(needs)
    rows = max(1, BLOCK_CELLS // len(collection.offers))
    pieces = []
    for block in blocks_of(len(chosen), rows):
        places = chosen[block]
        part = components_of(
            collection, [needs[at] for at in places], None if vectors is None else vectors[places]
        )
        pieces.append(total_of({name: part[name] for name in part if name != "codes"}))
    return hub_correction(np.concatenate(pieces), weights.hub_neighbours)


def _is_foreign(need: Item, offer: Item, reasons: Sequence[Reason]) -> bool:
    """Return whether shared words don't already say why: other language, other script, or none shared."""
    if need.lang and offer.lang and need.lang.split("-")[0] != offer.lang.split("-")[0]:
        return True
    if script_of(full_text(need)) != script_of(full_text(offer)):
        return True
    return not any(isinstance(reason, SharedTerms) and len(reason.terms) > 1 for reason in reasons)


def with_sentences(
    matches: Sequence[Match],
    needs: Mapping[str, Item],
    offers: Mapping[str, Item],
    encoder: Encoder,
    most: int,
) -> list[Match]:
    """
    Return the matches, with the nearest sentences as a reason where shared words don't say why.

    Parameters
    ----------
    matches
        From ``rank_block``.
    needs, offers
        The items that they name, by id.
    encoder
        Model or cache.
    most
        For how many of a need's best offers, >= 0.
    """
    wanted: list[int] = []
    pairs: list[tuple[Item, Item]] = []
    for place, match in enumerate(matches):
        need, offer = needs[match.need_id], offers[match.offer_id]
        if match.rank <= most and _is_foreign(need, offer, match.reasons):
            wanted.append(place)
            pairs.append((need, offer))
    explained = list(matches)
    for place, found in zip(wanted, pair_sentences(pairs, encoder), strict=True):
        if found is not None:
            explained[place] = replace(matches[place], reasons=(*matches[place].reasons, found))
    return explained
