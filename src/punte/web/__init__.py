"""Pages by audience, and the design system."""
