"""Slow clients, half requests and bodies of untrue length leave the site answering.

On real sockets, against gunicorn as gunicorn.conf.py configures it, without a proxy.
"""

import re
import socket
import threading
import time
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest

from registration.models import Registration
from tests import factories
from tests.editions import hand_on
from tests.registration import mail_server
from tests.registration.site import PATIENCE, environment, running
from tests.registration.visitors import FORM, Visitors, ask

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAMME = "/es/programa/"
SECONDS = 2
TEXT = "Content-Type: application/x-www-form-urlencoded"
MULTIPART = "Content-Type: multipart/form-data; boundary=x"
CHUNKED = "Transfer-Encoding: chunked"
LARGE, TOO_LARGE = 64 * 1024, 64 * 1024 + 1


@pytest.fixture
def site(db, inbox, tmp_path):
    factories.meeting()
    port = str(mail_server.free_port())
    with running(environment(inbox, tmp_path, PORT=port), tmp_path, ["web"]) as site:
        Visitors(site.port)
        yield site


def head(method, path, *lines):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def post(*lines):
    return head("POST", FORM, *lines)


@pytest.fixture
def call(site):
    """Return a function that opens a connection and sends the first bytes."""
    with ExitStack() as stack:

        def called(first, *, window=None):
            client = stack.enter_context(socket.socket())
            client.settimeout(PATIENCE)
            if window:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            client.connect(("127.0.0.1", site.port))
            client.sendall(first)
            return client

        yield called


@pytest.fixture
def drip():
    """Return a function that sends a byte a second on each of some connections, until the end."""
    is_over = threading.Event()
    threads = []

    def dripped(clients):
        def send():
            while not is_over.wait(1):
                for client in clients:
                    with_no_care(client.send, b"x")

        threads.append(threading.Thread(target=send))
        threads[-1].start()

    yield dripped
    is_over.set()
    for thread in threads:
        thread.join()


def with_no_care(do, *arguments):
    try:
        return do(*arguments)
    except OSError:
        return b""


def answers(site, times=10):
    """Return statuses and the longest time of pages and forms, asked for one after the other."""
    slowest, statuses = 0, set()
    for number in range(times):
        for path in (PROGRAMME, FORM, "/healthz"):
            start = time.monotonic()
            statuses.add(ask(site.port, "GET", path)[0])
            slowest = max(slowest, time.monotonic() - start)
        start = time.monotonic()
        statuses.add(Visitors(site.port).sign_up(number, attendance="online")[0])
        slowest = max(slowest, time.monotonic() - start)
    return statuses, slowest


SLOW = {
    "silent": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "a form": post(TEXT, "Content-Length: 1000"),
    "a form in chunks": post(TEXT, CHUNKED) + b"ffff\r\n",
    "an end of chunks in a chunk": post(TEXT, CHUNKED) + b"ffff\r\nxx\r\n0\r\n\r\n",
    "an end in a chunk of a page": head("GET", PROGRAMME, CHUNKED) + b"ffff\r\nx\r\n0\r\n\r\n",
    "small chunks of a page": head("GET", PROGRAMME, CHUNKED) + b"1\r\nx\r\n" * 11_200,
    "a large body": post(TEXT, "Content-Length: 1000000"),
    "a file": post(MULTIPART, "Content-Length: 1000000"),
    "a body of a page": head("GET", PROGRAMME, "Content-Length: 60000"),
    "an upload of a stranger": head("POST", "/admin/login/", MULTIPART, "Content-Length: 500000"),
    "a body of a sign-in": head("POST", "/admin/login/", MULTIPART, "Content-Length: 60000"),
}


CROWDS = {
    "16 forms": ["a form"] * 16,
    "40 half heads": ["half a head"] * 40,
    "16 pages with chunks": ["an end in a chunk of a page", "small chunks of a page"] * 8,
    "40 of every kind": [*SLOW] * 5,
}


@pytest.mark.parametrize("crowd", CROWDS)
def test_slow_clients_leave_the_site_answering(site, call, drip, crowd):
    drip([call(SLOW[what]) for what in CROWDS[crowd]])
    time.sleep(1)

    statuses, slowest = answers(site)

    assert statuses == {200, 302}
    assert slowest < SECONDS


@pytest.mark.parametrize(
    "folder", ["/media/", "/%6dedia/", "http://localhost/media/", "/11/media/", "/11%2Fmedia/"]
)
def test_clients_that_do_not_read_a_document_leave_the_pages_answering(
    site, call, tmp_path, folder
):
    large = "x" * 20_000_000
    document = tmp_path / "media" / "documents" / "large.pdf"
    document.parent.mkdir(parents=True)
    document.write_text(large)
    copy = tmp_path / "editions" / "11"
    hand_on.freeze(folder=copy, version=1, site={"media/documents/large.pdf": large})
    for _time in range(16):
        call(head("GET", f"{folder}documents/large.pdf"), window=1024)
    time.sleep(1)

    statuses, slowest = answers(site)

    assert statuses == {200, 302}
    assert slowest < SECONDS


LAZY = {
    "read": {"first": head("GET", PROGRAMME), "window": 1024},
    "close": {"first": head("GET", "/healthz", "Connection: close")},
}


