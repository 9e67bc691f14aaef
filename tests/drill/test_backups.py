"""Backups under traffic, killed half-way, moved between databases, and restored by newer code."""

import shutil
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim import clock
from eim.backups.folders import PARTIAL, complete_backups
from eim.backups.manifests import read_manifest
from eim.backups.outlasting import GIVEN_SINCE
from eim.backups.uploads import STAGE
from eim.models import ClockStart, Invitation, MailLanguage
from programme.models import Meeting, Notice
from registration.actions import erase
from registration.models import (
    BounceMailbox,
    Consent,
    Heartbeat,
    Registration,
    Relay,
    SenderHealth,
    Throttle,
)
from tests import factories
from tests.colleagues import codes_for
from tests.drill.backing_up import Operator, empty_database, sums, sums_now
from tests.registration import mail_server
from tests.registration.site import MANAGE, database_url, environment, running
from tests.registration.visitors import Visitors

pytestmark = pytest.mark.django_db(transaction=True)

# Of the time from the first folder to the end.
FRACTIONS = (0, 0.4, 0.8)
MANY = 10_000


@pytest.fixture(autouse=True)
def meeting(transactional_db):
    return factories.meeting()


@pytest.fixture
def operator(inbox, tmp_path):
    return Operator(inbox, tmp_path)


def a_row_in_every_table():
    user = factories.user(username="organiza", permissions=["registration.view_registration"])
    group = Group.objects.create(name="Mesa de acreditación")
    group.permissions.add(Permission.objects.first())
    user.groups.add(group)
    TOTPDevice.objects.create(user=user, name="teléfono")
    codes_for(user)
    MailLanguage.objects.create(account=user, code="pt")
    invited = {"name": "Eva", "address": "eva@museo.example", "email_key": "eva@museo.example"}
    moments = {"invited_at": clock.now(), "invited_by": user}
    Invitation.objects.create(**invited, language="es", **moments).roles.add(group)
    LogEntry.objects.create(user=user, action_flag=2, object_repr="Ñandú", change_message="[]")
    seen = {"username": "ana", "ip_address": "2001:db8::1", "user_agent": "x"}
    attempt = AccessAttempt.objects.create(**seen, failures_since_start=1)
    AccessAttemptExpiration.objects.create(access_attempt=attempt, expires_at=clock.now())
    AccessLog.objects.create(**seen)
    AccessFailureLog.objects.create(**seen)
    ClockStart.objects.create(clock="2026-09-01T09:00-03:00", started_at=clock.now())
    factories.presentation(session=factories.workshop(sign_languages=["ils", "bzs"]))
    for name in ("organisation", "notice", "document", "edition", "page", "theme", "part"):
        getattr(factories, name)()
    for name in ("change", "channel", "question", "message", "reminder", "suppression"):
        getattr(factories, name)()
    for name in ("erasure", "consent", "consent_count", "place", "removal", "staged_move"):
        getattr(factories, name)()
    factories.letter(created_by=user)
    for name in ("news_address", "bounce"):
        getattr(factories, name)()
    BounceMailbox.objects.create(looked_at=clock.now(), not_understood=2)
    SenderHealth.objects.create(sender="museo.example", looked_at=clock.now())
    Throttle.objects.create(key="1", window_at=clock.now() + timedelta(microseconds=1))
    Heartbeat.objects.create(name=Heartbeat.WORKER, succeeded_at=clock.now())
    Relay.objects.create(refusals=1, refused_since=clock.now(), suspected=[1])


def route():
    """Return the kinds of databases that a site moves to, one after the other."""
    if connection.vendor == "sqlite":
        return ["sqlite"]
    return ["sqlite", "postgresql", "sqlite"]


def next_keys_of(backup, further=0):
    tables = read_manifest(backup).tables
    return {name: table.next_key + further for name, table in tables.items() if table.next_key}


