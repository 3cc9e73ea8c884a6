"""Tags of the pages that stand outside the design system."""
