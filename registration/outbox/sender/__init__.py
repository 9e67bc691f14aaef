"""Whether the sender of the e-mails can work: what the domain name system says of it."""
