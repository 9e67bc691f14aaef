"""Turn hours that people type into moments; list the time zones of the region."""
