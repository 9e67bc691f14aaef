"""`kill -9` of the web and of the worker while people sign up: nothing lost, nothing by halves."""

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db.models import Count, F, Q

from eim import clock
from registration.models import Consent, History, Message, Place, Quota, Registration
from registration.started import started_now
from tests import factories
from tests.registration import mail_server
from tests.registration.helpers import VALID
from tests.registration.test_worker_smtp import MANAGE, PATIENCE, environment

pytestmark = pytest.mark.django_db(transaction=True)

FORM = "/es/inscripcion/"
VISITORS = 4
KILLS = 2  # of each
LET_LIVE = (0, 0.5)  # seconds
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def running_clock(frozen_clock, time_machine):
    """Connection pools wait by the clock: one that stands still would make them wait for ever."""
    time_machine.move_to(factories.NOW, tick=True)


@pytest.fixture
def inbox():
    with mail_server.inbox() as server:
        yield server


class Processes:
    """The site as it runs for people: gunicorn and the worker, killed and started at will."""

    def __init__(self, inbox, folder):
        self.port = mail_server.free_port()
        self.log = (folder / "processes.log").open("a")
        self.environment = environment(
            inbox,
            folder,
            PORT=str(self.port),
            WEB_CONCURRENCY="2",
            TRUSTED_PROXY_COUNT="1",
            MAILS_PER_MINUTE="100000",
        )
        self.running = {}

    def start(self, name):
        gunicorn = ["-m", "gunicorn", "--config", str(settings.BASE_DIR / "gunicorn.conf.py")]
        arguments = {"web": gunicorn, "worker": [MANAGE, "worker"]}
        self.running[name] = subprocess.Popen(
            [sys.executable, *arguments[name]],
            env=self.environment,
            cwd=settings.BASE_DIR,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def kill(self, name):
        """All of it at once, as when the machine runs out of memory."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def send_what_is_due(self):
        once = [sys.executable, MANAGE, "worker", "--once"]
        subprocess.run(once, env=self.environment, stdout=self.log, stderr=self.log, check=True)

    def end(self):
        for name in list(self.running):
            self.kill(name)
        self.log.close()


@contextmanager
def site(inbox, folder):
    processes = Processes(inbox, folder)
    try:
        for name in ("web", "worker"):
            processes.start(name)
        yield processes
    finally:
        processes.end()


class Crowd:
    """People who fill in the form, each from a network of their own, until it is answered."""

    def __init__(self, port, choices):
        self.port = port
        self.choices = choices
        self.numbers = count(1)
        self.accepted = []
        self.is_over = threading.Event()
        self.cookie, self.token = self.open_form()
        self.threads = [threading.Thread(target=self.come) for _n in range(VISITORS)]
        for thread in self.threads:
            thread.start()

    def open_form(self):
        _status, headers, text = self.patiently("GET", FORM)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text).group(1)
        return headers["Set-Cookie"].split(";")[0], token

    def come(self):
        while not self.is_over.is_set():
            number = next(self.numbers)
            answer = self.patiently("POST", FORM, self.form_of(number), self.headers_of(number))
            if answer:
                assert answer[0] == 302, answer
                self.accepted.append(address_of(number))

    def form_of(self, number):
        email = address_of(number)
        chosen = self.choices[number % len(self.choices)]
        hidden = {"csrfmiddlewaretoken": self.token, "started": started_now(clock.now() - MINUTE)}
        return urlencode(VALID | hidden | {"email": email} | chosen, doseq=True)

    def headers_of(self, number):
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
            "X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
        }

    def patiently(self, *request):
        """The answer, however often it takes; None if the crowd went home before it came."""
        while True:
            try:
                return ask(self.port, *request)
            except (OSError, http.client.HTTPException):
                if self.is_over.wait(0.05):
                    return None

    def wait_for_more(self):
        """So that what is killed was at work."""
        enough = len(self.accepted) + VISITORS
        while len(self.accepted) < enough:
            assert any(thread.is_alive() for thread in self.threads)
            time.sleep(0.01)

    def go_home(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(PATIENCE)


def address_of(number):
    return f"person{number}@museo.example"


def ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, {"Host": "localhost"} | (headers or {}))
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def choices():
    """Online, in person, and a workshop that is soon full."""
    in_person = factories.quota(size=30)
    workshop = factories.quota(session=factories.workshop(), size=7)
    codes = [in_person.code, workshop.code]
    return [
        {"attendance": "online"},
        {"attendance": "in_person", "waitlist": codes},
        {"attendance": "in_person", "workshops": [workshop.code], "waitlist": codes},
    ]


def sign_up_amid_crashes(processes):
    """The addresses that were told that their registration was received."""
    chance = random.Random(12)
    crowd = Crowd(processes.port, choices())
    try:
        for name in ["web", "worker"] * KILLS:
            crowd.wait_for_more()
            time.sleep(chance.uniform(*LET_LIVE))
            processes.kill(name)
            processes.start(name)
        crowd.wait_for_more()
    finally:
        crowd.go_home()
    return crowd.accepted


def end_leases():
    """What the dead workers had in hand, as if their ten minutes were over."""
    leased = Message.objects.filter(state=Message.State.LEASED)
    in_hand = set(leased.values_list("message_id", flat=True))
    leased.update(leased_until=clock.now() - MINUTE)
    return in_hand


def test_killing_web_and_worker_loses_no_registration_and_no_mail(meeting, inbox, tmp_path):
    with site(inbox, tmp_path) as processes:
        accepted = sign_up_amid_crashes(processes)
        processes.kill("worker")
        in_hand = end_leases()
        processes.send_what_is_due()

    everybody = Registration.objects.all()
    assert len(accepted) > 2 * KILLS * VISITORS
    assert set(accepted) <= set(everybody.values_list("email", flat=True))
    assert_nothing_by_halves(everybody)
    assert_counters_are_true()
    assert_each_mail_arrived(inbox, in_hand)


def assert_nothing_by_halves(everybody):
    """What belongs to a registration came into being with it."""
    events, mails = Count("history", distinct=True), Count("messages", distinct=True)
    facts = everybody.annotate(events=events, mails=mails)
    assert set(facts.values_list("state", "events", "mails")) == {("pending", 1, 1)}
    assert set(History.objects.values_list("event", flat=True)) == {"signed_up"}
    assert set(Message.objects.values_list("kind", flat=True)) == {"pending"}
    assert Consent.objects.count() == everybody.count()
    in_person = everybody.filter(attendance="in_person")
    assert not in_person.exclude(places__quota__kind="in_person").exists()
    assert Place.objects.filter(registration__attendance="online").count() == 0


def assert_counters_are_true():
    is_taken = Q(places__state__in=Place.TAKEN)
    rows = Quota.objects.annotate(rows=Count("places", filter=is_taken))
    assert list(rows.exclude(taken=F("rows"))) == []
    for quota in rows:
        numbers = list(quota.places.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


def assert_each_mail_arrived(inbox, in_hand):
    """Once; twice only what was in hand when its worker died, under the same Message-ID."""
    arrived = Counter(inbox.message_ids)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert set(arrived) == set(Message.objects.values_list("message_id", flat=True))
    assert {key for key, times in arrived.items() if times > 1} <= in_hand
    assert max(arrived.values()) <= 2
