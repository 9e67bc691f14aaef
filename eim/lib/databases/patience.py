"""Bound how long a request waits for the database, whatever it waits for: server, lock or pool."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

# The moment, in seconds of `monotonic`, at which the present request gives up.
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let the code inside wait for the database for so long in all, or less if it is in a hurry."""
    outer, own = _deadline.get(), monotonic() + seconds
    token = _deadline.set(own if outer is None else min(own, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left(most: float) -> float:
    """Return how long to wait now: at most `most` seconds, and never beyond the deadline."""
    deadline = _deadline.get()
    return most if deadline is None else max(0.0, min(most, deadline - monotonic()))
