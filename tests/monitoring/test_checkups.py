"""The doctor goes through all checks: none hangs or stops the others, and no secret is printed."""

import os
import re
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from time_machine import escape_hatch

from eim import settings as site_settings
from eim.backups.folders import MOMENT
from eim.environment import mailer, upload_storage
from eim.monitoring.doctor import databases, folders, site_rows, static
from eim.monitoring.doctor.examination import Request, examine
from eim.monitoring.doctor.findings import Level, line, well, without_secret_values
from eim.monitoring.doctor.running import Checkup, run_all
from registration.models import Heartbeat, Relay
from registration.models.relay import SEVERAL
from registration.outbox.sender import records
from tests import factories
from tests.factories import NOW
from tests.registration import mail_server

HOUR = timedelta(hours=1)
SECRET = re.compile(r"\A[A-Z_]*(?:SECRET|TOKEN|DSN)[A-Z_]*\Z")
NOBODY = 65534


def told(findings):
    return [f"{finding.level}: {finding.words}" for finding in findings]


def wrong(findings):
    return told(finding for finding in findings if finding.level != Level.WELL)


def test_check_that_hangs_or_fails_is_told_and_does_not_stop_the_others(running_clock, in_english):
    def hangs():
        yield well("begun")
        time.sleep(30)

    def fails():
        yield well("begun")
        raise LookupError("of no use")

    checkups = [
        Checkup(name="hangs", find=hangs, limit=0.1),
        Checkup(name="fails", find=fails),
        Checkup(name="well", find=lambda: [well("done")]),
    ]

    assert [(name, finding.words) for name, finding in run_all(checkups)] == [
        ("hangs", "begun"),
        ("hangs", "There was no answer for 0.1 seconds: it was given up."),
        ("fails", "begun"),
        ("fails", "This check itself failed: LookupError: of no use"),
        ("well", "done"),
    ]


def test_line_has_no_secret_and_no_break(settings):
    settings.MAILERS = {"default": mailer("smtp://ana:very%2Fsecret@mail.example")}
    words = f"{settings.SECRET_KEY}\nvery/secret very%2Fsecret said"

    assert line("mail", well(words)) == "ok          mail      … … … said"


def secret_settings():
    """Return the names of our settings that are a secret, or a list of them, with a value."""
    values = {name: value for name, value in vars(site_settings).items() if SECRET.search(name)}
    return {
        name: "s" * 50 + name if isinstance(value, str) else ["a" * 50 + name, "b" * 50 + name]
        for name, value in values.items()
        if isinstance(value, str | list)
    }


def test_line_has_no_value_of_any_secret_setting(settings):
    secrets = secret_settings()
    for name, value in secrets.items():
        setattr(settings, name, value)
    storage = upload_storage("s3://a-key:a-secret@s3.example/bucket")
    settings.STORAGES = {**settings.STORAGES, "default": storage}

    assert sorted(secrets) == [
        "METRICS_TOKEN",
        "RETIRED_SECRET_KEYS",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "SENTRY_DSN",
    ]
    for name, value in secrets.items():
        for secret in [value] if isinstance(value, str) else value:
            assert (name, without_secret_values(f"it said {secret}")) == (name, "it said …")
    assert without_secret_values("it said a-secret") == "it said …"


@pytest.fixture
def quiet(settings, running_clock, monkeypatch):
    """Have nothing to wait for: neither a mail server nor a site answers."""
    monkeypatch.setattr(records, "LIFETIME", 0.2)
    port = mail_server.free_port()
    settings.MAILERS = {"default": mailer(f"smtp://127.0.0.1:{port}")}
    settings.SITE_URL = f"http://127.0.0.1:{port}"
    return f"127.0.0.1:{port}"


def test_command_tells_every_check_and_ends_with_1(meeting, quiet, in_english):
    output = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("doctor", name_server=quiet, stdout=output)

    lines = output.getvalue().splitlines()
    names = {text[12:].split()[0] for text in lines[:-1]}
    assert names >= {"settings", "database", "worker", "mails", "accounts", "meeting", "zones"}
    assert names >= {"disk", "folders", "backup", "static", "mail", "dns", "site", "gunicorn"}
    assert all(text.startswith(tuple(Level)) for text in lines[:-1])
    assert end.value.code == 1


@pytest.fixture
def locked_file(own_folder, settings):
    """Have a .env that the site's user cannot read."""
    settings.BASE_DIR = own_folder.parent
    file = settings.BASE_DIR / ".env"
    file.write_text("SECRET_KEY=of-no-use")
    file.chmod(0)
    return file


