"""Template tags of needs and offers."""
