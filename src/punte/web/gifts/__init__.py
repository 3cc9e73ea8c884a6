"""Pages of the register of gifts and hospitality of an edition."""
