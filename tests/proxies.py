"""A TCP proxy before PostgreSQL that refuses connections, or accepts them and never answers."""

import os
import socket
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from django.db import connection

CHUNK = 65536


def server_address():
    """Return the family and the address of the server that the tests use: a socket in a folder."""
    address = urlsplit(os.environ["DATABASE_URL"])
    if address.hostname:
        return socket.AF_INET, (address.hostname, address.port or 5432)
    folder = address.path.rpartition("/")[0]
    return socket.AF_UNIX, f"{folder}/.s.PGSQL.5432"


class Proxy:
    """Pass on what comes, until the test cuts it."""

    def __init__(self):
        self.may_pass = threading.Event()
        self.may_pass.set()
        self.sockets = set()
        self.listen(0)
        self.port = self.listener.getsockname()[1]

    @property
    def url(self):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{connection.settings_dict['NAME']}"

    def listen(self, port):
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        with suppress(OSError):
            while True:
                client, _address = listener.accept()
                threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client):
        family, address = server_address()
        server = socket.socket(family)
        self.sockets |= {client, server}
        self.may_pass.wait()
        with suppress(OSError):
            server.connect(address)
            threading.Thread(target=self.pump, args=(server, client), daemon=True).start()
            self.pump(client, server)

    def pump(self, source, sink):
        with suppress(OSError):
            while chunk := source.recv(CHUNK):
                self.may_pass.wait()
                sink.sendall(chunk)
        self.cut({source, sink})

    def cut(self, sockets):
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.sockets -= sockets

    def refuse(self):
        """Cut every connection, and refuse new ones, as a server does that was stopped."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut(set(self.sockets))

    def accept_again(self):
        self.listen(self.port)

    def hang(self):
        """Go on accepting, and answer nothing."""
        self.may_pass.clear()

    def go_on(self):
        self.may_pass.set()


@contextmanager
def proxy():
    running = Proxy()
    try:
        yield running
    finally:
        running.go_on()
        with suppress(OSError):
            running.refuse()
