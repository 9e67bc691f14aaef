"""`systemctl reload`: a new version takes over under traffic, and no request is lost.

A copy of the site is updated as docs/operating.md says: migrate, collectstatic, reload.
"""

import http.client
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from datetime import date
from itertools import count

import pytest
from django.conf import settings

from tests import factories, nginx
from tests.drill.test_slow_clients import TEXT, head
from tests.registration import mail_server
from tests.registration.site import PATIENCE, database_url
from tests.registration.visitors import FORM, NO_ANSWER, Visitors, ask

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not nginx.NGINX, reason=nginx.MISSING),
]

CODE = ["eim", "programme", "registration", "templates", "static", "locale"]
FILES = ["manage.py", "gunicorn.conf.py", "pyproject.toml"]
DAY = date(2100, 11, 18)
READ = ["/es/", "/es/programa/", "/pt/programa/", "/programme.ics", "/es/inscripcion/buscar/"]
RELOADS, BETWEEN = 4, 4  # seconds
OLD, NEW = "<body", '<body data-version="2"'


@pytest.fixture(autouse=True)
def frozen_clock():
    """Leave the real clock: the site is another process, and a form knows when it was opened."""


class Installation:
    """The site in a folder of its own, as on a server."""

    def __init__(self, folder):
        self.folder = folder / "site"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "eim.settings",
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(folder),
            "STATIC_ROOT": str(folder / "staticfiles"),
            "SITE_URL": "http://localhost",
            "PG_TIMEOUTS": "",
            "TRUSTED_PROXY_COUNT": "1",
            "SIGNUPS_PER_NETWORK": "1000000",
            "PORT": str(mail_server.free_port()),
        }
        for name in CODE:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(settings.BASE_DIR / name, self.folder / name, ignore=ignored)
        for name in FILES:
            shutil.copy(settings.BASE_DIR / name, self.folder / name)

    @property
    def port(self):
        return int(self.environment["PORT"])

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=self.folder, env=self.environment, check=True)

    def edit(self, name, old, new):
        file = self.folder / name
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    @contextmanager
    def running(self):
        with (self.folder / "processes.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn"],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
            try:
                yield
            finally:
                self.process.terminate()
                self.process.wait(2 * PATIENCE)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)


class Traffic:
    """Everybody who uses the site at the same time; each answer, or what came in its place."""

    def __init__(self, site_port, proxy_port):
        self.ports = [site_port, proxy_port]
        self.numbers = count(1)
        self.visitors = [Visitors(port) for port in self.ports]
        self.answers = Counter()
        self.is_over = threading.Event()
        crowd = [self.read, self.keep, self.keep, self.keep, self.register]
        self.threads = [
            threading.Thread(target=self.go_on, args=(act, place))
            for place in range(2)
            for act in crowd
        ]
        self.threads += [
            threading.Thread(target=self.go_on, args=(self.drip, 0)) for _n in range(3)
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_fault):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def wrong(self):
        """Return what nobody should have got; a form that is sent slowly lacks some fields."""
        right = {"register": 302, "drip": 422}
        return [
            (what, times)
            for what, times in self.answers.items()
            if what[2] != right.get(what[0], 200)
        ]

    def go_on(self, act, place):
        chance = random.Random()
        for answer in act(place, chance):
            self.answers[act.__name__, "nginx" if place else "alone", answer] += 1
            if self.is_over.is_set():
                break

    def read(self, place, chance):
        """Ask for a page over a connection of its own."""
        while True:
            yield answer_of(lambda: ask(self.ports[place], "GET", chance.choice(READ)))
            self.is_over.wait(0.1)

    def register(self, place, _chance):
        while True:
            number = next(self.numbers)
            yield answer_of(lambda n=number: self.visitors[place].sign_up(n))
            self.is_over.wait(0.3)

    def keep(self, place, chance):
        """Ask over a connection that is kept, as long as the site keeps it."""
        client = http.client.HTTPConnection("127.0.0.1", self.ports[place], timeout=PATIENCE)
        with closing(client):
            while True:
                if has_ended(client.sock):
                    client.close()
                yield answer_of(lambda: over(client, chance.choice(READ)))
                self.is_over.wait(chance.choice([0, 0.1, 0.5, 1, 2, 3]))

    def drip(self, place, _chance):
        """Send a form in the course of some seconds."""
        body = b"full_name=Rosa"
        while True:
            request = head("POST", FORM, TEXT, f"Content-Length: {len(body)}") + body
            yield answer_of(lambda r=request: slowly(self.ports[place], r))


