"""Migrations of funding."""
