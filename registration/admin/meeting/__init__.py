"""Pages of the meeting: whether it takes place, and when registration for it opens."""