def has_ended(sock):
    """Return whether the other side has closed: browsers and nginx look before they send."""
    return sock is not None and bool(select.select([sock], [], [], 0)[0])


def over(client, path):
    client.request("GET", path, headers={"Host": "localhost"})
    response = client.getresponse()
    response.read()
    return (response.status,)


def slowly(port, request):
    size = len(request) // 10
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        for start in range(0, len(request), size):
            client.sendall(request[start : start + size])
            time.sleep(0.6)
        return (int(client.recv(100).split()[1]),)


def answer_of(send):
    try:
        return send()[0]
    except (*NO_ANSWER, IndexError) as fault:
        return f"{type(fault).__name__}: {fault}"


@pytest.fixture
def installation(meeting, tmp_path):
    opens = factories.moment("09:00").replace(year=2020)
    days = {"first_day": DAY, "last_day": DAY}
    type(meeting).objects.update(registration_opens_at=opens, registration_closes_at=None, **days)
    installed = Installation(tmp_path)
    installed.manage("collectstatic", "--noinput", "--verbosity=0")
    return installed


def update(installation):
    """Change what a new version may change: a template, a style sheet, and how it is served."""
    installation.edit("templates/base.html", OLD, NEW)
    with (installation.folder / "static/css/site.css").open("a") as sheet:
        sheet.write("body{--version:2}")
    installation.edit("eim/serving/chunks.py", "MOST_OF_FORM =", "NEW_NAME = MOST_OF_FORM =")
    installation.edit("eim/serving/wsgi.py", "import MOST_OF_FORM", "import MOST_OF_FORM, NEW_NAME")
    installation.manage("migrate", "--verbosity=0")
    installation.manage("collectstatic", "--noinput", "--verbosity=0")


def sheet_in(installation):
    """Return the address of the style sheet as the version that is installed last names it."""
    manifest = json.loads((installation.folder.parent / "staticfiles/staticfiles.json").read_text())
    return f"/static/{manifest['paths']['css/site.css']}"


def page(port, path="/es/"):
    return ask(port, "GET", path)[2]


def test_new_version_takes_over_without_one_lost_request(installation, tmp_path):
    with installation.running():
        Visitors(installation.port)
        with nginx.in_front_of(installation.port, tmp_path) as proxy:
            old_sheet = sheet_in(installation)
            with Traffic(installation.port, proxy.port) as traffic:
                update(installation)
                new_sheet = sheet_in(installation)
                of_old_processes = page(installation.port, new_sheet)
                for _time in range(RELOADS):
                    installation.reload()
                    time.sleep(BETWEEN)
            new = page(installation.port)
            of_new_processes = page(installation.port, old_sheet)

    assert dict(traffic.wrong()) == {}
    assert min(traffic.answers.values()) > 2
    assert (NEW in new, new_sheet in new) == (True, True)
    assert ("--version:2" in of_old_processes, "--version:2" in of_new_processes) == (True, False)
    assert "--" in of_new_processes


def test_check_before_a_reload_refuses_a_version_that_cannot_start(installation):
    def check():
        command = [sys.executable, "-m", "gunicorn", "--check-config"]
        at = {"cwd": installation.folder, "env": installation.environment}
        return subprocess.run(command, **at, capture_output=True, check=False).returncode

    before = check()
    installation.edit("eim/serving/wsgi.py", "import MOST_OF_FORM", "import NOTHING_OF_THIS_NAME")

    assert (before, check() != 0) == (0, True)
