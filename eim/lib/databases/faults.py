"""Tell a database that cannot answer now from a mistake of our own."""

import sqlite3

from django.db import InterfaceError, InternalError, OperationalError

# The primary codes of SQLite; an unknown table or column is none of them.
SQLITE_FAULTS = frozenset(
    (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    + (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL)
)
# The bits of an error code that are its primary code.
SQLITE_PRIMARY = 0xFF
IDLE_IN_TRANSACTION = "25P03"  # PostgreSQL has ended a transaction that did nothing for too long.


class DatabaseAway(OperationalError):
    """The database did not answer a moment ago, so it was not asked now."""


def is_unavailable(error: BaseException | None) -> bool:
    """Return whether the same request may succeed later, as it stands."""
    cause = error.__cause__ if error else None
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        return code is not None and code & SQLITE_PRIMARY in SQLITE_FAULTS
    if isinstance(error, InternalError):
        return getattr(cause, "sqlstate", None) == IDLE_IN_TRANSACTION
    return isinstance(error, OperationalError | InterfaceError)
