"""Run `backup` and `restore` as an operator does, on databases of either kind."""

import os
import subprocess
import sys
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from django.db import connection

from eim.backups.manifests import read_manifest
from eim.backups.rows import sum_rows
from eim.backups.schema import present_tables
from tests.registration.site import MANAGE, database_url, environment

_numbers = count(1)


class Operator:
    """Types commands of manage.py, each for the database that it names."""

    def __init__(self, inbox, folder, **changes):
        self.inbox = inbox
        self.folder = folder
        self.changes = {"CLOCK": "", **changes}

    def variables(self, url):
        return environment(self.inbox, self.folder, DATABASE_URL=url, **self.changes)

    def start(self, url, *arguments):
        return subprocess.Popen(
            [sys.executable, MANAGE, *map(str, arguments)],
            env=self.variables(url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, url, *arguments):
        """Run a command to its end and return its code and what it said."""
        output, errors = (process := self.start(url, *arguments)).communicate()
        return process.returncode, output + errors

    def manage(self, url, *arguments):
        code, output = self.run(url, *arguments)
        assert code == 0, output
        return output

    def back_up(self, url):
        """Write a backup into a folder of its own, and return it."""
        output = self.manage(url, "backup", self.folder / f"backups-{next(_numbers)}")
        return Path(output.partition(":")[0])


@contextmanager
def empty_database(vendor, folder):
    """Yield the address of a database without tables; one of PostgreSQL is on the tests' server."""
    name = f"restored_{os.getpid()}_{next(_numbers)}"
    if vendor == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield database_url().rpartition("/")[0] + f"/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


# A restore raises the meeting's version.
MEETING = "programme_meeting"


def sums(backup):
    """Return what the rows of each table add up to."""
    tables = read_manifest(backup).tables
    return {name: (table.rows, table.sum) for name, table in tables.items() if name != MEETING}


def sums_now():
    """Return the same of the database of the tests."""
    totals = {model._meta.db_table: sum_rows(model) for model in present_tables()}
    return {name: (total.rows, str(total)) for name, total in totals.items() if name != MEETING}
