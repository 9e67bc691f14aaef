"""Run the site as on a server: gunicorn and the worker, as processes."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from eim import clock

PATIENCE = 30
MANAGE = str(settings.BASE_DIR / "manage.py")
GUNICORN = ["-m", "gunicorn", "--config", str(settings.BASE_DIR / "gunicorn.conf.py")]
COMMANDS = {"web": GUNICORN, "worker": [MANAGE, "worker"]}


class Site:
    """Processes that a test starts, stops and kills."""

    def __init__(self, environment, log):
        self.environment = environment
        self.log = log
        self.running = {}

    @property
    def port(self):
        return int(self.environment["PORT"])

    def start(self, name, *arguments):
        self.running[name] = subprocess.Popen(
            [sys.executable, *COMMANDS[name], *arguments],
            env=self.environment,
            cwd=settings.BASE_DIR,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def kill(self, name):
        """Kill the process group with SIGKILL, as when the machine runs out of memory."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def stop(self, name):
        """Stop with SIGTERM, as an update does: the process finishes its current work."""
        process = self.running.pop(name)
        process.terminate()
        process.wait(PATIENCE)

    def send_what_is_due(self):
        once = [sys.executable, MANAGE, "worker", "--once"]
        subprocess.run(once, env=self.environment, stdout=self.log, stderr=self.log, check=True)


@contextmanager
def running(environment, folder, names=("web", "worker")):
    with (folder / "processes.log").open("a") as log:
        site = Site(environment, log)
        try:
            for name in names:
                site.start(name)
            yield site
        finally:
            for name in list(site.running):
                site.kill(name)


def database_url():
    """Return the address at which another process reaches the database of the tests."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{os.path.abspath(name)}"
    address = urlsplit(os.environ["DATABASE_URL"])
    server, _slash, _name = address.path.rpartition("/")
    return address._replace(path=f"{server}/{name}").geturl()


def environment(inbox, tmp_path, **changes):
    """Return the variables of a site that works on the database of the tests."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "eim.settings",
        "DEBUG": "1",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path),
        "MAIL_URL": inbox.url,
        "CLOCK": clock.now().isoformat(),
        **changes,
    }
