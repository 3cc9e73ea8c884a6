"""Pure computation: no Django, no files, no network, no randomness without a seed."""
