"""SQLite's file is shared by processes that come and go."""

import subprocess
import sys
from contextlib import closing

import pytest
from django.db.utils import ConnectionHandler

COUNT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM seats").fetchone()[0])
connection.close()
"""


@pytest.fixture(autouse=True)
def _files_of_their_own(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def connected(file):
    """Return a new connection as the site's processes make them."""
    options = {"init_command": "PRAGMA journal_mode=WAL"}
    handler = ConnectionHandler(
        {"default": {"ENGINE": "eim.lib.databases.sqlite3", "NAME": file, "OPTIONS": options}}
    )
    connection = handler["default"]
    connection.inc_thread_sharing()
    connection.ensure_connection()
    return connection


def counted_by_another_process(file):
    count = subprocess.run(
        [sys.executable, "-c", COUNT, file], capture_output=True, text=True, check=True
    )
    return int(count.stdout)


def test_what_a_process_commits_is_there_for_all_after_its_second_connection(tmp_path):
    file = tmp_path / "eim.sqlite3"
    with closing(connected(file)) as first:
        first.cursor().execute("CREATE TABLE seats (number integer)")
        first.cursor().execute("INSERT INTO seats VALUES (1)")
        connected(file).close()
        # The last connection of a process takes the journal away, unless others hold the file.
        assert counted_by_another_process(file) == 1

        first.cursor().execute("INSERT INTO seats VALUES (2)")

        assert counted_by_another_process(file) == 2


def test_new_file_is_its_owners_alone(tmp_path):
    file = tmp_path / "eim.sqlite3"
    with closing(connected(file)) as connection:
        connection.cursor().execute("CREATE TABLE seats (number integer)")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}

    assert modes == dict.fromkeys(["eim.sqlite3", "eim.sqlite3-shm", "eim.sqlite3-wal"], 0o600)