def test_clients_that_do_not_read_or_do_not_close_leave_the_site_answering(site, call):
    for what in ("read", "close") * 20:
        call(**LAZY[what])
    time.sleep(1)

    statuses, slowest = answers(site)

    assert statuses == {200, 302}
    assert slowest < SECONDS


def test_slow_clients_are_told_and_sent_away_within_half_a_minute(call):
    kinds = ["half a head", "a form", "an end in a chunk of a page", "small chunks of a page"]
    slow = [call(SLOW[kind]) for kind in kinds]

    assert [client.recv(1000)[:13] for client in slow] == [b"HTTP/1.1 408 "] * 4
    assert [client.recv(1000) for client in slow] == [b""] * 4


# Bodies


def body_of(length):
    return urlencode({"needs": "x" * (length - len("needs="))}).encode()


def in_chunks(body, size=1000):
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def status(client):
    return int(client.recv(100).split()[1])


BODIES = {
    # 422: read, and refused for what is not filled in.
    "as large as it may be": (post(TEXT, f"Content-Length: {LARGE}") + body_of(LARGE), 422),
    "as large, in chunks": (post(TEXT, CHUNKED) + in_chunks(body_of(LARGE)), 422),
    "too large": (post(TEXT, f"Content-Length: {TOO_LARGE}"), 413),
    "too large, in chunks": (post(TEXT, CHUNKED) + in_chunks(body_of(TOO_LARGE)), 413),
    "in chunks of a byte": (post(TEXT, CHUNKED) + in_chunks(body_of(12_000), 1), 422),
    "more chunks than form": (post(TEXT, CHUNKED) + in_chunks(body_of(LARGE), 1), 413),
    "chunks with extensions": (post(TEXT, CHUNKED) + b"5;a=b\r\nneeds\r\n0 ; c\r\n\r\n", 422),
    "chunks with a trailer": (post(TEXT, CHUNKED) + b"5\r\nneeds\r\n0\r\nA: b\r\n\r\n", 422),
    "without end": (post(TEXT, CHUNKED) + b"fffffff\r\n" + b"x" * 200_000, 413),
    "a video": (post(MULTIPART, "Content-Length: 150000000"), 413),
    "a file": (post(MULTIPART, "Content-Length: 10") + b"x" * 10, 415),
    "a file in chunks": (post(MULTIPART, CHUNKED) + in_chunks(b"x" * 10), 415),
    "less than nothing": (post(TEXT, "Content-Length: -1"), 400),
    "a length and chunks": (post(TEXT, "Content-Length: 5", CHUNKED) + b"0\r\n\r\n", 400),
    "a number of many digits": (post(TEXT, "Content-Length: " + "9" * 8000), 400),
    "zeros before a length": (post(TEXT, "Content-Length: " + "0" * 90 + "5") + b"needs", 422),
    "two lengths": (post(TEXT, "Content-Length: 5", "Content-Length: 6") + b"x" * 6, 400),
    "bad chunks": (post(TEXT, CHUNKED) + b"zz\r\nxx\r\n0\r\n\r\n", 400),
    "long head": (head("GET", "/", "X-Long: " + "x" * 20_000), 431),
    "endless head": (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
}


def test_bodies_get_the_answer_that_their_length_deserves(call):
    statuses = {what: status(call(first)) for what, (first, _expected) in BODIES.items()}

    assert statuses == {what: expected for what, (_first, expected) in BODIES.items()}
    assert not Registration.objects.exists()


def test_form_that_ends_before_its_length_is_dropped(site, call):
    client = call(post(TEXT, "Content-Length: 1000") + b"full_name=Rosa")

    client.shutdown(socket.SHUT_WR)

    assert client.recv(100) == b""
    assert ask(site.port, "GET", "/healthz")[0] == 200


def all_statuses(client):
    said = b"".join(iter(lambda: client.recv(10_000), b""))
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", said)]


FORMS = {
    "of a length": post(TEXT, "Content-Length: 5") + b"needs",
    "in chunks": post(TEXT, CHUNKED) + in_chunks(b"needs", 2),
    "with a trailer": post(TEXT, CHUNKED) + b"5\r\nneeds\r\n0\r\nA: b\r\n\r\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_bytes_after_a_form_are_the_next_request(call, form):
    client = call(FORMS[form] + head("GET", "/healthz", "Connection: close"))

    assert all_statuses(client) == [422, 200]


def test_requests_of_a_client_that_sends_no_more_are_all_answered(call):
    client = call(head("GET", "/healthz") * 3)
    client.shutdown(socket.SHUT_WR)

    assert all_statuses(client) == [200] * 3


@pytest.mark.parametrize("length", ["Content-Length: 5", CHUNKED])
def test_client_that_waits_for_a_word_before_its_form_gets_it_once(call, length):
    client = call(post(TEXT, length, "Expect: 100-continue", "Connection: close"))
    before = client.recv(100)

    client.sendall(b"needs" if "5" in length else in_chunks(b"needs"))

    assert before == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert all_statuses(client) == [422]


def test_upload_of_a_stranger_leaves_nothing_on_the_disk(site, call, tmp_path):
    before = set(tmp_path.rglob("*"))

    client = call(post(MULTIPART, "Content-Length: 60000") + b"x" * 60_000)

    assert status(client) == 415
    assert {path.name for path in set(tmp_path.rglob("*")) - before} <= {"media"}
