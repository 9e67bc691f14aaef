"""E-mails that come back: reports are read from a mailbox, and noted at the e-mail they name."""
