"""Migrations of cooperation."""
