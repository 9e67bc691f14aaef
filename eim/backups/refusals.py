"""Refusals of a backup or a restore, as sentences for the operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import SuspiciousFileOperation

NOTHING_CHANGED = "Nothing was changed."


class Refused(Exception):
    """A sentence that says what is wrong; it says so itself if anything has been changed."""


@contextmanager
def refused_files(consequence: str) -> Iterator[None]:
    """Turn what the file system refuses, such as a full disk, into a sentence."""
    try:
        yield
    except (OSError, SuspiciousFileOperation) as error:
        raise Refused(f"A file cannot be read or written: {error}. {consequence}") from error
