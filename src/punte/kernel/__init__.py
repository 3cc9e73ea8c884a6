"""Words everyone shares: errors, money, progress. Standard library only."""
