"""A form that was refused: its faults told at the top of the page, each leading to its field, and each field saying its own."""
