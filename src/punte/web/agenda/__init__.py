"""Pages of the agenda: as released, as drafted, on screens and in files."""
