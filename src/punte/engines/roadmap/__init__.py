"""Staged plans: critical path, resources, cash and schedule risk."""