def test_env_file_that_cannot_be_read_is_told_without_what_follows_from_it(
    locked_file, without_root
):
    ((name, finding),) = examine(Request())

    assert (name, finding.level) == ("settings", Level.BROKEN)
    assert f"chown root:eim {locked_file} && chmod 640 {locked_file};" in finding.words
    assert "write no new SECRET_KEY" in finding.words


# Rows


def test_worker_that_never_reported_and_one_that_is_silent_are_told(db):
    (never,) = told(site_rows.worker())
    Heartbeat.objects.create(name=Heartbeat.WORKER, succeeded_at=NOW - HOUR)
    (silent,) = told(site_rows.worker())
    Heartbeat.objects.update(succeeded_at=NOW)
    Heartbeat.objects.create(name="lapses", failed_at=NOW)

    assert never.startswith("broken: No worker has ever reported")
    assert silent.startswith("broken: The worker has not reported since 2026-09-01")
    assert told(site_rows.worker()) == [
        "ok: The worker reports.",
        "broken: The worker cannot do lapses: its log says why.",
    ]


def test_mails_that_wait_are_told(meeting, in_english):
    assert told(site_rows.waiting_mails()) == ["ok: E-mails that wait: 0."]
    factories.message(created_at=NOW - HOUR)
    Relay.objects.create(refusals=SEVERAL, refused_since=NOW, fault="login", answer="535 5.7.8 no")

    assert told(site_rows.waiting_mails()) == [
        "broken: The mail server has refused 3 e-mails in a row: It does not accept our user name "
        "and password. 535 5.7.8 no",
        "broken: E-mails that should have gone out long ago: 1. Does the worker run?",
    ]


def test_more_awaited_mails_than_fit_into_a_hold_are_told(db, settings):
    settings.MAILS_PER_MINUTE, settings.HOLD_MINUTES = 1, 2
    for _n in range(2):
        factories.message()
    assert told(site_rows.waiting_mails()) == ["ok: E-mails that wait: 2."]
    factories.message()

    assert told(site_rows.waiting_mails()) == [
        "to look at: E-mails that people wait for: 3, which take 3 minutes at MAILS_PER_MINUTE=1, "
        "and a place is held for 2: raise it, if the mail server takes more."
    ]


def test_accounts_without_a_second_step_and_a_single_chief_are_told(db, sign_in):
    (nobody,) = told(site_rows.accounts())
    sign_in(factories.user(username="ana", is_superuser=True))
    factories.user(username="luis")

    assert nobody.startswith("broken: No account has every right")
    single, bare = told(site_rows.accounts())
    assert single.startswith("to look at: One account alone has every right")
    assert bare.endswith("luis has no second step, and cannot sign in: manage.py staff_device luis")
    sign_in(factories.user(username="eva", is_superuser=True))
    assert told(site_rows.accounts()) == [bare]


def test_meeting_that_is_missing_or_lacks_its_contact_is_told(db):
    (missing,) = told(site_rows.meeting())
    factories.meeting(contact_email="", privacy_notice="Words.")
    (lacking,) = told(site_rows.meeting())

    assert missing == "to look at: No meeting is loaded: manage.py load_meeting FILE.json"
    assert "lacks the address to which people write about their data:" in lacking
    assert "no data" not in told(site_rows.zones())[0]
    (zone,) = told(site_rows.zone("America/Atlantis"))
    assert zone.endswith("does not know the time zone America/Atlantis: apt-get install tzdata")


# The database


def test_database_of_tests_is_well(db):
    found = [*databases.reachable(), *databases.version(), *databases.time_limits()]
    found += databases.migrations()

    assert wrong(found) == []


def test_database_that_is_missing_or_none_is_told(settings, monkeypatch, tmp_path):
    if connection.vendor == "sqlite":
        name = tmp_path / "none"
        monkeypatch.setitem(connection.settings_dict, "NAME", name)
        (missing,) = told(databases.reachable())
        name.write_text("This is no database, but a text of more than a hundred bytes. " * 20)
        (strange,) = told(databases.reachable())

        assert missing.endswith(f"There is no database yet ({name}): manage.py migrate")
        assert "file is not a database" in strange
    else:
        monkeypatch.setitem(connection.settings_dict, "NAME", "nowhere")
        (away,) = told(databases.reachable())

        assert 'database "nowhere" does not exist' in away


def test_clock_of_the_database_that_differs_is_told(db, time_machine):
    away = told(databases.clock_of_database())
    time_machine.move_to(escape_hatch.time.time())
    right = told(databases.clock_of_database())

    assert right == []
    if connection.vendor == "postgresql":
        assert "The database's clock and this machine's differ by" in away[0]
    else:
        # Its clock is this machine's.
        assert away == []


