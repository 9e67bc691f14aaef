"""The site as it runs for people: gunicorn and the worker, as processes."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

from django.conf import settings

PATIENCE = 30
MANAGE = str(settings.BASE_DIR / "manage.py")
GUNICORN = ["-m", "gunicorn", "--config", str(settings.BASE_DIR / "gunicorn.conf.py")]
COMMANDS = {"web": GUNICORN, "worker": [MANAGE, "worker"]}


class Site:
    """Processes of the site, to be killed and started."""

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
        """Kill all processes at once, as when the machine runs out of memory."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def stop(self, name):
        """Stop as an update does: the processes finish what they are doing."""
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
