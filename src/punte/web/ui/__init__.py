"""The design system: tokens, type, layout, pieces and charts, and the page ``/ui/`` that shows each."""
