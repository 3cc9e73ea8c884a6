"""Pages of money and rules: verdicts, loan plans, allocations."""
