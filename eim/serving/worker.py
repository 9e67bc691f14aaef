"""A worker of gunicorn that gives its threads whole requests, so that slow clients hold none.

gunicorn's own worker gives a thread each connection at once, and the thread then waits for the
client: eight clients that send half a request stop the site. Here the loop that waits for all
connections reads them too, as a proxy would; a thread gets a request whose form has arrived.

It builds on the inside of `gunicorn.workers.gthread`, whose version requirements.txt pins:
tests/drill/test_slow_clients.py says whether a new one still fits.
"""

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from errno import ECONNRESET
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

# Bytes that the loop waits for: a head, and the body of a form (eim/middleware/limits.py). A larger
# body is an upload of staff: the thread reads it, while it comes.
MOST_OF_HEAD, MOST_OF_FORM = 32 * 1024, 64 * 1024
# Seconds for a head, for a form after it, and for what a thread reads, which may take longer if it
# comes at a pace (bytes a second); for a client to take an answer, and to close after the last.
FOR_HEAD, FOR_FORM, FOR_UPLOAD, PACE, FOR_ANSWER, FOR_CLOSE = 10, 20, 20, 10_000, 30, 2
BETWEEN_LOOKS = 0.5
# Threads for what is sent. They are apart, so that pages in memory never wait behind forms.
SENDING_THREADS = 2
# A page fits into it: no thread waits until a client has read it.
SEND_BUFFER = 256 * 1024
AT_ONCE = 64 * 1024

