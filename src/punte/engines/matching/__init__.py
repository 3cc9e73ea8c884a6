"""Needs against offers, across languages, with reasons."""
