"""Run nginx with the repository's own configuration in front of a site."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager

from django.conf import settings

from tests.registration import mail_server
from tests.registration.site import PATIENCE
from tests.registration.visitors import NO_ANSWER, ask

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MISSING = "nginx is missing (Debian: apt-get install nginx-light)"
OURS = settings.BASE_DIR / "deploy" / "nginx.conf"
AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 2;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {ours}
}}
"""


class Proxy:
    """nginx in front of the site that listens on a port."""

    def __init__(self, folder, site_port, **changes):
        self.folder = folder / "nginx"
        self.folder.mkdir(parents=True)
        self.port = mail_server.free_port()
        self.pid = 0
        self.file = self.folder / "nginx.conf"
        self.file.write_text(self.configuration(site_port, changes))

    def configuration(self, site_port, changes):
        """Return our configuration with the lines that an operator edits, and those around it."""
        ours = OURS.read_text()
        edits = {
            "server 127.0.0.1:8000": f"server 127.0.0.1:{site_port}",
            "    listen 80;\n": f"    listen 127.0.0.1:{self.port};\n",
            "    listen [::]:80;\n": "",
            "server_name museums.example;\n    #": "server_name localhost;\n    #",
            "/var/cache/nginx/eim": str(self.folder / "cache"),
            "/var/log/nginx": str(self.folder),
            **changes,
        }
        for line, edited in edits.items():
            assert line in ours, line
            ours = ours.replace(line, edited)
        # Workers of root's nginx become somebody who may not write into the folder.
        user = "user root root;" if os.geteuid() == 0 else ""
        return AROUND.format(folder=self.folder, user=user, ours=ours)

    @property
    def command(self):
        return [
            NGINX,
            "-p",
            str(self.folder),
            "-c",
            str(self.file),
            "-e",
            f"{self.folder}/error.log",
        ]

    def check(self):
        """Return what nginx says of its configuration."""
        return subprocess.run([*self.command, "-t"], capture_output=True, text=True, check=False)

    def log(self, *, lines=0):
        """Return the access log once it has so many lines: each is written after its answer."""
        for _attempt in range(PATIENCE * 100):
            text = (self.folder / "access.log").read_text()
            if text.count("\n") >= lines:
                return text
            time.sleep(0.01)
        raise TimeoutError(text)

    def cached(self, *, lines=0):
        """Return the state of the cache for each request, in order: MISS, HIT, or none."""
        return [line.split()[-1] for line in self.log(lines=lines).splitlines()]


@contextmanager
def in_front_of(site_port, folder, **changes):
    proxy = Proxy(folder, site_port, **changes)
    process = subprocess.Popen(proxy.command)
    proxy.pid = process.pid
    try:
        wait_for(proxy.port)
        # Written after the answer: it must not be taken for that of the next request.
        proxy.log(lines=1)
        yield proxy
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(port):
    for _attempt in range(PATIENCE * 20):
        try:
            return ask(port, "GET", "/healthz")
        except NO_ANSWER:
            time.sleep(0.05)
    raise TimeoutError("nginx does not answer.")