READING = (b"GET ", b"HEAD ")
END_OF_HEAD = b"\r\n\r\n"
# Python refuses to read a number of thousands of digits: 18 are more than enough.
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*0*(\d{0,18})\d*[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
# After another chunk, or after the head.
LAST_CHUNK = b"\r\n0\r\n\r\n"
TOO_SLOW, TOO_LARGE = b"408 Request Timeout", b"431 Request Header Fields Too Large"


class Connection(TConn):
    """A client, and what has arrived of its next request."""

    parser: Any

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.data_ready = True
        self.expect()

    def expect(self) -> None:
        """Begin the time of a new request."""
        self.arrived = bytearray()
        self.head = 0
        self.deadline = time.monotonic() + FOR_HEAD

    def add(self, data: bytes) -> None:
        seen = max(0, len(self.arrived) - len(END_OF_HEAD))
        self.arrived += data
        if not self.head and (end := self.arrived.find(END_OF_HEAD, seen)) >= 0:
            self.head = end + len(END_OF_HEAD)
            self.deadline = time.monotonic() + FOR_FORM

    @property
    def is_whole(self) -> bool:
        """Return whether a thread can work on it: its form has arrived, or is no form by size."""
        if not self.head:
            return False
        body = len(self.arrived) - self.head
        if CHUNKED.search(self.arrived, 0, self.head):
            return body > MOST_OF_FORM or self.arrived.endswith(LAST_CHUNK)
        found = LENGTH.search(self.arrived, 0, self.head)
        length = int(found[1] or b"0") if found else 0
        return body >= length or length > MOST_OF_FORM

    def init(self) -> None:
        """Give gunicorn's parser what has arrived; the thread calls this before it parses."""
        if not self.initialized:
            super().init()
            self.parser.unreader = PacedReader(self.sock)
        self.parser.unreader.begin(bytes(self.arrived))
        self.arrived = bytearray()
        self.sock.settimeout(FOR_ANSWER)


class PacedReader(SocketUnreader):
    """Read the rest of a request in a thread, from a client that sends at a pace."""

    def begin(self, arrived: bytes) -> None:
        self.unread(arrived)
        self.received, self.began = 0, time.monotonic()

    def chunk(self, size_hint: int | None = None) -> bytes:
        due = self.began + FOR_UPLOAD + self.received / PACE
        with self.time_for(due - time.monotonic()):
            data = super().chunk(size_hint)
        self.received += len(data)
        return data

    @contextmanager
    def time_for(self, seconds: float) -> Iterator[None]:
        """Raise what gunicorn takes for a client that has gone if nothing comes in time."""
        before = self.sock.gettimeout()
        try:
            if seconds <= 0:
                raise TimeoutError
            self.sock.settimeout(min(seconds, before or seconds))
            yield
        except TimeoutError as fault:
            raise ConnectionResetError(ECONNRESET, "The client sends too slowly.") from fault
        finally:
            self.sock.settimeout(before)


class PatientWorker(ThreadWorker):
    """Wait for requests, forms included, and for slow clients to close, without a thread."""

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise SystemExit("gunicorn takes no certificate here: give it to the proxy.")

    def init_process(self) -> None:
        self.sending_pool = ThreadPoolExecutor(max_workers=SENDING_THREADS)
        self.waiting: set[Connection] = set()
        self.next_look = 0.0
        super().init_process()

    def run(self) -> None:
        super().run()
        self.sending_pool.shutdown(wait=False)

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.receive(Connection(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Receive the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.expect()
        self.receive(conn)

    def receive(self, conn: Connection, _client: socket.socket | None = None) -> None:
        """Read what has arrived, and give a whole request to a thread."""
        data = received(conn.sock)
        if data == b"":
            self.drop(conn)
            return
        conn.add(data or b"")
        if conn.is_whole:
            self.stop_waiting(conn)
            self.enqueue_req(conn)
        elif not conn.head and len(conn.arrived) > MOST_OF_HEAD:
            self.refuse(conn, TOO_LARGE)
        else:
            self.wait_for(conn, self.receive)

    def enqueue_req(self, conn: Connection) -> None:
        pool = self.tpool if conn.arrived.startswith(READING) else self.sending_pool
        done = pool.submit(self.handle, conn)
        done.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def finish_request(self, conn: Connection, done: Future) -> None:
        """Keep the connection, go on with what it has sent already, or close it."""
        if done.cancelled() or done.exception() or not done.result():
            self.close(conn)
        elif more := conn.parser.unreader.take_buffered():
            conn.sock.setblocking(False)
            conn.expect()
            conn.add(more)
            self.receive(conn)
        else:
            super().finish_request(conn, done)

    def _keepalive_after(self, conn: Connection, keepalive: object) -> bool:
        """Return whether the body was read; gunicorn would wait for the rest, in the thread."""
        return bool(keepalive) and bool(conn.parser.finish_body(deadline=time.monotonic() + 0.01))

    # Connections that wait without a thread: for the rest of a request, or for the client to close

    def wait_for(self, conn: Connection, then: Any) -> None:
        if conn not in self.waiting:
            self.poller.register(conn.sock, EVENT_READ, partial(then, conn))
            self.waiting.add(conn)

    def stop_waiting(self, conn: Connection) -> None:
        if conn in self.waiting:
            self.poller.unregister(conn.sock)
            self.waiting.remove(conn)

    def murder_pending(self) -> None:
        """End connections whose time is over; gunicorn calls this after each event."""
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + BETWEEN_LOOKS
        for conn in [conn for conn in self.waiting if conn.deadline <= now]:
            if conn.arrived:
                self.refuse(conn, TOO_SLOW)
            else:
                self.drop(conn)

    def refuse(self, conn: Connection, status: bytes) -> None:
        try:
            conn.sock.send(
                b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status
            )
        except OSError:
            self.drop(conn)
        else:
            self.close(conn)

    def close(self, conn: Connection) -> None:
        """Say that no more comes, and wait for the client to close, as RFC 9112 9.6 asks.

        gunicorn waits for each client in the loop that serves all of them.
        """
        self.stop_waiting(conn)
        conn.arrived = bytearray()
        conn.deadline = time.monotonic() + FOR_CLOSE
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.wait_for(conn, self.discard)
        except OSError:
            self.drop(conn)

    def discard(self, conn: Connection, client: socket.socket) -> None:
        if received(client) == b"":
            self.drop(conn)

    def drop(self, conn: Connection) -> None:
        self.stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()


def received(client: socket.socket) -> bytes | None:
    """Return what has arrived: None if nothing yet, b"" if the client has gone."""
    try:
        return client.recv(AT_ONCE)
    except BlockingIOError:
        return None
    except OSError:
        return b""
