"""SQLite that gives up soon if its lock is stuck, and later if others write one after another."""

from time import monotonic

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from eim.lib.databases.faults import is_locked

# Seconds. SQLite has no queue: in a rush, a writer may be overtaken again and again.
LONGEST_WAIT = 20


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        """Wait for the lock while other connections commit; else only as long as `timeout` says."""
        give_up_at = monotonic() + LONGEST_WAIT
        while True:
            commits = self.commits_of_others()
            try:
                return super()._start_transaction_under_autocommit()  # type: ignore[misc]
            except OperationalError as error:
                is_stuck = self.commits_of_others() == commits
                if is_stuck or not is_locked(error) or monotonic() > give_up_at:
                    raise

    def commits_of_others(self) -> int:
        """Return a number that changes with each commit of another connection."""
        return self.connection.execute("PRAGMA data_version").fetchone()[0]
