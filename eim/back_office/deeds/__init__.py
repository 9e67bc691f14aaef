"""List who did what: organisers' deeds, with references in place of attendees' data."""
