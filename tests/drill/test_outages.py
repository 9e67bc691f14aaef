"""A site under traffic whose database is stopped, hangs, or is locked."""

import os
import signal
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import connection, transaction

from programme.models import Meeting
from registration.models import Quota
from tests import factories
from tests.drill.test_pages_of_two_processes import wait_for
from tests.proxies import proxy
from tests.registration import mail_server
from tests.registration.site import database_url, running
from tests.registration.visitors import FORM, Visitors, address_of, ask

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2100, 11, 18)
READ = ["/es/", "/es/programa/", "/pt/programa/", "/programme.ics", "/healthz"]
# Seconds of the outage. The others are generous: the machine of a test is busy.
AWAY = 6
# Threads of one web process, as gunicorn.conf.py has it.
THREADS = 4
AT_ONCE, SOON, BACK = 1.0, 3.0, 3.0


@pytest.fixture(autouse=True)
def frozen_clock():
    """Leave the real clock: the site is another process, and a form knows when it was opened."""


@contextmanager
def web(url, folder, **changes):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings_cached",
        "DATABASE_URL": url,
        "TEST_DATA_DIR": str(folder),
        "PORT": str(mail_server.free_port()),
        **changes,
    }
    with running(environment, folder, ["web"]) as site:
        wait_for(site.port)
        yield site.port


@pytest.fixture
def open_site(meeting, tmp_path):
    """Return a function that starts a site on a database, open for registration."""
    days = {"first_day": DAY, "last_day": DAY}
    opens = factories.moment("09:00").replace(year=2020)
    Meeting.objects.update(registration_opens_at=opens, registration_closes_at=None, **days)
    factories.quota(size=450)
    with ExitStack() as stack:
        yield lambda url, **changes: Traffic(stack.enter_context(web(url, tmp_path, **changes)))


class Answer(NamedTuple):
    path: str
    status: int
    seconds: float
    at: float


class Traffic:
    """Ask for each page again and again, and register somebody five times a second."""

    def __init__(self, port):
        self.port = port
        self.visitors = Visitors(port)
        self.number = 0
        for path in READ * 12:
            ask(port, "GET", path)

    def run(self, seconds):
        """Return the answers of the threads that ask at the same time."""
        self.answers, self.is_over = [], threading.Event()
        crowd = [threading.Thread(target=self.read, args=(path,)) for path in READ]
        crowd += [threading.Thread(target=self.register) for _n in range(2)]
        for thread in crowd:
            thread.start()
        self.is_over.wait(seconds)
        self.is_over.set()
        for thread in crowd:
            thread.join()
        return self.answers

    def read(self, path):
        while not self.is_over.wait(0.05):
            self.note(path, lambda: ask(self.port, "GET", path))

    def register(self):
        while not self.is_over.wait(0.2):
            self.number += 1
            number, mail = self.number, address_of(self.number)
            self.note(FORM, lambda n=number, m=mail: self.visitors.sign_up(n, email=m))

    def note(self, path, send):
        start = time.monotonic()
        status, _headers, _text = send()
        end = time.monotonic()
        self.answers.append(Answer(path, status, end - start, end))


def summary(answers, paths=(FORM,)):
    """Return the codes, and the longest time that an answer took."""
    chosen = [answer for answer in answers if answer.path in paths]
    return {answer.status for answer in chosen}, max(answer.seconds for answer in chosen)


def last_failure(answers, since):
    return max([answer.at - since for answer in answers if answer.status >= 500], default=0)


@pytest.mark.parametrize(("cut", "mend"), [("refuse", "accept_again"), ("hang", "go_on")])
def test_site_goes_on_without_its_database_and_is_back_soon(open_site, cut, mend):
    if connection.vendor != "postgresql":
        return
    with proxy() as gate:
        traffic = open_site(gate.url)
        before = traffic.run(2)
        getattr(gate, cut)()
        away = traffic.run(AWAY)
        getattr(gate, mend)()
        since = time.monotonic()
        after = traffic.run(BACK + 3)

    assert summary(before)[0] == {302}
    codes, longest = summary(away, READ)
    assert (codes, longest < AT_ONCE) == ({200}, True)
    codes, longest = summary(away)
    assert (codes, longest < SOON) == ({503}, True)
    assert last_failure(after, since) < BACK
    assert 302 in summary(after)[0]


def test_lock_holds_up_nobody_but_who_registers(open_site):
    traffic = open_site(database_url())
    with transaction.atomic():
        list(Quota.objects.select_for_update())
        locked = traffic.run(AWAY)
    since = time.monotonic()
    after = traffic.run(BACK + 1)

    codes, longest = summary(locked, READ)
    assert (codes, longest < AT_ONCE) == ({200}, True)
    codes, longest = summary(locked)
    assert (codes, longest < SOON) == ({503}, True)
    assert last_failure(after, since) < BACK
    assert 302 in summary(after)[0]


class Monitors:
    """Ask for /status at once, as often as the site has threads, and wait for a table."""

    def __init__(self, port):
        self.answers = []
        self.threads = [threading.Thread(target=self.ask, args=(port,)) for _n in range(THREADS)]

    def ask(self, port):
        start = time.monotonic()
        status, _headers, _text = ask(port, "GET", "/status")
        self.answers.append((status, time.monotonic() - start < SOON))

    @contextmanager
    def waiting(self):
        """Let all of them be in the middle of a statement: the table is locked."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE registration_heartbeat")
            for thread in self.threads:
                thread.start()
            give_up_at = time.monotonic() + SOON
            while len(backends("wait_event_type = 'Lock'")) < THREADS:
                assert time.monotonic() < give_up_at
                time.sleep(0.02)
            yield
            for thread in self.threads:
                thread.join()


def backends(condition="true"):
    """Return the processes of PostgreSQL that serve the site."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND {condition}"
        )
        return [pid for (pid,) in cursor]


def postmaster():
    """Return the process that takes new connections: the parent of our own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [own] = cursor.fetchone()
    return int(Path(f"/proc/{own}/stat").read_text().rpartition(")")[2].split()[1])


@contextmanager
def stopped_server():
    """Stop PostgreSQL in the middle of what it does, but for the test's own connection."""
    stopped = [postmaster(), *backends()]
    try:
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def test_pages_go_on_while_health_checks_ask_a_server_that_has_stopped(open_site):
    """Let questions of monitors hold every thread of the site, and the server never answer."""
    if connection.vendor != "postgresql":
        return
    traffic = open_site(database_url(), WEB_CONCURRENCY="1")
    monitors = Monitors(traffic.port)
    with monitors.waiting(), stopped_server():
        away = traffic.run(AWAY)
    since = time.monotonic()
    after = traffic.run(BACK + 3)

    codes, longest = summary(away, READ)
    assert (codes, longest < SOON) == ({200}, True)
    assert monitors.answers == [(503, True)] * THREADS
    assert last_failure(after, since) < BACK
    assert 302 in summary(after)[0]
