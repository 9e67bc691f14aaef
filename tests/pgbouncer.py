"""Run PgBouncer with the repository's own configuration before the PostgreSQL of the run."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from tests.proxies import server_address
from tests.registration import mail_server
from tests.registration.site import PATIENCE

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MISSING = "pgbouncer is missing (Debian: apt-get install pgbouncer)"
OURS = settings.BASE_DIR / "deploy" / "pgbouncer.ini"
NOBODY = 65534
# As docs/scaling.md has it: a pooler takes no options of its clients.
TIMEOUTS = {
    "lock_timeout": "1500ms",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
}


def configuration(port, server):
    """Return our configuration with the lines that an operator edits, without passwords."""
    ours = OURS.read_text()
    name = connection.settings_dict["NAME"]
    edits = {
        "host=127.0.0.1 port=5432 dbname=eim": f"{server} dbname={name} user=postgres",
        "listen_port = 6432": f"listen_port = {port}",
        "auth_type = scram-sha-256\n": "auth_type = any\n",
        "auth_file = /etc/pgbouncer/userlist.txt\n": "",
        "logfile = /var/log/postgresql/pgbouncer.log\n": "",
        "pidfile = /var/run/postgresql/pgbouncer.pid\n": "",
    }
    for line, edited in edits.items():
        assert line in ours, line
        ours = ours.replace(line, edited)
    return ours


def server_of_the_run():
    """Return where PostgreSQL listens, and as whom PgBouncer, which refuses root, can reach it."""
    family, address = server_address()
    if family != socket.AF_UNIX:
        return f"host={address[0]} port={address[1]}", NOBODY
    folder, _slash, name = address.rpartition("/")
    return f"host={folder} port={name.rpartition('.')[2]}", Path(address).stat().st_uid


@contextmanager
def pooler(server_port=None):
    """Run PgBouncer before the server, or before a proxy; yield a value for DATABASE_URL."""
    server, user = server_of_the_run()
    if server_port:
        server = f"host=127.0.0.1 port={server_port}"
    port = mail_server.free_port()
    with tempfile.TemporaryDirectory(prefix="eim-pgbouncer-") as folder:
        file = Path(folder) / "pgbouncer.ini"
        file.write_text(configuration(port, server))
        os.chmod(folder, 0o755)
        who = {"user": user, "group": user, "extra_groups": []} if os.geteuid() == 0 else {}
        process = subprocess.Popen([PGBOUNCER, "--quiet", str(file)], **who)
        try:
            url = f"postgresql://postgres@127.0.0.1:{port}/eim"
            wait_for(url)
            yield url
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_for(url):
    for _attempt in range(PATIENCE * 20):
        try:
            return psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise TimeoutError("PgBouncer does not answer.")


def set_timeouts():
    """Limit all sessions of the database of the tests, which is deleted at the end."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for variable, limit in TIMEOUTS.items():
            cursor.execute(f"ALTER ROLE postgres IN DATABASE {name} SET {variable} = '{limit}'")
