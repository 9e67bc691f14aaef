"""`kill -9` of the web and of the worker while people sign up: nothing lost, nothing by halves."""

import random
import threading
import time
from collections import Counter
from itertools import count

import pytest
from django.db.models import Count, F, Q

from registration.models import Consent, History, Message, Place, Quota, Registration
from tests import factories
from tests.registration import mail_server
from tests.registration.operations import end_leases
from tests.registration.site import PATIENCE, environment, running
from tests.registration.visitors import NO_ANSWER, Visitors, address_of

pytestmark = pytest.mark.django_db(transaction=True)

VISITORS = 4
KILLS = 2  # of each
LET_LIVE = (0, 0.5)  # seconds


class Crowd:
    """People who send the form, each from their own network, until it is answered."""

    def __init__(self, port, choices):
        self.choices = choices
        self.numbers = count(1)
        self.accepted = []
        self.is_over = threading.Event()
        self.visitors = Visitors(port)
        self.threads = [threading.Thread(target=self.come) for _n in range(VISITORS)]
        for thread in self.threads:
            thread.start()

    def come(self):
        while not self.is_over.is_set():
            number = next(self.numbers)
            answer = self.patiently(number, self.choices[number % len(self.choices)])
            if answer:
                assert answer[0] == 302, answer
                self.accepted.append(address_of(number))

    def patiently(self, number, chosen):
        """Return the answer after any number of tries; None if the crowd was stopped before it."""
        while True:
            try:
                return self.visitors.sign_up(number, **chosen)
            except NO_ANSWER:
                if self.is_over.wait(0.05):
                    return None

    def wait_for_more(self):
        """Wait until the processes are at work, before they are killed."""
        enough = len(self.accepted) + VISITORS
        while len(self.accepted) < enough:
            assert any(thread.is_alive() for thread in self.threads)
            time.sleep(0.01)

    def go_home(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(PATIENCE)


def choices():
    """Return answers of people online, in person, and for a workshop that is soon full."""
    in_person = factories.quota(size=30)
    workshop = factories.quota(session=factories.workshop(), size=7)
    codes = [in_person.code, workshop.code]
    return [
        {"attendance": "online"},
        {"attendance": "in_person", "waitlist": codes},
        {"attendance": "in_person", "workshops": [workshop.code], "waitlist": codes},
    ]


def sign_up_amid_crashes(site):
    """Return the addresses whose registration was answered as received."""
    chance = random.Random(12)
    crowd = Crowd(site.port, choices())
    try:
        for name in ["web", "worker"] * KILLS:
            crowd.wait_for_more()
            time.sleep(chance.uniform(*LET_LIVE))
            site.kill(name)
            site.start(name)
        crowd.wait_for_more()
    finally:
        crowd.go_home()
    return crowd.accepted


def test_killing_web_and_worker_loses_no_registration_and_no_mail(meeting, inbox, tmp_path):
    variables = environment(
        inbox,
        tmp_path,
        PORT=str(mail_server.free_port()),
        WEB_CONCURRENCY="2",
        TRUSTED_PROXY_COUNT="1",
        MAILS_PER_MINUTE="100000",
    )
    with running(variables, tmp_path) as site:
        accepted = sign_up_amid_crashes(site)
        site.kill("worker")
        in_hand = end_leases()
        site.send_what_is_due()

    everybody = Registration.objects.all()
    assert len(accepted) > 2 * KILLS * VISITORS
    assert set(accepted) <= set(everybody.values_list("email", flat=True))
    assert_nothing_by_halves(everybody)
    assert_counters_are_true()
    assert_each_mail_arrived(inbox, in_hand)


def assert_nothing_by_halves(everybody):
    """Check that every registration has the rows that are written with it."""
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
    """Check that each mail was sent once, or twice with one Message-ID if its worker died."""
    arrived = Counter(inbox.message_ids)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert set(arrived) == set(Message.objects.values_list("message_id", flat=True))
    assert {key for key, times in arrived.items() if times > 1} <= in_hand
    assert max(arrived.values()) <= 2
