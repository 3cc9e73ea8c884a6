"""The punte command."""
