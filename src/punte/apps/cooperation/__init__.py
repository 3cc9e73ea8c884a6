"""Cooperation: what begins at a table and lives on."""
