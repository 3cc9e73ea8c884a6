"""Pages of commitments, cooperations, assistance, discussions, the desk and papers."""
