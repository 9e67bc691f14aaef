"""Configure the web processes; WEB_CONCURRENCY and PORT, and GUNICORN_CMD_ARGS, override it."""

import os
import sys
from itertools import count
from pathlib import Path
from typing import Any

import environ

# Of the version before, at a reload.
counters_before = sys.modules.get("eim.serving.counters")
# Read again at each reload. The worker below is imported here, before the processes are: without
# this they would have the old version's, beside the rest of the new one.
for name in [name for name in sys.modules if name.partition(".")[0] == "eim"]:
    del sys.modules[name]


class Variables(environ.Env):
    """The variables of this process and of .env, where each process reads them for itself."""

    ENVIRON = dict(os.environ)


Variables.read_env(Path(__file__).with_name(".env"))

wsgi_app = "eim.serving.wsgi"
bind = f"127.0.0.1:{Variables.ENVIRON.get('PORT') or 8000}"
worker_class = "eim.serving.worker.PatientWorker"
# One line of JSON for each request; ACCESS_LOG=0 in .env switches them off.
logger_class = "eim.serving.access.JsonLogger"
workers = int(Variables.ENVIRON.get("WEB_CONCURRENCY") or 2)
# For pages; the worker adds two for what is sent, and two for uploads that are read.
threads = 4
# Longer than nginx keeps a connection (deploy/nginx.conf), so that none ends under its request.
keepalive = 10
# With files and the database they stay below 1,024, the open files that systemd allows.
worker_connections = 800
timeout = 60
# For a process that ends: longer than a slow form may take (eim/serving/worker.py).
graceful_timeout = 45
# Do not let a request's header set SCRIPT_NAME or PATH_INFO.
forwarder_headers = ""
# The socket would be in the home directory, which a read-only container does not have.
control_socket_disable = True
# Heartbeat files in memory: on a busy disk a live worker would look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def pre_fork(server: Any, worker: Any) -> None:
    """Give a new process the lowest row of the counters that no living process has."""
    taken = {getattr(other, "row", None) for other in server.WORKERS.values()}
    worker.row = next(row for row in count() if row not in taken)


def on_reload(server: Any) -> None:
    """Log and count on in this version's way: gunicorn itself holds what it had imported before."""
    server.log = server.cfg.logger_class(server.cfg)
    try:
        if counters_before:
            from eim.serving.counters import counters

            counters.carry_over(counters_before.counters.totals())
    except Exception:
        # It would end gunicorn, and the site with it: sums may be lost instead.
        server.log.exception("The counters of the version before are lost.")
