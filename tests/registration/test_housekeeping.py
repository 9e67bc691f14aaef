"""Housekeeping: a job that fails stops neither the other jobs of the worker nor the mails."""

import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from registration import outbox
from registration.management import housekeeping
from registration.management.housekeeping import HALF_A_MINUTE, HOUR, JOBS, Housekeeping
from registration.models import Heartbeat, Message, Registration, Throttle
from tests import factories
from tests.factories import NOW
from tests.registration.triggers import trigger_that_raises

NAMES = {job.name for job in JOBS}


@pytest.fixture(autouse=True)
def meeting(db):
    return factories.meeting()


@pytest.fixture
def seconds(monkeypatch):
    """Let only the process's own clock run: add seconds to `seconds.passed`."""
    clock = SimpleNamespace(passed=1000.0)
    timer = SimpleNamespace(monotonic=lambda: clock.passed)
    monkeypatch.setattr(housekeeping, "time", timer)
    return clock


def overdue():
    return factories.registration(state="pending", submitted_at=NOW - timedelta(days=3))


def state_of(registration):
    return Registration.objects.get(pk=registration.pk).state


def beat(name):
    return Heartbeat.objects.get(name=name)


def failures(caplog):
    """Return the failures that were logged, and whether with their trace."""
    return [
        (record.getMessage(), bool(record.exc_info))
        for record in caplog.records
        if record.levelno == logging.ERROR
    ]


def test_each_job_reports_its_success_beside_the_worker(seconds):
    Housekeeping().do_what_is_due()

    reported = Heartbeat.objects.values_list("name", "succeeded_at", "failed_at")
    assert sorted(reported) == sorted((name, NOW, None) for name in NAMES | {Heartbeat.WORKER})


def test_job_that_this_version_does_not_have_is_forgotten_when_a_worker_starts(seconds):
    Heartbeat.objects.create(name="of long ago", failed_at=NOW)

    Housekeeping().do_what_is_due()

    assert set(Heartbeat.objects.values_list("name", flat=True)) == NAMES | {Heartbeat.WORKER}


def test_job_that_raises_stops_neither_the_others_nor_the_mails(seconds, caplog, mailoutbox):
    pending, message = overdue(), factories.message()
    Throttle.objects.create(key="old", window_at=NOW - timedelta(days=3))
    house = Housekeeping()

    with trigger_that_raises("registration_registration"):
        house.do_what_is_due()
        outbox.send_next()

    assert (state_of(pending), Throttle.objects.count()) == ("pending", 0)
    assert Message.objects.get(pk=message.pk).state == Message.State.SENT
    assert failures(caplog) == [("Housekeeping failed: lapses", True)]
    assert (beat("lapses").failed_at, beat("lapses").has_failed) == (NOW, True)
    others = sorted(NAMES - {"lapses"})
    assert [beat(name).has_failed for name in others] == [False] * len(others)


def test_job_that_goes_on_failing_is_logged_with_its_trace_once(seconds, caplog, time_machine):
    pending = overdue()
    house = Housekeeping()

    with trigger_that_raises("registration_registration"):
        for _n in range(3):
            house.do_what_is_due()
            seconds.passed += HALF_A_MINUTE
            time_machine.shift(HALF_A_MINUTE)
    house.do_what_is_due()

    failed = "Housekeeping failed: lapses"
    assert failures(caplog) == [(failed, True), (failed, False), (failed, False)]
    assert state_of(pending) == "expired"
    assert not beat("lapses").has_failed


def test_jobs_are_done_in_time_after_the_clock_was_put_back(seconds, time_machine):
    house = Housekeeping()
    house.do_what_is_due()
    time_machine.shift(-timedelta(hours=5))
    pending = factories.registration(state="pending", submitted_at=NOW - timedelta(days=3))
    Throttle.objects.create(key="old", window_at=NOW - timedelta(days=3))
    seconds.passed += HALF_A_MINUTE - 1
    house.do_what_is_due()
    assert state_of(pending) == "pending"

    seconds.passed += 1
    house.do_what_is_due()
    assert (state_of(pending), Throttle.objects.count()) == ("expired", 1)
    assert beat(Heartbeat.WORKER).succeeded_at == NOW - timedelta(hours=5)

    seconds.passed += HOUR
    house.do_what_is_due()
    assert Throttle.objects.count() == 0


def test_worker_reports_every_half_minute_by_the_real_clock(seconds, settings, time_machine):
    settings.CLOCK = "2024-11-26T10:15-05:00"
    house = Housekeeping()
    house.do_what_is_due()
    first = beat(Heartbeat.WORKER).succeeded_at
    time_machine.shift(HALF_A_MINUTE)
    seconds.passed += HALF_A_MINUTE - 1
    house.do_what_is_due()
    between = beat(Heartbeat.WORKER).succeeded_at
    seconds.passed += 1

    house.do_what_is_due()

    later = NOW + timedelta(seconds=HALF_A_MINUTE)
    assert (first, between, beat(Heartbeat.WORKER).succeeded_at) == (NOW, NOW, later)


def test_worker_once_says_that_mails_are_paused(seconds, mail_to, capsys):
    mail_to("smtp://127.0.0.1:1")
    factories.message()
    factories.message()

    call_command("worker", "--once")

    assert capsys.readouterr().out == (
        "0 sent, 0 no longer needed, 1 to be tried again, 0 failed.\n"
        "The mail server takes no e-mails now: the next attempt is made after "
        "2026-09-01 12:00:15 UTC.\n"
    )
