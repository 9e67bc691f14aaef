"""Fail at once where a try has just failed: waiting threads would be missing for other pages."""

from threading import Lock
from time import monotonic

BETWEEN_TRIES = 1.0  # seconds


class CircuitBreaker:
    """Let one thread a second, or less often, try what has failed; refuse the others."""

    def __init__(self, between_tries: float = BETWEEN_TRIES) -> None:
        self.between_tries = between_tries
        self.lock = Lock()
        # None while all is well, so that nobody takes the lock.
        self.tried_at: float | None = None

    @property
    def is_open(self) -> bool:
        return self.tried_at is not None

    def allows_try(self) -> bool:
        """Return whether to try now; the caller then reports `succeed` or `fail`."""
        if not self.is_open:
            return True
        with self.lock:
            now = monotonic()
            if self.tried_at is not None and now - self.tried_at < self.between_tries:
                return False
            self.tried_at = now
            return True

    def fail(self) -> None:
        """Open the breaker. Of one that is open, the second counts from the begin of the try."""
        with self.lock:
            if self.tried_at is None:
                self.tried_at = monotonic()

    def succeed(self) -> None:
        if self.is_open:
            with self.lock:
                self.tried_at = None


# Of the connections of this process.
connecting = CircuitBreaker()
