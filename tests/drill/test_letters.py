"""Letters to thousands by real processes, which are killed: each recipient gets one e-mail."""

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from eim import clock
from registration import actions
from registration.admin.letters.deeds import seen_of
from registration.models import Letter, Message, Registration
from tests import factories
from tests.registration import mail_server
from tests.registration.operations import end_leases
from tests.registration.processes import at_once, leave_connections
from tests.registration.site import PATIENCE, environment, running
from tests.registration.visitors import NO_ANSWER, ask

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 5000
KILLS = 40  # of the worker
WEB_KILLS = 10


@pytest.fixture(autouse=True)
def meeting(transactional_db):
    return factories.meeting()


def people(count):
    """Create confirmed people, in few statements."""
    model = factories.registration()
    rows = []
    for number in range(1, count):
        values = {f.attname: getattr(model, f.attname) for f in Registration._meta.concrete_fields}
        email = f"persona{number}@museo.example"
        changes = {"id": None, "reference": f"{number:012}", "email": email, "email_key": email}
        rows.append(Registration(**values | changes))
    Registration.objects.bulk_create(rows, batch_size=500)


def wait_until(is_so, seconds=PATIENCE, every=0.05):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(every)


@pytest.fixture
def cookie(staff_client):
    """Return the cookie of an organiser whose session lasts by the real clock too."""
    Session.objects.update(expire_date=datetime(2100, 1, 1, tzinfo=UTC))
    return f"sessionid={staff_client.cookies['sessionid'].value}"


class Button:
    """The button that sends a letter, pressed as a browser does it, in a thread of its own."""

    def __init__(self, site, cookie, letter):
        self.site, self.token = site, "t" * 32
        self.path = reverse("admin:registration_letter_deed", args=[letter.pk, "send"])
        self.seen = seen_of(Letter.objects.get(pk=letter.pk))
        self.headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{cookie}; csrftoken={self.token}",
        }

    def press(self):
        """Return the status of the answer, from a web that may have been started just now."""
        facts = {"csrfmiddlewaretoken": self.token, "counted": PEOPLE, "seen": self.seen}
        form = urlencode(facts)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(ConnectionRefusedError):
                return ask(self.site.port, "POST", self.path, form, self.headers)[0]
            time.sleep(0.05)
        raise TimeoutError

    def press_until_killed(self):
        with suppress(*NO_ANSWER):
            self.press()


@pytest.fixture
def counter():
    with mail_server.inbox(mail_server.Counter()) as server:
        yield server


def test_letter_to_thousands_reaches_each_once_however_often_processes_are_killed(
    counter, tmp_path, cookie
):
    people(PEOPLE)
    asked = {"state": "asked", "asked_at": clock.now(), "asked_by": factories.user()}
    letter, chance = factories.letter(**asked), random.Random(17)
    variables = environment(
        counter,
        tmp_path,
        PORT=str(mail_server.free_port()),
        MAILS_PER_MINUTE="1000000",
        MAILS_PER_DAY="1000000",
        SECRET_KEY=settings.SECRET_KEY,
    )

    with running(variables, tmp_path, names=["web"]) as site:
        freeze_amid_kills(site, Button(site, cookie, letter), chance)
    in_hand, awaited = send_amid_kills(variables, tmp_path, chance)

    arrived = Counter(counter.message_ids)
    of_letter = set(letter.messages.values_list("message_id", flat=True))
    assert len(of_letter) == PEOPLE
    assert set(letter.messages.values_list("state", flat=True)) == {"sent"}
    assert set(arrived) == of_letter | {message.message_id for message in awaited}
    # What a worker had handed over when it was killed comes again, under the same Message-ID.
    assert {key for key, times in arrived.items() if times > 1} <= in_hand
    assert len(set(letter.messages.values_list("registration", flat=True))) == PEOPLE
    assert_awaited_left_in_time(awaited)


