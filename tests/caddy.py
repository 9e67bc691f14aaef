"""Run Caddy with the repository's own configuration in front of a site, with an own authority."""

import http.client
import os
import shutil
import ssl
import subprocess
import time
from contextlib import closing, contextmanager

from django.conf import settings

from tests.registration import mail_server
from tests.registration.site import PATIENCE
from tests.registration.visitors import NO_ANSWER

CADDY = shutil.which("caddy")
MISSING = "caddy is missing (Debian: apt-get install caddy)"
OURS = settings.BASE_DIR / "deploy" / "Caddyfile"
# What differs on a machine that others use: ports, no public authority, no file outside the folder.
OF_A_TRIAL = """{{
	admin off
	local_certs
	skip_install_trust
	storage file_system {folder}/storage
	http_port {plain_port}
	https_port {port}
"""


class Proxy:
    """Caddy in front of the site that listens on a port."""

    def __init__(self, folder, site_port, **changes):
        self.folder = folder / "caddy"
        self.folder.mkdir(parents=True)
        self.port, self.plain_port = mail_server.free_port(), mail_server.free_port()
        self.file = self.folder / "Caddyfile"
        self.file.write_text(self.configuration(site_port, changes))
        self.environment = {**os.environ, "HOME": str(self.folder)}

    def configuration(self, site_port, changes):
        """Return our configuration with the lines that an operator edits."""
        trial = OF_A_TRIAL.format(folder=self.folder, port=self.port, plain_port=self.plain_port)
        ours = OURS.read_text()
        edits = {
            "\n{\n": f"\n{trial}",
            "museums.example {": "localhost {",
            "127.0.0.1:8000": f"127.0.0.1:{site_port}",
            **changes,
        }
        for line, edited in edits.items():
            assert line in ours, line
            ours = ours.replace(line, edited, 1)
        return ours

    def command(self, word):
        return [CADDY, word, "--adapter", "caddyfile", "--config", str(self.file)]

    def check(self):
        """Return what Caddy says of its configuration."""
        return subprocess.run(
            self.command("validate"),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def log(self):
        return (self.folder / "caddy.log").read_text()

    @property
    def trust(self):
        """Return what a client needs to trust the authority of this Caddy."""
        root = self.folder / "storage/pki/authorities/local/root.crt"
        return ssl.create_default_context(cafile=str(root))

    def connection(self):
        return http.client.HTTPSConnection(
            "localhost", self.port, timeout=PATIENCE, context=self.trust
        )

    def ask(self, method, path, body=None, headers=None):
        with closing(self.connection()) as connection:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()


@contextmanager
def in_front_of(site_port, folder, **changes):
    proxy = Proxy(folder, site_port, **changes)
    with (proxy.folder / "caddy.log").open("w") as log:
        process = subprocess.Popen(
            proxy.command("run"), env=proxy.environment, stdout=log, stderr=log
        )
        try:
            wait_for(proxy)
            yield proxy
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_for(proxy):
    for _attempt in range(PATIENCE * 20):
        try:
            return proxy.ask("GET", "/healthz")
        except NO_ANSWER:  # the authority's file is an OSError too while it is not there
            time.sleep(0.05)
    raise TimeoutError(proxy.log)
