"""Refusals of a backup or a restore, as sentences for the operator."""


class Refused(Exception):
    """A sentence that says what is wrong; nothing has been changed."""
