"""Organisations, persons, delegations, vetting."""
