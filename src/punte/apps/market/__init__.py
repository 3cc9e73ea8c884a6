"""Needs and offers: what authorities look for and what organisations can do."""
