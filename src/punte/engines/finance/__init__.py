"""Instruments, draws, debt service, scenarios."""