def test_missing_and_newer_migrations_are_told(db):
    [(_app, last)] = MigrationLoader(connection).graph.leaf_nodes("registration")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = %s", [last])
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('programme', '9999_of_tomorrow', '2026-09-01 12:00:00')"
        )

    missing, newer = told(databases.migrations())

    assert missing == (
        f"broken: Migrations are to be done: 1, registration.{last} first: manage.py migrate"
    )
    assert "newer version (programme.9999_of_tomorrow)" in newer


def test_page_that_may_wait_for_ever_is_told(db, settings):
    settings.PG_TIMEOUTS = {"lock_timeout": 1.5, "statement_timeout": 0}

    found = told(databases.time_limits())

    if connection.vendor == "postgresql":
        (limits,) = found
        assert "for ever (statement_timeout is 0): set PG_TIMEOUTS" in limits
    else:
        assert found == []


# Folders and files


@pytest.fixture
def own_folder(settings, monkeypatch):
    """Have a folder of data that no folder above it hides from others, as those of pytest do."""
    with TemporaryDirectory() as name:
        above = Path(name)
        above.chmod(0o755)
        settings.DATA_DIR = above / "data"
        settings.MEDIA_ROOT = settings.DATA_DIR / "media"
        settings.BACKUP_DIR = above / "backups"
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", settings.DATA_DIR / "none")
        settings.DATA_DIR.mkdir(mode=0o700)
        yield settings.DATA_DIR


@pytest.fixture
def without_root():
    """Be nobody for a while: root may do everything."""
    user = os.geteuid()
    os.seteuid(user or NOBODY)
    yield
    os.seteuid(user)


def test_folder_that_others_can_read_is_told(own_folder, settings):
    assert own_folder.name not in "".join(wrong(folders.folders()))
    own_folder.chmod(0o755)
    settings.BACKUP_DIR.mkdir()
    settings.BACKUP_DIR.chmod(0o750)

    data, kept = [text for text in wrong(folders.folders()) if "runs as root" not in text]

    assert data.endswith(f"by which others can read it: chmod 700 {own_folder}")
    assert "mode 750" in kept


def test_folder_that_is_missing_is_told(own_folder):
    own_folder.rmdir()

    assert f"broken: {own_folder} is not there" in "".join(wrong(folders.folders()))


def test_folder_that_cannot_be_written_is_told(own_folder, without_root):
    if own_folder.stat().st_uid == os.geteuid():
        own_folder.chmod(0o500)

    assert f"broken: {own_folder} cannot be written" in "\n".join(wrong(folders.folders()))


def test_backup_is_told_by_its_age(own_folder, settings):
    settings.ARE_BACKUPS_EXPECTED = True
    found = [told(folders.backups())]
    for hours in (27, 1):
        name = (timezone.now() - hours * HOUR).strftime(MOMENT)
        (settings.BACKUP_DIR / name).mkdir(parents=True)
        found.append(told(folders.backups()))

    assert [words.partition(":")[0] for (words,) in found] == ["broken", "broken", "ok"]
    assert "older than 26 hours" in found[1][0]


@pytest.mark.parametrize(("code", "is_told"), [(0, True), (1, False), (4, False)])
def test_nightly_backup_that_failed_is_told(tmp_path, monkeypatch, code, is_told):
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(
        f'#!/bin/sh\n[ "$*" = "is-failed --quiet eim-backup.service" ] && exit {code}'
    )
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert any("its copy elsewhere" in words for words in told(folders.backup_unit())) == is_told


def test_nightly_backup_is_not_asked_for_without_systemd(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert told(folders.backup_unit()) == []


def test_full_disk_is_told(own_folder, settings):
    assert wrong(folders.room()) == []
    settings.LEAST_FREE_DATA = 2**60

    assert "The disk is nearly full" in wrong(folders.room())[0]


def test_static_files_that_are_missing_or_old_are_told(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    manifest = tmp_path / static.MANIFEST
    found = [told(static.static_files())]
    manifest.write_text('{"paths": {"css/site.css": "css/site.1.css"}}')
    found.append(told(static.static_files()))
    paths = ", ".join(f'"{name}": "{name}"' for name, _path in static.source_files())
    manifest.write_text(f'{{"paths": {{{paths}}}}}')
    os.utime(manifest, (0, 0))
    found.append(told(static.static_files()))
    os.utime(manifest, (2**32, 2**32))
    found.append(told(static.static_files()))

    words = ["No style sheets were collected", "of an older version", "has changed since", "ok: "]
    assert [w in text for w, (text,) in zip(words, found, strict=True)] == [True] * 4
