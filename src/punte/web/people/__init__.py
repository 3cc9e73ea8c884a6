"""Pages of people: delegation, vetting, rights, one's own data, organisations."""
