"""Migrations of the programmes."""
