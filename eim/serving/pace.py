"""Keep a thread no longer for a client than its pace, in bytes a second, deserves."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ECONNRESET
from typing import Any

from gunicorn.http.unreader import SocketUnreader

PACE = 10_000
AT_ONCE = 64 * 1024


@contextmanager
def time_for(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Raise what gunicorn takes for a client that has gone if nothing comes, or goes, in time."""
    before = sock.gettimeout()
    try:
        if seconds <= 0:
            raise TimeoutError
        sock.settimeout(min(seconds, before or seconds))
        yield
    except TimeoutError as fault:
        raise ConnectionResetError(ECONNRESET, "The client is too slow.") from fault
    finally:
        sock.settimeout(before)


class PacedReader(SocketUnreader):
    """Read the rest of a request in a thread, from a client that sends at a pace."""

    def begin(self, arrived: bytes, seconds: float) -> None:
        self.unread(arrived)
        self.received, self.due = 0, time.monotonic() + seconds

    def chunk(self, size_hint: int | None = None) -> bytes:
        with time_for(self.sock, self.due + self.received / PACE - time.monotonic()):
            data = super().chunk(size_hint)
        self.received += len(data)
        return data


class PacedSocket(socket.socket):
    """Send an answer to a client that takes it at a pace."""

    def begin(self, seconds: float, asked: bytes = b"") -> None:
        """Set the time for an answer, which starts with its first bytes; hold the head."""
        self.seconds, self.sent, self.due = seconds, 0, 0.0
        self.asked, self.status = asked, b""
        # Of an answer that gunicorn gives by itself, without the site.
        self.number = ""

    def sendall(self, data: Any, flags: int = 0) -> None:
        if not self.due:
            self.due = time.monotonic() + self.seconds
            # After HTTP/1.1 and a blank.
            self.status = bytes(data[9:12])
            data = with_number(data, self.number) if self.number else data
        # The timeout is one for all the data, not for each part that the client takes.
        with time_for(self, self.due + self.sent / PACE - time.monotonic()):
            super().sendall(data, flags)
        self.sent += len(data)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file in pieces; of the system's own way nobody knows how far it is."""
        left = os.fstat(file.fileno()).st_size - offset if count is None else count
        total = 0
        while data := os.pread(file.fileno(), min(AT_ONCE, left - total), offset + total):
            self.sendall(data)
            total += len(data)
        return total


def with_number(answer: bytes, number: str) -> bytes:
    """Return an answer with the number of its request among its headers."""
    first, end, rest = bytes(answer).partition(b"\r\n")
    return b"%b%bX-Request-ID: %b%b%b" % (first, end, number.encode(), end, rest)
