"""Short pages, one per state of a link or an attempt, and one per error."""
