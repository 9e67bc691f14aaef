"""Health checks of load balancers and monitors, each by what makes it fail."""

import logging
import subprocess
import sys
from datetime import UTC, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from eim.backups.folders import MOMENT
from eim.monitoring.checks import known_as_migrated
from eim.monitoring.releases import code_version
from registration.models import Heartbeat, Message, Relay
from registration.models.relay import SEVERAL, SILENT_AFTER
from tests import factories
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
CHECKS = ["backlog", "backup", "database", "disk", "housekeeping", "mail", "worker"]


@pytest.fixture(autouse=True)
def nothing_known():
    """Forget that the tables were those of this version."""
    known_as_migrated.clear()
    yield
    known_as_migrated.clear()


@pytest.fixture
def worker(db):
    """Have a worker that has just reported."""
    return Heartbeat.objects.create(name=Heartbeat.WORKER, succeeded_at=NOW)


def failing(client):
    """Return the names of the checks that fail."""
    response = client.get("/status")
    body = response.json()
    names = [name for name, check in body["checks"].items() if not check["ok"]]
    assert response.status_code == (503 if names else 200)
    assert body["ok"] == (not names)
    return sorted(names)


def test_healthz_makes_no_query(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_readyz_and_status_are_fine_with_nothing_to_do(client, worker):
    response = client.get("/readyz")

    assert (response.status_code, response.content) == (200, b"ok")
    assert failing(client) == []
    assert sorted(client.get("/status").json()["checks"]) == CHECKS
    assert client.get("/status").json()["version"] == code_version()


STARTED_AND_UPDATED = """
import eim.serving.wsgi
from pathlib import Path
from django.conf import settings
from eim.monitoring.releases import code_version
settings.BASE_DIR = Path("/of-the-next-version")
print(code_version())
"""


@pytest.mark.drill
def test_version_is_that_of_the_start_whatever_files_an_update_has_written_since():
    command = [sys.executable, "-c", STARTED_AND_UPDATED]

    run = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)

    assert (run.stdout, run.stderr) == (f"{code_version()}\n", "")


def test_everything_that_monitors_watch_leaves_readyz_alone(client, meeting, settings):
    settings.MAILS_PER_DAY = 1
    factories.message(created_at=NOW - timedelta(days=1), attempted_at=NOW - MINUTE)
    factories.message(created_at=NOW - timedelta(days=1))
    Relay.objects.create(refusals=SEVERAL, refused_since=NOW, refused_at=NOW)
    settings.LEAST_FREE_DATA = 2**60

    assert failing(client) == ["backlog", "disk", "mail", "worker"]
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/status"])
def test_missing_migration_fails(client, worker, path):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'programme'")

    assert client.get(path).status_code == 503


@pytest.mark.parametrize("minutes", [15, 16])
def test_mail_fails_once_a_mail_has_waited_since_it_was_written(client, meeting, worker, minutes):
    written = NOW - minutes * MINUTE
    factories.message(created_at=written, next_attempt_at=NOW + timedelta(hours=1))

    assert failing(client) == (["mail"] if minutes > 15 else [])
    mail = client.get("/status").json()["checks"]["mail"]
    assert mail["seconds_since_oldest"] == minutes * 60


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({"state": Message.State.FAILED}, []),
        ({"state": Message.State.SENT}, []),
        ({"kind": Message.Kind.WEEK_BEFORE}, []),
        # Its recipient's server did not take it, and it waits for its next attempt.
        ({"attempts": 2, "next_attempt_at": NOW + MINUTE}, []),
        ({"attempts": 2, "next_attempt_at": NOW - 16 * MINUTE}, ["mail"]),
        # Being sent for the first time, and for the third.
        ({"state": Message.State.LEASED, "attempts": 1}, ["mail"]),
        ({"state": Message.State.LEASED, "attempts": 3, "next_attempt_at": NOW}, []),
        # Sent again by an organiser.
        ({"rescheduled_at": NOW - MINUTE}, []),
        ({"rescheduled_at": NOW - 16 * MINUTE}, ["mail"]),
    ],
)
def test_old_mail_is_late_unless_nothing_is_wrong_with_the_relay(
    client, meeting, worker, facts, names
):
    factories.message(created_at=NOW - timedelta(days=1), **facts)

    assert failing(client) == names


@pytest.mark.parametrize(("refusals", "names"), [(SEVERAL - 1, []), (SEVERAL, ["mail"])])
def test_mail_fails_and_says_why_once_the_relay_refuses_several(client, worker, refusals, names):
    Relay.objects.create(
        refusals=refusals,
        refused_since=NOW - 3 * MINUTE,
        refused_at=NOW - MINUTE,
        fault="login",
        answer="535 5.7.8 <ana> is not known at mx1.inside.example",
        paused_until=NOW + MINUTE,
    )

    assert failing(client) == names
    assert client.get("/status").json()["checks"]["mail"] == {
        "ok": not names,
        "seconds_since_oldest": None,
        "refusals_in_a_row": refusals,
        "seconds_since_refusal": 60,
        "fault": "login",
        "codes": "535 5.7.8",
        "paused": True,
    }


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        ("421 ana@museo.example", "421"),
        ("450-4.2.0 wait", "450-4.2.0"),
        ("[Errno 111] Connection to 10.0.0.5 refused", ""),
        ("5501234567 5.1.1", ""),
        ("", ""),
    ],
)
def test_status_tells_of_an_answer_the_codes_alone(client, worker, answer, codes):
    Relay.objects.create(refusals=1, refused_since=NOW, refused_at=NOW, answer=answer)

    assert client.get("/status").json()["checks"]["mail"]["codes"] == codes


