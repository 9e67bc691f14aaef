"""Public pages of the registration: the form, its confirmation, and a person's own page."""
