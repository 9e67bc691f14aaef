"""The web process, wherever it runs; GUNICORN_CMD_ARGS, WEB_CONCURRENCY and PORT change it."""

import os

wsgi_app = "eim.wsgi"
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
timeout = 60
# A header must not say where the site is mounted.
forwarder_headers = ""
# It would be written to the home directory, which a read-only container does not have.
control_socket_disable = True
# The workers' heartbeat goes to memory: on a busy disk it would look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
