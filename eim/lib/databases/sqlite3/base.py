"""SQLite that gives up soon if its lock is stuck, and later if others write one after another."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from django.db.backends.sqlite3 import base

from eim.lib.databases.faults import SQLITE_PRIMARY

# Seconds. SQLite has no queue: in a rush, a writer may be overtaken again and again.
LONGEST_WAIT = 20


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; a file that is new is its owner's alone, and so are those that SQLite adds."""
        name = str(conn_params["database"])
        if not name.startswith((":memory:", "file:")):
            # Never a file that is there: closing it would drop SQLite's locks of the whole process,
            # and another one would take the journal away that this one goes on to write. What else
            # stands in the way is the same for SQLite, which says so.
            with suppress(OSError):
                os.close(os.open(name, os.O_CREAT | os.O_EXCL, 0o600))
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> "PatientCursor":
        return self.connection.cursor(factory=PatientCursor)


class PatientCursor(base.SQLiteCursorWrapper):
    """A cursor that waits twice as long as `timeout` says, and longer while others commit."""

    def execute(self, query: str, params: Any = None) -> Any:
        if self.connection.in_transaction:
            # It has the lock, or reads: what fails now has to be begun anew.
            return super().execute(query, params)
        return self.patiently(lambda: super(PatientCursor, self).execute(query, params))

    def patiently[T](self, statement: Callable[[], T]) -> T:
        """Run a statement that stands alone, such as BEGIN, again while the lock changes hands."""
        give_up_at, seen = monotonic() + LONGEST_WAIT, None
        while True:
            try:
                return statement()
            except sqlite3.OperationalError as error:
                before, seen = seen, self.commits_of_others()
                is_busy = error.sqlite_errorcode & SQLITE_PRIMARY == sqlite3.SQLITE_BUSY
                if not is_busy or before == seen or monotonic() > give_up_at:
                    raise

    def commits_of_others(self) -> int:
        """Return a number that changes with each commit of another connection."""
        return self.connection.execute("PRAGMA data_version").fetchone()[0]
