"""The worker as a process of its own, with a mail server and a database that others use too."""

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from eim import clock
from registration.models import Heartbeat, Message, Registration, Relay, Throttle
from tests import factories
from tests.registration.site import MANAGE, PATIENCE, environment
from tests.registration.triggers import trigger_that_raises

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def meeting(transactional_db):
    return factories.meeting()


@contextmanager
def worker(inbox, tmp_path, *arguments, **changes):
    command = [sys.executable, MANAGE, "worker", *arguments]
    process = subprocess.Popen(
        command,
        env=environment(inbox, tmp_path, **changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run_once(inbox, tmp_path):
    with worker(inbox, tmp_path, "--once") as process:
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return output


def line_with(stream, words):
    """Read until a line has these words."""
    return next(line for line in stream if words in line)


def test_worker_once_sends_what_is_due_and_says_so(inbox, tmp_path):
    message = factories.message()
    factories.message(next_attempt_at=clock.now() + timedelta(hours=1))
    factories.message(kind=Message.Kind.PENDING)

    output = run_once(inbox, tmp_path)

    assert output == "1 sent, 1 no longer needed, 0 to be tried again, 0 failed.\n"
    assert inbox.message_ids == [message.message_id]


def test_two_workers_send_each_message_once(inbox, tmp_path):
    messages = [factories.message() for _n in range(12)]

    with (
        worker(inbox, tmp_path, "--once") as one,
        worker(inbox, tmp_path, "--once") as other,
    ):
        outputs = [process.communicate(timeout=PATIENCE)[0] for process in (one, other)]

    assert inbox.message_ids == sorted(message.message_id for message in messages)
    assert sum(int(re.match(r"\d+", output)[0]) for output in outputs) == 12
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_worker_killed_in_the_middle_of_a_mail_loses_nothing(inbox, tmp_path):
    message = factories.message()
    inbox.may_answer.clear()
    with worker(inbox, tmp_path) as process:
        assert inbox.reached_data.wait(PATIENCE)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
    inbox.may_answer.set()
    lost = Message.objects.get()
    assert (lost.state, lost.attempts) == ("leased", 1)
    assert run_once(inbox, tmp_path).startswith("0 sent")
    Message.objects.update(leased_until=clock.now())

    run_once(inbox, tmp_path)

    sent = Message.objects.get()
    assert (sent.state, sent.attempts) == ("sent", 2)
    assert set(inbox.message_ids) == {message.message_id}


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
def test_worker_told_to_stop_finishes_the_mail_on_its_way(inbox, tmp_path, order):
    first, second = factories.message(), factories.message()
    inbox.may_answer.clear()

    with worker(inbox, tmp_path) as process:
        assert inbox.reached_data.wait(PATIENCE)
        process.send_signal(order)
        inbox.may_answer.set()
        _output, errors = process.communicate(timeout=PATIENCE)

    assert (process.returncode, errors) == (0, "")
    assert inbox.message_ids == [first.message_id]
    assert Message.objects.get(pk=second.pk).state == "due"


def test_worker_lets_registrations_lapse_and_forgets_old_windows(inbox, tmp_path):
    old = clock.now() - timedelta(days=3)
    pending = factories.registration(state="pending", submitted_at=old)
    Throttle.objects.create(key="old", window_at=old)
    recent = Throttle.objects.create(key="recent", window_at=clock.now())

    run_once(inbox, tmp_path)

    assert Registration.objects.get(pk=pending.pk).state == "expired"
    assert list(Throttle.objects.all()) == [recent]


def all_are_sent():
    return not Message.objects.exclude(state=Message.State.SENT).exists()


def wait_until(is_so):
    end = time.monotonic() + 2 * PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_worker_goes_on_while_one_of_its_jobs_fails(inbox, tmp_path):
    old = clock.now() - timedelta(days=3)
    pending = factories.registration(state="pending", submitted_at=old)
    message = factories.message()

    with (
        trigger_that_raises("registration_registration"),
        worker(inbox, tmp_path) as process,
    ):
        failed = line_with(process.stderr, "Housekeeping failed")
        wait_until(all_are_sent)

        assert process.poll() is None
    assert "lapses" in failed
    assert "refused by a trigger" in failed
    assert inbox.message_ids == [message.message_id]
    assert Registration.objects.get(pk=pending.pk).state == "pending"
    assert Heartbeat.objects.get(name="lapses").has_failed


def test_worker_goes_on_while_tables_are_of_another_version(inbox, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registration_reminder RENAME TO reminder_of_later")
    try:
        message = factories.message()
        with worker(inbox, tmp_path) as process:
            failed = line_with(process.stderr, "Housekeeping failed")
            wait_until(all_are_sent)

            assert process.poll() is None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE reminder_of_later RENAME TO registration_reminder")
    assert "reminders" in failed
    assert inbox.message_ids == [message.message_id]


def test_several_workers_pause_together_and_send_each_mail_once_afterwards(inbox, tmp_path):
    messages = [factories.message() for _n in range(12)]
    inbox.answers["MAIL"] = "421 4.7.0 come back later"

    with worker(inbox, tmp_path) as one, worker(inbox, tmp_path):
        wait_until(lambda: Relay.objects.filter(refusals__gt=0).exists())
        one.send_signal(signal.SIGKILL)
        # Each of two may have been talking to the relay when the other was refused.
        time.sleep(3)
        refusals = Relay.objects.get().refusals
        spent = sum(Message.objects.filter(state="due").values_list("attempts", flat=True))
        inbox.answers.clear()
        Message.objects.filter(state="leased").update(leased_until=clock.now())
        wait_until(all_are_sent)

    assert (refusals <= 2, spent) == (True, 0)
    assert inbox.message_ids == sorted(message.message_id for message in messages)
    assert Relay.objects.get().refusals == 0


def test_worker_waits_for_a_database_that_is_away(inbox, tmp_path):
    empty = {"DATABASE_URL": f"sqlite:///{tmp_path}/late.sqlite3", "CLOCK": ""}

    with worker(inbox, tmp_path, **empty) as process:
        away = line_with(process.stderr, "The database is away")
        migrate = [sys.executable, MANAGE, "migrate", "--verbosity=0"]
        subprocess.run(migrate, env=environment(inbox, tmp_path, **empty), check=True)
        back = line_with(process.stderr, "The database is back")

        assert "no such table" in away
        assert back
        assert process.poll() is None
