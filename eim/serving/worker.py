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
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any
from urllib.parse import unquote

from gunicorn.http.errors import InvalidHeader, InvalidHeaderName
from gunicorn.util import split_request_uri
from gunicorn.workers.gthread import TConn, ThreadWorker

from eim.lib.logs.request_ids import request_id, sane_or_new
from eim.serving.access import note_refusal, write_lines
from eim.serving.chunks import BAD, MOST_OF_FORM, Chunks, Refusal
from eim.serving.counters import counters
from eim.serving.pace import AT_ONCE, PacedReader, PacedSocket

# Bytes that the loop waits for: a head, and the body of a form. A larger body is an upload of
# staff: the thread reads it, while it comes.
MOST_OF_HEAD = 32 * 1024
# Seconds for a head, and for a form after it; for what a thread reads, and for a client to take an
# answer, which both may take longer at a pace (eim/serving/pace.py); to close after the last.
FOR_HEAD, FOR_FORM, FOR_UPLOAD, FOR_ANSWER, FOR_CLOSE = 10, 20, 20, 30, 2
BETWEEN_LOOKS = 0.5
# Threads for what is sent, and for uploads, which fill every buffer. They are apart, so that pages
# in memory never wait behind a form, or for a client that does not read a document.
SENDING_THREADS = MEDIA_THREADS = 2
# A page fits into it: no thread waits until a client has read it.
SEND_BUFFER = 256 * 1024

