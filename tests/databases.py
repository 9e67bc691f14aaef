"""A pytest plugin: migrate one database a run, and copy it for each process of the run.

Migrating takes each process some seconds, copying a tenth of one.
"""

import fcntl
import os
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

MIGRATED = settings.DATA_DIR / "migrated"


@contextmanager
def only_process():
    """Let the processes of a run in one after the other."""
    with (settings.DATA_DIR / "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use(name):
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    connection.settings_dict["NAME"] = name


def end_other_sessions():
    """End those of threads that a test has made to wait: nobody can drop a database in use."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Replace pytest-django's fixture, which migrates a database for each process."""
    creation = connection.creation
    worker = os.environ.get("PYTEST_XDIST_WORKER", "own")
    sites_own = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        with only_process():
            is_first = not MIGRATED.exists()
            if is_first:
                creation.create_test_db(verbosity=0, autoclobber=True)
                MIGRATED.touch()
            use(migrated := creation._get_test_db_name())
            creation.clone_test_db(worker, verbosity=0)
        use(creation.get_test_db_clone_settings(worker)["NAME"])

    yield

    with django_db_blocker.unblock():
        end_other_sessions()
        creation.destroy_test_db(migrated, verbosity=0)
        if is_first:
            MIGRATED.unlink()
            creation.destroy_test_db(sites_own, verbosity=0)
