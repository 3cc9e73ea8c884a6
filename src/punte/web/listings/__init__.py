"""Pages of needs and offers: one address for good, for every audience; the wall decides who finds it."""
