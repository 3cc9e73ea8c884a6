"""Punte: government-industry cooperation forums, from milestone to delivered draw."""

__version__ = "0.1.0"
