"""Two processes of gunicorn count and log each request once, also what they refuse."""

import json
import os
import re
import signal
import socket
import time
from collections import Counter

import pytest
from prometheus_client.parser import text_string_to_metric_families

from registration import tokens
from tests import factories
from tests.drill.test_slow_clients import CHUNKED, MULTIPART, TEXT, head
from tests.registration import mail_server
from tests.registration.helpers import confirmed
from tests.registration.site import PATIENCE, environment, running
from tests.registration.visitors import FORM, Visitors, ask

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "a-token-of-twenty-one"
# Of the visitor.
OURS = "127.0.0.9"
PAGE, TIMES = "/es/programa/", 50


class Watched:
    """A running site, with what it writes and counts."""

    def __init__(self, site, folder):
        self.site, self.port = site, site.port
        self.file = folder / "processes.log"
        Visitors(self.port)

    def entries(self):
        """Return what is in the log, each line of which is JSON."""
        lines = self.file.read_text().splitlines()
        return [json.loads(line) for line in lines]

    def requests(self, *, least=0):
        """Return the lines of requests once there are so many: they follow the answer."""
        for _attempt in range(PATIENCE * 20):
            found = [entry for entry in self.entries() if entry["logger"] == "eim.access"]
            if len(found) >= least:
                return found
            time.sleep(0.05)
        raise TimeoutError(found)

    def counted(self, name, **labels):
        text = ask(self.port, "GET", "/metrics", None, {"Authorization": f"Bearer {SECRET}"})[2]
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def answer_to(self, sent):
        """Send raw bytes, and return the status of what comes back, and its number."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE, (OURS, 0)) as client:
            client.sendall(sent)
            answer = client.recv(4000)
        return int(answer.split()[1]), re.findall(rb"\r\nX-Request-ID: (.*)\r\n", answer)


@pytest.fixture
def start(inbox, tmp_path):
    factories.meeting()

    def started(**changes):
        port = str(mail_server.free_port())
        facts = {"PORT": port, "WEB_CONCURRENCY": "2", "METRICS_TOKEN": SECRET, **changes}
        # As on a server: pages are kept, and a fault is no page for developers.
        facts |= {"DJANGO_SETTINGS_MODULE": "tests.settings_cached", "TEST_DATA_DIR": str(tmp_path)}
        return running(environment(inbox, tmp_path, **facts), tmp_path, ["web"])

    return started


@pytest.fixture
def watched(start, tmp_path):
    with start() as site:
        yield Watched(site, tmp_path)


def test_two_processes_count_each_request_once_and_a_reload_forgets_none(watched):
    pages = {"route": "pages", "method": "GET", "status": "2xx"}
    for _time in range(TIMES):
        ask(watched.port, "GET", PAGE)

    assert watched.counted("eim_requests_total", **pages) == TIMES
    assert watched.counted("eim_request_duration_seconds_count", route="pages") == TIMES
    from_memory = watched.counted("eim_pages_total", source="memory")
    rendered = watched.counted("eim_pages_total", source="rendered")
    assert from_memory + rendered == TIMES
    # Each process renders it once.
    assert rendered <= 2
    wait_until(lambda: len([r for r in watched.requests() if r["path"] == PAGE]) == TIMES)

    os.kill(watched.site.running["web"].pid, signal.SIGHUP)
    wait_until(lambda: watched.file.read_text().count("Booting worker") == 4)
    wait_until(lambda: watched.file.read_text().count("Worker exiting") == 2)
    ask(watched.port, "GET", PAGE)

    assert watched.counted("eim_requests_total", **pages) == TIMES + 1
    wait_until(lambda: len([r for r in watched.requests() if r["path"] == PAGE]) == TIMES + 1)


def wait_until(is_true):
    for _attempt in range(PATIENCE * 20):
        if is_true():
            return
        time.sleep(0.05)
    raise TimeoutError


def test_each_request_has_one_line_whoever_answers_it(watched):
    token = tokens.own_token(confirmed())
    own = f"/es/inscripcion/mia/{token}/"
    before = len(watched.requests(least=1))
    sent = [
        (head("GET", PAGE), 200, PAGE),
        (head("GET", "/healthz"), 200, "/healthz"),
        (head("GET", "/static/nothing.css"), 404, "/static/nothing.css"),
        (head("GET", f"{own}?email=rosa"), 200, "/es/inscripcion/mia/…/"),
        (head("GET", f"{own}nada/"), 404, "/es/inscripcion/mia/…/nada/"),
        (head("GET", "/a%0D%0A%22%FF/b"), 404, "/…/b"),
        (head("POST", FORM, TEXT, "Content-Length: 70000") + b"x" * 70_000, 413, FORM),
        (head("POST", FORM, MULTIPART, "Content-Length: 3") + b"abc", 415, FORM),
        (head("GET", "/es/").replace(b"localhost", b"elsewhere"), 400, "/es/"),
        # Refused by the worker, and by gunicorn's parser.
        (head("POST", FORM, TEXT, CHUNKED) + b"zz\r\n", 400, FORM),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000, 431, "/"),
        (head("GET", f"/{'y' * 8000}"), 414, "/…"),
        (head("GET", own, "Bad name: x"), 400, "/es/inscripcion/mia/…/"),
        (head("GET", own).replace(b"1.1", b"9.1"), 400, "/es/inscripcion/mia/…/"),
        (b"NONSENSE\r\n\r\n", 400, None),
    ]

    answers = [watched.answer_to(data) for data, _status, _path in sent]
    lines = watched.requests(least=before + len(sent))[before:]

    assert [status for status, _numbers in answers] == [status for _data, status, _path in sent]
    numbers = [one.decode() for _status, found in answers for one in found]
    # Two processes write when each has answered.
    assert Counter((line["status"], line["path"]) for line in lines) == Counter(
        (status, path) for _data, status, path in sent
    )
    assert {line["request"] for line in lines} == {*numbers}
    assert len({*numbers}) == len(numbers) == len(sent)
    assert watched.counted("eim_requests_total") == before + len(sent)
    log = watched.file.read_text()
    assert [part for part in [*token.split(":")[1:], "rosa", OURS] if part in log] == []


def test_request_is_found_by_its_number_in_every_line_about_it(watched):
    given = {"X-Request-ID": "from-a-proxy.1"}

    answers = [ask(watched.port, "GET", "/es/nada/", None, given) for _time in range(2)]
    own = ask(watched.port, "GET", PAGE)[1]["X-Request-ID"]
    kept = ask(watched.port, "GET", PAGE)[1]
    etag = {"If-None-Match": kept["ETag"]}
    same, headers, _body = ask(watched.port, "GET", PAGE, None, etag)

    assert [answer[1]["X-Request-ID"] for answer in answers] == ["from-a-proxy.1"] * 2
    assert same == 304
    assert len({own, kept["X-Request-ID"], headers["X-Request-ID"]}) == 3
    watched.requests(least=6)
    about = [entry for entry in watched.entries() if entry.get("request") == "from-a-proxy.1"]
    loggers = sorted(entry["logger"] for entry in about)
    assert loggers == ["django.request"] * 2 + ["eim.access"] * 2


def test_access_log_that_is_switched_off_counts_on(start, tmp_path):
    with start(ACCESS_LOG="0") as site:
        watched = Watched(site, tmp_path)
        ask(watched.port, "GET", PAGE)

        assert watched.requests() == []
        assert watched.counted("eim_requests_total", route="pages") == 1
