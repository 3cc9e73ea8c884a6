"""Staged plans: critical path, resources, schedule risk."""