def test_every_table_is_the_same_on_every_database_it_moves_to(operator, tmp_path):
    a_row_in_every_table()
    first = operator.back_up(database_url())
    assert [name for name, table in read_manifest(first).tables.items() if not table.rows] == []
    # Of a table that was emptied the next key is all that is left.
    last = factories.notice()
    Notice.objects.all().delete()
    first = before = operator.back_up(database_url())
    assert next_keys_of(first)["programme_notice"] == last.pk + 1

    with ExitStack() as stack:
        for moves, vendor in enumerate(route(), start=1):
            url = stack.enter_context(empty_database(vendor, tmp_path))
            output = operator.manage(url, "restore", before)
            before = operator.back_up(url)

            assert "every table the same" in output
            assert sums(before) == sums(first)
            assert next_keys_of(before) == next_keys_of(first, further=moves * GIVEN_SINCE)
            assert read_manifest(before).database == vendor
            assert operator.run(url, "migrate", "--check")[0] == 0


def test_backup_under_traffic_is_of_one_moment_and_traffic_goes_on(operator, inbox, tmp_path):
    Throttle.objects.bulk_create(many_windows())
    variables = environment(
        inbox, tmp_path, PORT=str(mail_server.free_port()), TRUSTED_PROXY_COUNT="1"
    )
    with running(variables, tmp_path, ["web"]) as site, sign_ups(site.port) as accepted:
        wait_until(lambda: len(accepted) > 3)
        before = len(accepted)
        backup = operator.back_up(database_url())
        wait_until(lambda: len(accepted) > before + 3)
    everybody = Registration.objects.count()

    operator.manage(database_url(), "restore", backup, "--replace", "--noinput")

    restored = Registration.objects.count()
    assert before <= restored < everybody
    assert Consent.objects.count() == restored
    assert Registration.objects.filter(messages=None).count() == 0
    assert sums(operator.back_up(database_url())) == sums(backup)


def many_windows():
    return [Throttle(key=f"{n:064}", window_at=clock.now()) for n in range(MANY)]


class sign_ups:
    """People who register one after the other until the block ends; yields their answers."""

    def __init__(self, port):
        self.visitors = Visitors(port)
        self.accepted = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.go_on)

    def go_on(self):
        for number in count(1):
            if self.is_over.is_set():
                return
            self.accepted.append(self.visitors.sign_up(number, attendance="online")[0])

    def __enter__(self):
        self.thread.start()
        return self.accepted

    def __exit__(self, *_error):
        self.is_over.set()
        self.thread.join()
        assert set(self.accepted) == {302}


def wait_until(is_true):
    for _attempt in range(1000):
        if is_true():
            return
        time.sleep(0.03)
    raise TimeoutError


def kill_half_way(operator, folder, pattern, *arguments):
    """Run a command to its end, then again and again, killed ever later; yield after each.

    The time counts from the folder that it makes for what is not complete.
    """

    def begun():
        process = operator.start(database_url(), *arguments)
        wait_until(lambda: any(folder.glob(pattern)) or process.poll() is not None)
        return process

    process = begun()
    began = time.monotonic()
    output = process.communicate()
    assert process.returncode == 0, output
    seconds = time.monotonic() - began
    for fraction in FRACTIONS:
        yield
        for left in folder.glob(pattern):
            shutil.rmtree(left)
        process = begun()
        time.sleep(seconds * fraction)
        process.kill()
        process.communicate()
    yield


def test_backup_killed_half_way_leaves_none_that_a_restore_takes(operator, tmp_path):
    Throttle.objects.bulk_create(many_windows())
    root = tmp_path / "root"

    for _killed in kill_half_way(operator, root, PARTIAL.format("*"), "backup", root):
        assert all(read_manifest(folder).rows > MANY for folder in complete_backups(root))
    operator.manage(database_url(), "backup", root, "--keep", "1")

    assert sorted(path.name for path in root.iterdir()) == [
        ".lock",
        complete_backups(root)[0].name,
    ]


