"""Run a server of object storage on loopback: moto's, as a process that can hang and die."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import count

from eim.environment import upload_storage
from eim.lib.uploads.object_storage import ObjectStorage
from tests.registration import mail_server
from tests.registration.site import PATIENCE

_numbers = count(1)


class Server:
    """A server whose processes a test stops, kills and starts again."""

    def __init__(self, log):
        self.log = log
        self.port = mail_server.free_port()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=self.log,
            stderr=self.log,
        )

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def new_bucket(self):
        """Return a STORAGE_URL of a bucket that is empty."""
        bucket = f"bucket{next(_numbers)}"
        url = f"s3://key:s%2Fcret@127.0.0.1:{self.port}/{bucket}?tls=0&prefix=eim/2026"
        self.wait(storage_at(url)).create_bucket(Bucket=bucket)
        return url

    def wait(self, storage):
        """Return the client of a storage once the server answers."""
        for _attempt in range(PATIENCE * 4):
            storage.breaker.succeed()
            try:
                with storage.asking(""):
                    storage.client.list_buckets()
                return storage.client
            except OSError:
                time.sleep(0.25)
        raise TimeoutError("The object storage does not answer.")


def storage_at(url):
    return ObjectStorage(**upload_storage(url)["OPTIONS"])


@contextmanager
def server(folder):
    with (folder / "object_storage.log").open("a") as log:
        one = Server(log)
        try:
            yield one
        finally:
            one.go_on()
            one.kill()
