"""Caddy, with deploy/Caddyfile, encrypts, limits, passes on what it should, and logs no secret."""

import json
import os
import signal
import socket
import ssl
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from programme.models import Meeting
from registration import tokens
from tests import caddy
from tests.drill.test_slow_clients import MULTIPART, PROGRAMME, SLOW, TEXT, answers, drip
from tests.registration import mail_server
from tests.registration.helpers import confirmed
from tests.registration.site import PATIENCE, database_url, running
from tests.registration.visitors import FORM, NO_ANSWER, Visitors, ask

__all__ = ["drip"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not caddy.CADDY, reason=caddy.MISSING),
]

AS_FORM = {"Content-Type": TEXT.partition(": ")[2]}


@pytest.fixture
def site(meeting, tmp_path):
    # The processes run by the real clock: the meeting is yet to come.
    days = {"first_day": date(2100, 11, 18), "last_day": date(2100, 11, 18)}
    Meeting.objects.update(registration_closes_at=None, **days)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings_cached",
        "DATABASE_URL": database_url(),
        "TEST_DATA_DIR": str(tmp_path),
        "PORT": str(mail_server.free_port()),
        "WEB_CONCURRENCY": "1",
    }
    with running(environment, tmp_path, ["web"]) as site:
        Visitors(site.port)
        yield site


@pytest.fixture
def proxy(site, tmp_path):
    with caddy.in_front_of(site.port, tmp_path) as proxy:
        yield proxy


class Echo(BaseHTTPRequestHandler):
    """A site that answers with what it was asked."""

    def do_GET(self):
        body = json.dumps(dict(self.headers.items())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Say nothing: all requests are of the test."""


@contextmanager
def echo():
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def passed_on(folder, sent, **changes):
    """Return the headers with which a request comes to the site."""
    with echo() as port, caddy.in_front_of(port, folder, **changes) as proxy:
        return json.loads(proxy.ask("GET", "/es/", None, sent)[2])


FORGED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "http",
    "X-Request-ID": "of-the-visitor.1",
}


def test_site_is_told_the_address_and_the_scheme_by_caddy_alone(tmp_path):
    headers = passed_on(tmp_path, FORGED)

    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert len(headers["X-Request-Id"]) == 36


def test_address_that_a_cdn_has_added_is_passed_on_with_its_own(tmp_path):
    trusted = {"#trusted_proxies 192.0.2.0/24": "trusted_proxies 127.0.0.0/8"}

    headers = passed_on(tmp_path, FORGED, **trusted)

    assert headers["X-Forwarded-For"] == "203.0.113.7, 127.0.0.1"


def wait_until_logged(log, numbers):
    """Wait for the lines of requests, which follow their answers."""
    deadline = time.monotonic() + PATIENCE
    while missing := [number for number in numbers if number not in log.read_text()]:
        assert time.monotonic() < deadline, missing
        time.sleep(0.05)


def test_configuration_is_taken_without_a_warning_and_leads_to_https(proxy):
    checked = proxy.check()
    status, headers, _text = ask(proxy.plain_port, "GET", PROGRAMME)

    assert (checked.returncode, '"level":"warn"' in checked.stderr) == (0, False)
    assert (status, headers["Location"]) == (308, f"https://localhost{PROGRAMME}")


def test_pages_are_the_sites_own_and_each_answer_has_its_number(proxy, site, tmp_path):
    pages = [proxy.ask("GET", PROGRAMME) for _time in range(2)]
    plain = ask(site.port, "GET", PROGRAMME)

    assert [page[0] for page in pages] == [200, 200]
    assert {page[2] for page in pages} == {plain[2]}
    assert {page[1]["ETag"] for page in pages} == {plain[1]["ETag"]}
    numbers = [page[1].get_all("X-Request-ID") for page in pages]
    assert [len(found) for found in numbers] == [1, 1]
    wait_until_logged(tmp_path / "processes.log", {found[0] for found in numbers})
    assert numbers[0] != numbers[1]


def test_what_is_too_large_is_said_by_the_site_and_far_too_large_by_caddy(proxy):
    of_the_site = proxy.ask("POST", FORM, "x" * 70_000, AS_FORM)
    with_file = proxy.ask("POST", FORM, "x" * 100, {"Content-Type": MULTIPART.partition(": ")[2]})

    assert (of_the_site[0], with_file[0]) == (413, 415)
    assert "Lo que envió es demasiado grande" in of_the_site[2]
    assert proxy.ask("GET", PROGRAMME, None, {"X-Large": "x" * 40_000})[0] == 431


@pytest.fixture
def call(proxy):
    with ExitStack() as stack:

        def called(first):
            plain = socket.create_connection(("127.0.0.1", proxy.port), PATIENCE)
            encrypted = proxy.trust.wrap_socket(plain, server_hostname="localhost")
            client = stack.enter_context(encrypted)
            client.sendall(first)
            return client

        yield called


class Through:
    """The site, as `answers` asks it, beside the clients of Caddy."""

    def __init__(self, site):
        self.port = site.port


def test_slow_clients_leave_the_site_answering_behind_caddy(proxy, site, call, drip):
    drip([call(SLOW[what]) for what in [*SLOW] * 5])
    time.sleep(1)

    statuses, slowest = answers(Through(site))
    times = []
    for _time in range(10):
        start = time.monotonic()
        assert proxy.ask("GET", PROGRAMME)[0] == 200
        times.append(time.monotonic() - start)

    # 422: by the site's clock the forms are of months ago.
    assert statuses == {200, 422}
    assert max(slowest, *times) < 2


def test_half_a_head_is_given_up_after_ten_seconds(call):
    start = time.monotonic()
    client = call(SLOW["half a head"])
    client.settimeout(PATIENCE)
    try:
        rest = client.recv(1000)
    except (OSError, ssl.SSLError):
        rest = b""

    assert rest in (b"",) or rest.split()[1] == b"408"
    assert 5 < time.monotonic() - start < 15


def test_log_has_no_secret_of_a_visitor_when_the_site_is_away(proxy, site):
    token = tokens.own_token(confirmed())
    paths = [f"/es/inscripcion/confirmar/{token}/", f"{FORM}?email=rosa", "/p/a7k2"]
    sent = {"Cookie": "sessionid=of-ana", "Referer": f"https://localhost/x/{token}/"}
    site.kill("web")

    statuses = [proxy.ask("GET", path, None, sent)[0] for path in paths]

    assert statuses == [502] * 3
    secrets = (token, token.split(":")[-1], "rosa", "a7k2", "of-ana")
    assert [secret for secret in secrets if secret in proxy.log] == []
    # That something is wrong is told.
    assert "connection refused" in proxy.log


def test_no_request_is_lost_while_the_site_is_reloaded(proxy, site):
    found, is_over = Counter(), threading.Event()

    def go_on(pause):
        with closing(proxy.connection()) as client:
            while not is_over.wait(pause):
                try:
                    client.request("GET", PROGRAMME)
                    response = client.getresponse()
                    response.read()
                    found[response.status] += 1
                except NO_ANSWER as fault:
                    found[repr(fault)] += 1
                    client.close()

    threads = [threading.Thread(target=go_on, args=(pause,)) for pause in (0, 0.1, 0.5, 1, 2)]
    for thread in threads:
        thread.start()
    for _time in range(3):
        site.running["web"].send_signal(signal.SIGHUP)
        time.sleep(4)
    is_over.set()
    for thread in threads:
        thread.join()

    assert set(found) == {200}
    assert found[200] > 50
