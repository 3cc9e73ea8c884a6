"""Pages with which an edition is set up."""