def test_restore_killed_half_way_leaves_all_rows_or_brings_all(operator):
    Throttle.objects.bulk_create(many_windows())
    a_row_in_every_table()
    name = default_storage.save("docs/a.pdf", ContentFile(b"old"))
    backup = operator.back_up(database_url())
    whole, changed, came = sums(backup), None, []

    replace = ("restore", backup, "--replace", "--noinput")
    for _killed in kill_half_way(operator, Path(default_storage.path("")), STAGE, *replace):
        present = sums_now()
        came.append(present == whole)
        assert present in (whole, changed)
        with default_storage.open(name) as file:
            assert file.read() in (b"old", b"newer")
        default_storage.delete(name)
        default_storage.save(name, ContentFile(b"newer"))
        factories.notice()
        changed = sums_now()
    operator.manage(database_url(), *replace)

    assert came[:2] == [True, False]
    assert sums_now() == whole
    with default_storage.open(name) as file:
        assert file.read() == b"old"
    assert default_storage.listdir("") == (["docs"], [])


OLD_ROWS = """
from datetime import UTC, datetime
from django.core.management import call_command
call_command("migrate", "programme", "0009", verbosity=0)
call_command("migrate", "registration", "0005", verbosity=0)
from eim.backups.schema import applied_migrations, tables_at
models = {model._meta.db_table: model for model in tables_at(applied_migrations())}
rows = {name: model._base_manager for name, model in models.items()}
moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
rows["programme_meeting"].create(
    number=12, short_name="12", name="Encuentro", first_day=moment, last_day=moment,
    time_zone="America/Lima", city="Lima", country="PE", venue_name="Museo", venue_address="1",
)
# Migrations since write to these rows, which refer to others.
rows["programme_session"].create(
    code="A-1", slug="a", title="Apertura", kind="lecture", language="es",
    theme=rows["programme_theme"].create(code="t", name="Memoria", colour="indigo", motif="steps"),
    room=rows["programme_room"].create(code="r", name="Sala"),
)
speaker = rows["programme_person"].create(name="Ana\\u200b Pérez", slug="ana", country="PE")
for name in ("Ana\\u200b  Pérez", "Eva"):
    rows["registration_registration"].create(
        full_name=name, email="a@museo.example", email_key="a@museo.example", name_key=name,
        country="PE", occupation="other", attendance="online", mail_language="es", reference=name,
        submitted_at=moment, mailbox_slot=len(name) % 5 + 1,
        person=speaker if name != "Eva" else None,
    )
rows["registration_registration"].filter(full_name="Eva").delete()
"""


def test_backup_of_an_older_schema_is_restored_and_brought_up_to_date(operator, tmp_path):
    vendor = connection.vendor
    with empty_database(vendor, tmp_path) as old, empty_database(vendor, tmp_path) as new:
        operator.manage(old, "shell", "--no-imports", "--command", OLD_ROWS)
        backup = operator.back_up(old)

        operator.manage(new, "restore", backup)
        operator.manage(old, "migrate", "--verbosity=0")

        assert read_manifest(backup).tables["registration_registration"].next_key == 3
        for url, next_key in ((old, 3), (new, 100_003)):
            assert operator.manage(url, "shell", "--no-imports", "--command", TELL) == (
                f"'Ana Pérez' 'ana perez' 2026-01-02T03:04:05.678901+00:00\n{next_key}\n"
            )


def test_new_machine_without_the_old_data_gets_all_of_it_for_its_owner_alone(operator, tmp_path):
    a_row_in_every_table()
    default_storage.save("docs/a.pdf", ContentFile(b"old"))
    backup = operator.back_up(database_url())
    data = tmp_path / "new" / "var"
    with empty_database(connection.vendor, data) as url:
        new = operator.variables(url) | {"DATA_DIR": str(data), "BACKUP_DIR": ""}

        def manage(*arguments):
            command = [sys.executable, MANAGE, *map(str, arguments)]
            run = subprocess.run(command, env=new, umask=0, capture_output=True, text=True)
            assert run.returncode == 0, run.stderr
            return run.stdout

        manage("restore", backup)
        again = Path(manage("backup").partition(":")[0])

    assert sums(again) == sums(backup)
    assert (again / "media/docs/a.pdf").read_bytes() == b"old"
    assert again.parent.parent == data
    assert {(path.is_dir(), path.stat().st_mode & 0o777) for path in data.rglob("*")} == {
        (True, 0o700),
        (False, 0o600),
    }


