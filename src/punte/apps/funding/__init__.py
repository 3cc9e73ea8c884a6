"""Funding: who is eligible, what a loan costs, what is funded."""
