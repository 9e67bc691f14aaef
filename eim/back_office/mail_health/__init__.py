"""Whether e-mails arrive: the page of their health, and the list of those that came back."""
