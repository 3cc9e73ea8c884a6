"""Instruments, draws, debt service, scenarios: what a loan costs, and what lapses."""
