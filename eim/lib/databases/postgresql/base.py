"""PostgreSQL through a pool that nobody waits for while the database is known to be away."""

import logging
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from eim.lib.databases.breaker import connecting
from eim.lib.databases.faults import DatabaseAway
from eim.lib.databases.patience import seconds_left
from eim.lib.databases.postgresql.connections import BoundedConnection, check

# Seconds. A wait that was shorter and in vain says nothing of the others.
HURRY = 0.2
# Seconds that a try takes while the database is away: a connection that is made later stays.
TRY = 0.5
logger = logging.getLogger(__name__)


class DatabaseWrapper(base.DatabaseWrapper):
    are_timeouts_checked = False

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        if pool := settings_dict["OPTIONS"].get("pool"):
            pool.update(connection_class=BoundedConnection, check=check)

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """Take a connection from the pool, within the patience of the request."""
        if not self.pool:
            return super().get_new_connection(conn_params)
        if not connecting.allows_try():
            raise DatabaseAway("The database did not answer a moment ago.")
        self.isolation_level = IsolationLevel.READ_COMMITTED
        self.pool.open()
        longest = seconds_left(TRY if connecting.is_open else self.pool.timeout)
        try:
            connection = self.pool.getconn(timeout=longest)
        except psycopg.OperationalError:
            if longest > HURRY:
                connecting.fail()
            raise
        connecting.succeed()
        return connection

    def _configure_connection(self, connection: psycopg.Connection[Any]) -> bool:
        """Warn once if the server waits for a lock for ever: a pooler may drop our options."""
        if not DatabaseWrapper.are_timeouts_checked:
            DatabaseWrapper.are_timeouts_checked = True
            row = connection.execute("SHOW lock_timeout").fetchone()
            if row and row[0] == "0":
                logger.warning(
                    "PostgreSQL lets a session wait for a lock for ever. Set PG_TIMEOUTS, or "
                    "behind a pooler ALTER ROLE … SET lock_timeout; see .env.example."
                )
        return super()._configure_connection(connection)  # type: ignore[misc]