def freeze_amid_kills(site, button, chance):
    """Kill the web while it freezes the recipients, then let it: all are frozen, or nobody."""
    counts = []
    for _n in range(WEB_KILLS):
        wait_for_web(site)
        pressing = threading.Thread(target=button.press_until_killed)
        pressing.start()
        time.sleep(chance.uniform(0.05, 0.9))
        site.kill("web")
        pressing.join(PATIENCE)
        counts.append(Message.objects.count())
        site.start("web")
    wait_for_web(site)
    # Twice: the second press finds the letter sent.
    assert [button.press() for _n in range(2)] == [302, 302]
    assert set(counts) <= {0, PEOPLE}
    assert Message.objects.count() == Letter.objects.get().recipients == PEOPLE


def wait_for_web(site):
    def answers():
        with suppress(*NO_ANSWER):
            return ask(site.port, "GET", "/healthz")[0] == 200

    wait_until(answers)


def send_amid_kills(variables, tmp_path, chance):
    """Return the Message-IDs that killed workers had in hand, and the awaited messages."""
    in_hand, awaited = set(), []
    with running(variables, tmp_path, names=["worker"]) as site:
        for _n in range(KILLS):
            before = Message.objects.filter(state="sent").count()
            awaited.append(factories.message(registration=Registration.objects.first()))
            wait_until(lambda before=before: Message.objects.filter(state="sent").count() > before)
            time.sleep(chance.uniform(0, 0.5))
            site.kill("worker")
            in_hand |= end_leases()
            site.start("worker")
        # Two send what is left: one takes minutes for thousands.
        site.running["second worker"] = site.running.pop("worker")
        site.start("worker")
        # Seldom: the mail server runs in this process.
        patience = {"seconds": 60 * PATIENCE, "every": 2}
        wait_until(lambda: not Message.objects.unsent().exists(), **patience)
        wait_until(lambda: Letter.objects.get().state == "sent", seconds=2 * PATIENCE)
    return in_hand, awaited


def assert_awaited_left_in_time(awaited):
    rows = Message.objects.filter(pk__in=[message.pk for message in awaited])
    waits = [row.sent_at - row.created_at for row in rows]
    assert len(waits) == len(awaited)
    assert max(waits) < timedelta(minutes=1)


def test_confirmations_leave_within_a_minute_while_a_letter_uses_its_half(inbox, tmp_path):
    people(200)
    actions.send_letter(factories.letter(), factories.user())
    limits = {"MAILS_PER_MINUTE": "20", "MAILS_PER_DAY": "1000"}

    with running(environment(inbox, tmp_path, **limits), tmp_path, names=["worker"]):
        wait_until(lambda: Message.objects.filter(state="sent").count() == 10)
        awaited = [factories.message() for _n in range(10)]
        wait_until(lambda: not Message.objects.awaited().unsent().exists(), seconds=60)

    assert_awaited_left_in_time(awaited)
    assert Message.objects.filter(kind="letter", state="sent").count() == 10


def test_paused_letter_is_at_rest_within_a_second(inbox, tmp_path):
    people(1000)
    letter = actions.send_letter(factories.letter(), factories.user())
    variables = environment(inbox, tmp_path, MAILS_PER_MINUTE="100000", MAILS_PER_DAY="100000")

    with running(variables, tmp_path, names=["worker"]) as site:
        site.running["second worker"] = site.running.pop("worker")
        site.start("worker")
        wait_until(lambda: len(inbox.mails) > 50)
        actions.pause(letter)
        time.sleep(1)
        at_rest = len(inbox.mails)
        time.sleep(3)
        assert len(inbox.mails) == at_rest < 1000
        started = clock.now()
        actions.resume(letter)
        wait_until(lambda: len(inbox.mails) > at_rest, seconds=10)
        assert clock.now() - started < timedelta(seconds=5)
    assert not Message.objects.filter(state="skipped").exists()


def press(_number, letter_id, user_id):
    user = factories.User.objects.get(pk=user_id)
    return actions.send_letter(Letter.objects.get(pk=letter_id), user).recipients


def test_button_pressed_by_several_at_once_freezes_the_recipients_once():
    people(300)
    letter, user = factories.letter(), factories.user()

    told = at_once(press, letter.pk, user.pk)

    leave_connections()
    assert told == [300] * 4
    assert letter.messages.count() == 300
