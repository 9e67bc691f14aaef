"""Read the mailbox of e-mails that come back, and note each report at the e-mail it names."""
