"""Check the database: whether it answers, which it is, its time limits, tables and clock."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from eim.lib.databases.patience import patience
from eim.monitoring.doctor.findings import Finding, broken, doubtful, well

# Seconds for all that is asked of the database.
LIMIT = 5
OLDEST_POSTGRESQL = 15
LARGEST_SKEW = 5
NAMES = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
POOLER = "unsupported startup parameter"


def ask_for_life() -> None:
    """Ask the database for a sign of life; SQLite would wait for 20 seconds for a lock."""
    if connection.vendor == "sqlite" and connection.connection is None:
        connection.settings_dict["OPTIONS"]["timeout"] = 1
    with patience(LIMIT), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def reachable() -> Iterator[Finding]:
    """Yield why the database does not answer, if so; to ask SQLite would make its file."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not Path(name).exists():
        yield broken(f"There is no database yet ({name}): manage.py migrate")
        return
    try:
        ask_for_life()
    except DatabaseError as fault:
        yield broken(f"The database {name} does not answer: {reason(fault)}")


def reason(fault: DatabaseError) -> str:
    """Return what the database says, or that it says nothing, and where to look."""
    words = str(fault)
    if POOLER in words:
        return (
            f"{words}. It is a pooler, which refuses our time limits: set PG_TIMEOUTS=none and "
            "give them by ALTER ROLE (docs/operating.md, When the database is away)."
        )
    return f"{words}. Is it running, and are its host, name, user and password right?"


def version() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
        words = f"SQLite {sqlite3.sqlite_version}, journal {mode}"
        yield (
            well(f"{words}.")
            if mode == "wal"
            else broken(
                f"{words}: without WAL readers wait for writers. Is its folder on a network disk?"
            )
        )
        return
    number = connection.pg_version // 10000  # type: ignore[attr-defined]
    words = f"PostgreSQL {number} answers."
    yield (
        well(words)
        if number >= OLDEST_POSTGRESQL
        else broken(f"{words} The site needs {OLDEST_POSTGRESQL} or newer.")
    )


def time_limits() -> Iterator[Finding]:
    """Ask what a session of the web processes gets: commands such as this one wait for longer."""
    if connection.vendor != "postgresql":
        return
    shown = limits_of_pages()
    if missing := [name for name, limit in shown.items() if limit == "0"]:
        yield doubtful(
            f"PostgreSQL lets a page wait for ever ({', '.join(missing)} is 0): set PG_TIMEOUTS, "
            f"or behind a pooler: ALTER ROLE … SET {missing[0]} = '1500ms'."
        )
    else:
        yield well(", ".join(f"{name} {limit}" for name, limit in shown.items()) + ".")


def limits_of_pages() -> dict[str, str]:
    own: dict[str, Any] = connection.get_connection_params()
    own = {name: value for name, value in own.items() if name in PARAMETERS}
    limits = [f"-c {name}={round(s * 1000)}" for name, s in settings.PG_TIMEOUTS.items()]
    options = " ".join([*filter(None, [own.pop("options", "")]), *limits])
    if options:
        own["options"] = options
    with psycopg.connect(**own | {"connect_timeout": LIMIT}, autocommit=True) as pages:
        return {name: shown_limit(pages, name) for name in NAMES}


# Those of libpq that an address can have; the others are of Django and of the pool.
PARAMETERS = frozenset(
    ("host", "port", "dbname", "user", "password", "options", "sslmode", "sslrootcert", "sslcert")
    + ("sslkey", "passfile", "service", "target_session_attrs", "channel_binding", "gssencmode")
)


def shown_limit(pages: psycopg.Connection[Any], name: str) -> str:
    row = pages.execute(f"SHOW {name}").fetchone()
    return str(row[0]) if row else "0"


def migrations() -> Iterator[Finding]:
    """Find migrations that are to be done, and those that only a newer version knows."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    known = executor.loader.disk_migrations.keys() | executor.loader.replacements.keys()
    apps = {app for app, _name in known}
    newer = [key for key in executor.loader.applied_migrations if key not in known]
    newer = sorted(key for key in newer if key[0] in apps)
    if plan:
        first = plan[0][0]
        yield broken(f"Migrations are to be done: {len(plan)}, {first} first: manage.py migrate")
    if newer:
        yield broken(
            f"The tables are of a newer version ({'.'.join(newer[-1])}): start that version, or "
            "restore the backup that was made before the update."
        )
    if not (plan or newer):
        yield well("The tables are those of this version.")


def clock_of_database() -> Iterator[Finding]:
    """Compare the clocks: links, holds and leases go by both."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        skew = float(cursor.fetchone()[0]) - time.time()
    if abs(skew) > LARGEST_SKEW:
        yield broken(
            f"The database's clock and this machine's differ by {abs(skew):.0f} seconds: let NTP "
            "set both (timedatectl set-ntp true)."
        )
