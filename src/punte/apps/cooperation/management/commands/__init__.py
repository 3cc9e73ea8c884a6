"""Commands for the machine that runs Punte."""
