"""Look up whether e-mails of the site’s sender can arrive."""