def test_backlog_of_more_than_a_day_fails(client, meeting, worker, settings):
    settings.MAILS_PER_DAY = 2
    for _n in range(2):
        factories.message()
    assert failing(client) == []
    factories.message()

    assert failing(client) == ["backlog"]
    backlog = client.get("/status").json()["checks"]["backlog"]
    assert backlog == {"ok": False, "due": 3, "unsent": 3}


@pytest.mark.parametrize(
    ("age", "names"),
    [
        (SILENT_AFTER, []),
        (SILENT_AFTER + timedelta(seconds=1), ["worker"]),
        # The clock was put back: nobody knows.
        (-timedelta(hours=5), ["worker"]),
    ],
)
def test_worker_fails_once_it_is_silent(client, worker, age, names):
    Heartbeat.objects.update(succeeded_at=NOW - age)

    assert failing(client) == names


def test_worker_fails_before_it_has_ever_reported(client, db):
    assert failing(client) == ["worker"]


def test_housekeeping_fails_while_the_last_run_of_a_job_failed(client, worker):
    hour = timedelta(hours=1)
    Heartbeat.objects.create(name="reminders", succeeded_at=NOW, failed_at=NOW - hour)
    assert failing(client) == []
    Heartbeat.objects.create(name="lapses", succeeded_at=NOW - hour, failed_at=NOW)
    Heartbeat.objects.create(name="uploads", failed_at=NOW)

    assert failing(client) == ["housekeeping"]
    assert client.get("/status").json()["checks"]["housekeeping"] == {
        "ok": False,
        "seconds_since_success": {"lapses": 3600, "reminders": 0, "uploads": None},
        "failing": ["lapses", "uploads"],
    }


def test_job_that_this_version_does_not_have_counts_no_more(client, worker):
    Heartbeat.objects.create(name="of long ago", failed_at=NOW)

    assert failing(client) == []
    assert client.get("/status").json()["checks"]["housekeeping"]["failing"] == []


@pytest.mark.parametrize("setting", ["LEAST_FREE_DATA", "LEAST_FREE_TEMPORARY"])
def test_disk_fails_once_little_is_free(client, worker, settings, setting):
    setattr(settings, setting, 2**60)

    assert failing(client) == ["disk"]
    free = client.get("/status").json()["checks"]["disk"]["free_bytes"]
    assert sorted(free) == ["data", "temporary", "uploads"]
    assert all(isinstance(number, int) for number in free.values())


@pytest.fixture
def backups(settings, tmp_path):
    """Have an empty folder of backups, which BACKUP_DIR names."""
    settings.ARE_BACKUPS_EXPECTED = True
    settings.BACKUP_DIR = tmp_path
    return tmp_path


@pytest.mark.parametrize(
    ("hours", "names"), [(None, ["backup"]), (26, []), (27, ["backup"]), (1, [])]
)
def test_backup_fails_once_the_newest_is_too_old(client, worker, backups, hours, names):
    if hours is not None:
        for age in (timedelta(days=3), timedelta(hours=hours)):
            (backups / (NOW - age).astimezone(UTC).strftime(MOMENT)).mkdir()

    assert failing(client) == names
    assert client.get("/status").json()["checks"]["backup"] == {
        "ok": not names,
        "expected": True,
        "seconds_since_backup": None if hours is None else hours * 3600,
    }


def test_backup_is_not_missed_before_backup_dir_is_set(client, worker, backups, settings):
    settings.ARE_BACKUPS_EXPECTED = False

    assert failing(client) == []
    assert client.get("/status").json()["checks"]["backup"]["expected"] is False


def test_backups_that_this_process_cannot_list_are_missed(client, worker, backups, settings):
    settings.BACKUP_DIR = backups / ("x" * 300)

    assert failing(client) == ["backup"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/status"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "evil.example", "a host_with spaces"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_health_is_told_by_any_name_and_without_tls(worker, settings, path, host, method):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["museums.example"]

    response = getattr(Client(), method)(path, headers={"host": host})

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    assert Client().post(path).status_code == 405


def test_other_pages_still_ask_for_the_host_and_tls(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["museums.example"]

    assert Client().get("/es/", headers={"host": "museums.example"}).status_code == 301
    settings.SECURE_SSL_REDIRECT = False
    assert Client().get("/es/", headers={"host": "evil.example"}).status_code == 400


def test_status_costs_few_queries_however_much_there_is(
    client, meeting, worker, django_assert_num_queries
):
    client.get("/readyz")
    for n in range(20):
        factories.message(created_at=NOW - timedelta(days=1))
        Heartbeat.objects.create(name=f"job {n}", succeeded_at=NOW)

    with django_assert_num_queries(1):
        client.get("/readyz")
    with django_assert_num_queries(6):
        client.get("/status")


def test_status_that_fails_is_no_error_of_the_site(client, db, caplog):
    assert client.get("/status").status_code == 503

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
