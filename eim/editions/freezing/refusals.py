"""Say why a meeting cannot be frozen, or nothing can be taken out of a bag."""


class CannotFreeze(Exception):
    """Tell in a sentence what is in the way; nothing was written."""