READING = (b"GET ", b"HEAD ")
# Uploads, also those in a frozen edition, below its number.
MEDIA = re.compile(r"/(?:[1-9][0-9]{0,4}/)?media/", re.ASCII)
END_OF_HEAD = b"\r\n\r\n"
# Python refuses to read a number of thousands of digits: 18 are more than enough.
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*0*(\d{0,18})\d*[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
# HTTP/1.0 knows no answer before the answer.
EXPECTS = re.compile(
    rb".*HTTP/1\.1\r\n(?:.*\r\n)*?expect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE
)
NUMBER = re.compile(rb"\r\nx-request-id:[ \t]*([\w.-]+)[ \t]*\r\n", re.IGNORECASE)
# Of these gunicorn knows the request, and logs it.
OF_A_HEADER = (InvalidHeader, InvalidHeaderName)
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_SLOW, TOO_LARGE_HEAD = b"408 Request Timeout", b"431 Request Header Fields Too Large"


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
        self.chunks: Chunks | None = None
        self.is_large = self.waits_for_word = self.is_told_to_go_on = False
        self.since = self.whole_at = time.monotonic()
        self.deadline = self.since + FOR_HEAD

    def add(self, data: bytes) -> None:
        seen = max(0, len(self.arrived) - len(END_OF_HEAD))
        self.arrived += data
        if not self.head and (end := self.arrived.find(END_OF_HEAD, seen)) >= 0:
            self.head = end + len(END_OF_HEAD)
            self.deadline = time.monotonic() + FOR_FORM
            self.waits_for_word = bool(EXPECTS.match(self.arrived, 0, self.head))

    def is_whole(self) -> bool:
        """Return whether a thread can work on it: its form has arrived, or is no form by size."""
        if not self.head:
            if len(self.arrived) > MOST_OF_HEAD:
                raise Refusal(TOO_LARGE_HEAD)
            return False
        if CHUNKED.search(self.arrived, 0, self.head):
            self.chunks = self.chunks or Chunks(self.head)
            return self.chunks.are_whole(self.arrived)
        found = LENGTH.search(self.arrived, 0, self.head)
        length = int(found[1] or b"0") if found else 0
        self.is_large = length > MOST_OF_FORM
        return self.is_large or len(self.arrived) - self.head >= length

    def go_on(self) -> None:
        """Tell a client that waits for it, as curl does, to send its body."""
        if self.waits_for_word and not self.is_told_to_go_on:
            self.is_told_to_go_on = True
            with suppress(OSError):
                self.sock.send(GO_ON)

    def is_for_media(self) -> bool:
        """Return whether it asks for an upload, by the path as gunicorn and Django read it."""
        line = bytes(self.arrived[: self.arrived.find(b"\r\n")]).decode("latin-1")
        target = line.split(" ")[1]
        with suppress(ValueError):
            return bool(MEDIA.match(unquote(split_request_uri(target).path)))
        return False

    def init(self) -> None:
        """Give gunicorn's parser what has arrived; the thread calls this before it parses."""
        if not self.initialized:
            super().init()
            self.parser.unreader = PacedReader(self.sock)
        # A thread waits for nobody: of all but large bodies everything is here.
        if self.chunks:
            self.arrived[self.head : self.chunks.end] = self.chunks.as_one()
        self.parser.unreader.begin(bytes(self.arrived), FOR_UPLOAD if self.is_large else 0)
        self.sock.begin(FOR_ANSWER, bytes(self.arrived[: self.head]))
        self.arrived = bytearray()
        self.sock.settimeout(FOR_ANSWER)


class PatientWorker(ThreadWorker):
    """Wait for requests, forms included, and for slow clients to close, without a thread."""

    # Of the counters: gunicorn.conf.py gives each living process its own.
    row = 0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise SystemExit("gunicorn takes no certificate here: give it to the proxy.")

    def init_process(self) -> None:
        self.sending_pool = ThreadPoolExecutor(max_workers=SENDING_THREADS)
        self.media_pool = ThreadPoolExecutor(max_workers=MEDIA_THREADS)
        self.waiting: set[Connection] = set()
        counters.claim(self.row)
        self.next_look = 0.0
        super().init_process()

    def run(self) -> None:
        super().run()
        write_lines()
        self.sending_pool.shutdown(wait=False)
        self.media_pool.shutdown(wait=False)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(timeout)
        write_lines()

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        paced = PacedSocket(fileno=client.detach())
        self.receive(Connection(self.cfg, paced, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Receive the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.expect()
        self.receive(conn)

    def receive(self, conn: Connection, _client: socket.socket | None = None) -> None:
        data = received(conn.sock)
        if data == b"":
            self.drop(conn)
            return
        conn.add(data or b"")
        self.proceed(conn)

    def proceed(self, conn: Connection) -> None:
        """Give a whole request to a thread, refuse one that is bad, or wait for the rest."""
        try:
            is_whole = conn.is_whole()
        except Refusal as refusal:
            self.refuse(conn, refusal.status)
            return
        if is_whole:
            conn.whole_at = time.monotonic()
            self.stop_waiting(conn)
            self.enqueue_req(conn)
        else:
            conn.go_on()
            self.wait_for(conn, self.receive)

    def enqueue_req(self, conn: Connection) -> None:
        done = self.pool_for(conn).submit(self.handle, conn)
        done.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def pool_for(self, conn: Connection) -> ThreadPoolExecutor:
        if not conn.arrived.startswith(READING):
            return self.sending_pool
        return self.media_pool if conn.is_for_media() else self.tpool

    def finish_request(self, conn: Connection, done: Future) -> None:
        """Keep the connection, go on with what it has sent already, or close it."""
        if done.cancelled() or done.exception() or not done.result():
            self.close(conn)
        elif more := conn.parser.unreader.take_buffered():
            conn.sock.setblocking(False)
            conn.expect()
            conn.add(more)
            self.proceed(conn)
        else:
            super().finish_request(conn, done)

    def handle(self, conn: Connection) -> Any:
        # What is logged before the next request has its number is not about the last one.
        request_id.set("")
        return super().handle(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Number and log a request, too, that gunicorn's parser has refused.

        All others gunicorn logs, and the site has numbered them.
        """
        number = request_id.get() or sane_or_new(sent_number(client.asked))
        request_id.set(number)
        client.number = number
        super().handle_error(req, client, addr, exc)
        is_logged = req or (isinstance(exc, OF_A_HEADER) and getattr(exc, "req", None))
        if not is_logged:
            note_refusal(client.asked, client.status or BAD, 0, number)

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Say that the connection ends after a large body: where the next begins is not known."""
        req.whole_at = conn.whole_at
        if conn.is_large:
            req.force_close()
        if conn.is_told_to_go_on:
            req._expected_100_continue = False
        return super().handle_request(req, conn)

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
        number = sane_or_new(sent_number(conn.arrived[: conn.head]))
        note_refusal(bytes(conn.arrived), status, time.monotonic() - conn.since, number)
        try:
            conn.sock.send(
                b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\nX-Request-ID: %b\r\n\r\n"
                % (status, number.encode())
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


def sent_number(head: bytes) -> str | None:
    """Return the number that a proxy has given to a request that nobody has parsed."""
    found = NUMBER.search(head)
    return found[1].decode() if found else None


def received(client: socket.socket) -> bytes | None:
    """Return what has arrived: None if nothing yet, b"" if the client has gone."""
    try:
        return client.recv(AT_ONCE)
    except BlockingIOError:
        return None
    except OSError:
        return b""
