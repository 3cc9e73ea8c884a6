"""Pages of programmes: the portfolio, one programme, its plan, a milestone, coverage."""