# In steps of the time that a whole restore takes: over dropped tables, their rows and migrations.
MOMENTS = [n / 12 for n in range(1, 12)]


def test_restore_killed_at_any_moment_brings_back_nobody_who_was_erased(operator, tmp_path):
    with empty_database(connection.vendor, tmp_path) as old:
        operator.manage(old, "shell", "--no-imports", "--command", OLD_ROWS)
        backup = operator.back_up(old)
    ana = factories.registration(full_name="Ana Pérez", reference="Ana\u200b  Pérez")
    erase(ana)
    factories.suppression(mailbox="a" * 64)
    replace = ("restore", backup, "--replace", "--noinput")

    def killed_after(seconds):
        """Return who is registered, and who wants no mail, after a restore that was killed then."""
        process = operator.start(database_url(), *replace)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
        process.kill()
        process.communicate()
        with connection.cursor() as cursor:
            cursor.execute("SELECT full_name FROM registration_registration")
            people = cursor.fetchall()
            cursor.execute("SELECT mailbox FROM registration_suppression")
            return people + cursor.fetchall()

    began = time.monotonic()
    whole = killed_after(None)
    seconds = time.monotonic() - began

    assert whole == [("",), ("a" * 64,)]
    assert [killed_after(seconds * moment) for moment in MOMENTS] == [whole] * len(MOMENTS)


TELL = """
from django.core.management import call_command
call_command("migrate", check_unapplied=True)
from eim.backups.next_keys import next_keys
from registration.models import Registration
row = Registration.objects.get()
print(repr(row.full_name), repr(row.name_key), row.submitted_at.isoformat())
print(*next_keys([Registration]).values())
"""


@pytest.fixture
def newer_database():
    """Make the database of the tests one of a newer version, with a table of its own."""
    factories.notice()
    recorder = MigrationRecorder(connection)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (notice_id bigint REFERENCES programme_notice (id))")
        cursor.execute("INSERT INTO later SELECT id FROM programme_notice")
        yield lambda: recorder.record_applied("programme", "9999_later")
        cursor.execute("DROP TABLE IF EXISTS later")
    recorder.record_unapplied("programme", "9999_later")


def test_database_of_a_newer_version_is_replaced_with_all_its_tables(operator, newer_database):
    backup = operator.back_up(database_url())
    newer_database()
    assert "of a newer version" in operator.run(database_url(), "backup")[1]

    operator.manage(database_url(), "restore", backup, "--replace", "--noinput")

    assert sums_now() == sums(backup)
    assert "later" not in connection.introspection.table_names()


def test_site_that_runs_shows_the_restored_rows(operator, inbox, tmp_path):
    Meeting.objects.update(venue_name="Casa de antes")
    backup = operator.back_up(database_url())
    default_storage.save("people/ana.jpg", ContentFile(b"ana"))
    variables = environment(inbox, tmp_path, PORT=str(mail_server.free_port()))
    with running(variables | {"DEBUG": "1"}, tmp_path, ["web"]) as site:
        visitors = Visitors(site.port)
        Meeting.objects.update(venue_name="Casa de ahora", version=5)
        wait_until(lambda: "Casa de ahora" in visitors.get(1, "/es/")[2])

        operator.manage(database_url(), "restore", backup, "--replace", "--noinput")

        wait_until(lambda: "Casa de antes" in visitors.get(1, "/es/")[2])
    assert Notice.objects.count() == 0
