"""Check the database: whether it answers, which it is, its time limits, tables and clock."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from eim.monitoring.doctor.findings import Finding, broken, doubtful, well

# Seconds for each thing that is asked of the database, and to connect.
LIMIT, TO_CONNECT = 5, 3
OLDEST_POSTGRESQL = 15
LARGEST_SKEW = 5
NAMES = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
POOLER = "unsupported startup parameter"


def reachable() -> Iterator[Finding]:
    """Yield why the database does not answer, if so, in its own words.

    Without Django: its pool would say only that nobody got a connection.
    """
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not os.path.exists(name):
        yield broken(f"There is no database yet ({name}): manage.py migrate")
        return
    try:
        ask_sqlite(name) if connection.vendor == "sqlite" else limits_of_pages()
    except (sqlite3.Error, psycopg.Error) as fault:
        yield broken(f"The database {name} does not answer: {reason(str(fault))}")


def ask_sqlite(name: str) -> None:
    """Read the file without making it or the files beside it."""
    address = f"{Path(name).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=1)) as file:
        file.execute("SELECT count(*) FROM sqlite_master")


def reason(words: str) -> str:
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
            f"or behind a pooler for each: ALTER ROLE … SET {missing[0]} = '1500ms'."
        )
    else:
        yield well(", ".join(f"{name} {limit}" for name, limit in shown.items()) + ".")


def limits_of_pages() -> dict[str, str]:
    """Connect as the web processes do, and return what PostgreSQL then shows."""
    own: dict[str, Any] = connection.get_connection_params()
    own = {name: value for name, value in own.items() if name in PARAMETERS}
    limits = [f"-c {name}={round(s * 1000)}" for name, s in settings.PG_TIMEOUTS.items()]
    options = " ".join([*filter(None, [own.pop("options", "")]), *limits])
    if options:
        own["options"] = options
    with psycopg.connect(**own | {"connect_timeout": TO_CONNECT}, autocommit=True) as pages:
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
