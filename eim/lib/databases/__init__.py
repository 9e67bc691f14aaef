"""Django's two backends, made so that nobody waits long for a database that does not answer."""
