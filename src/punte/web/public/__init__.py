"""Pages that anybody may open: the site, an edition."""
