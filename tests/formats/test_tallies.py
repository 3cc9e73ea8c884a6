"""Counts of a text go into bytes and come back as they were."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from punte.engines.matching.instance import Item
from punte.engines.matching.prepared import prepare
from punte.engines.matching.thesaurus import Lines, Thesaurus
from punte.engines.matching.weights import Weights
from punte.formats.tallies import pack_tally, unpack_tally

LINES = Lines(codes=("35722000", "44212000"), labels={"en": ("Radar", "Bridges")})


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.booleans(), st.integers(1, 400))
def test_what_was_packed_comes_back(text: str, has_thesaurus: bool, times: int) -> None:  # noqa: FBT001
    thesaurus = Thesaurus.of(LINES) if has_thesaurus else None
    (before,) = prepare([Item(id="x", text=f"{text} " * times)], Weights(), thesaurus)
    after = unpack_tally(pack_tally(before))
    assert after.words == before.words
    for name in ("tally", "cells", "cell_tally", "topics", "topic_weights"):
        kept, given_ = getattr(after, name), getattr(before, name)
        assert (kept is None) == (given_ is None)
        if kept is not None:
            assert np.array_equal(kept, given_)
    assert pack_tally(after) == pack_tally(before)
