"""Who did what: one list of organisers' deeds, with references in place of attendees' data."""
