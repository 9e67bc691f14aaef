"""Pages of the registration: the form, the way to its confirmation, and one's own page."""
