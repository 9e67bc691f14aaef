"""Letters to thousands by real processes, which are killed: each recipient gets one e-mail."""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest

from eim import clock
from registration import actions
from registration.models import Letter, Message, Registration
from tests import factories
from tests.registration.operations import end_leases
from tests.registration.processes import at_once, leave_connections
from tests.registration.site import MANAGE, PATIENCE, environment, running

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 5000
KILLS = 50
SEND = """
from django.contrib.auth.models import User
from registration import actions
from registration.models import Letter
actions.send_letter(Letter.objects.get(), User.objects.get())
"""


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


def wait_until(is_so, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def press_send(variables):
    """Send the letter from a process of its own, as the web does."""
    return subprocess.Popen([sys.executable, MANAGE, "shell", "-v0", "-c", SEND], env=variables)


def test_letter_to_thousands_reaches_each_once_however_often_processes_are_killed(inbox, tmp_path):
    people(PEOPLE)
    letter, chance = factories.letter(), random.Random(17)
    variables = environment(inbox, tmp_path, MAILS_PER_MINUTE="1000000", MAILS_PER_DAY="1000000")

    freeze_amid_kills(variables, chance)
    in_hand, awaited = send_amid_kills(variables, tmp_path, chance)

    arrived = Counter(inbox.message_ids)
    of_letter = set(letter.messages.values_list("message_id", flat=True))
    assert len(of_letter) == PEOPLE
    assert set(letter.messages.values_list("state", flat=True)) == {"sent"}
    assert set(arrived) == of_letter | {message.message_id for message in awaited}
    # What a worker had handed over when it was killed comes again, under the same Message-ID.
    assert {key for key, times in arrived.items() if times > 1} <= in_hand
    assert len(set(letter.messages.values_list("registration", flat=True))) == PEOPLE
    assert_awaited_left_in_time(awaited)


def freeze_amid_kills(variables, chance):
    """Kill those who press the button, until one gets through; all are frozen, or nobody."""
    for _n in range(KILLS // 5):
        process = press_send(variables)
        time.sleep(chance.uniform(0.8, 3.5))
        process.kill()
        process.wait(PATIENCE)
        wait_until(lambda: Message.objects.count() in (0, PEOPLE))
    for process in [press_send(variables) for _n in range(2)]:
        assert process.wait(2 * PATIENCE) == 0
    assert Message.objects.count() == Letter.objects.get().recipients == PEOPLE


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
        wait_until(lambda: not Message.objects.unsent().exists(), seconds=20 * PATIENCE)
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
