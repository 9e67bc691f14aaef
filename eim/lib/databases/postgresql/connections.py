"""Connections to PostgreSQL that stop waiting for a server that has gone silent.

The timeouts of the server are of no use when it hangs, nor is TCP's while its machine still
acknowledges what is sent.
"""

from collections.abc import Generator
from typing import Any, Self

import psycopg
from psycopg_pool import ConnectionPool

from eim.lib.databases.breaker import connecting
from eim.lib.databases.patience import patience, seconds_left

# Seconds. A statement outside of any request, such as those of a command, may take a day.
NO_DEADLINE = 24 * 60 * 60
# A server that is well answers in less than a millisecond.
PING = 0.4


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed once the patience of the request has run out."""

    def wait(
        self, gen: Generator[Any, Any, Any], interval: float = 0.1, timeout: float | None = None
    ) -> Any:
        longest = seconds_left(NO_DEADLINE if timeout is None else timeout)
        try:
            return super().wait(gen, interval, longest)
        except psycopg.OperationalError:
            if timeout is None and not seconds_left(NO_DEADLINE):
                # What the server sends later must not be taken for the answer to another question.
                self.close()
            raise

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:
        """Connect, and tell the others if nobody can."""
        try:
            return super().connect(*args, **kwargs)
        except psycopg.OperationalError:
            connecting.fail()
            raise


def check(connection: psycopg.Connection[Any]) -> None:
    """Ask a connection of the pool for a sign of life; the pool replaces it if there is none."""
    with patience(PING):
        ConnectionPool.check_connection(connection)
