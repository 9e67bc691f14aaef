"""Hold the lock that each registration takes, on a site as impatient as on a server."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from eim.lib.databases.breaker import connecting


@pytest.fixture
def impatient(settings):
    """Wait for a lock and for a connection as briefly as on a server."""
    settings.PATIENCE = 1.7
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    leave()
    if connection.vendor == "postgresql":
        options["options"] = "-c lock_timeout=1500"
        options["pool"] = {**options["pool"], "timeout": 1.5}
    else:
        options["timeout"] = 0.8
    yield
    options.update(before)
    leave()


def leave():
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    connecting.succeed()


@contextmanager
def locked_database():
    """Hold, in another thread, the lock that each registration takes."""
    is_held, may_end = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("BEGIN EXCLUSIVE")
            else:
                cursor.execute("BEGIN")
                cursor.execute("SELECT FROM registration_quota FOR UPDATE")
            is_held.set()
            may_end.wait()
            cursor.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait()
    try:
        yield
    finally:
        may_end.set()
        thread.join()
