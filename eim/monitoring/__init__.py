"""Look after the running site: what is well, and what its operator should mend."""
