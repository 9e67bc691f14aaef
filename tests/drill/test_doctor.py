"""`manage.py doctor` names each fault of a whole site, gunicorn behind nginx with TLS."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django_otp.plugins.otp_totp.models import TOTPDevice
from time_machine import escape_hatch

from eim.backups.folders import MOMENT
from programme.models import Meeting
from registration.models import Heartbeat
from tests import factories, nginx
from tests.monitoring import name_server
from tests.monitoring.test_sender_records import DKIM, DOMAIN, RIGHT, SPF
from tests.monitoring.web_server import certificate_in
from tests.registration import mail_server
from tests.registration.site import MANAGE, PATIENCE, database_url, running

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not nginx.NGINX, reason=nginx.MISSING),
]

# Seconds of a whole run, of which a mail server that hangs takes five; a busy machine takes more.
LONGEST = 40
ADDRESS = "ana@museo.example"


@dataclass(kw_only=True)
class House:
    """Everything that a site needs, and the variables with which it runs."""

    environment: dict
    proxy: nginx.Proxy
    records: name_server.NameServer
    inbox: mail_server.Inbox
    backups: os.PathLike

    def doctor(self, **changes):
        """Return the exit code and the lines of a run with some variables changed."""
        command = [sys.executable, MANAGE, "doctor", "--selector=s1", f"--mail={ADDRESS}"]
        command.append(f"--name-server={self.records.address}")
        run = subprocess.run(
            command,
            env=self.environment | changes,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
        assert run.stderr == ""
        return run.returncode, run.stdout.splitlines()

    @contextmanager
    def proxy_with(self, **lines):
        """Have nginx run with other lines for a while."""
        right = text = self.proxy.file.read_text()
        for line, changed in lines.items():
            assert line in text
            text = text.replace(line, changed)
        self.reload_proxy(text)
        yield
        self.reload_proxy(right)

    def reload_proxy(self, text):
        self.proxy.file.write_text(text)
        os.kill(self.proxy.pid, signal.SIGHUP)
        time.sleep(1)


def real_now():
    """Return the moment by which the processes run: the test's own clock is another."""
    return datetime.fromtimestamp(escape_hatch.time.time(), UTC)


@pytest.fixture
def house(meeting, tmp_path):
    """Have a site with nothing wrong."""
    Meeting.objects.update(privacy_notice="Words of the organisers.")
    for name in ("ana", "luis"):
        chief = factories.user(username=name, is_superuser=True)
        TOTPDevice.objects.create(user=chief, name="phone", confirmed=True)
    # For longer than the drill takes: Heartbeat.is_silent allows for three minutes.
    Heartbeat.objects.create(name=Heartbeat.WORKER, succeeded_at=real_now() + timedelta(minutes=2))
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    backups = folder / "backups"
    (backups / real_now().strftime(MOMENT)).mkdir(parents=True)
    port = mail_server.free_port()
    proxy = nginx.Proxy(tmp_path, port)
    certificate = certificate_in(tmp_path, days=400)
    secure = f"ssl;\n    ssl_certificate {certificate};\n    ssl_certificate_key {certificate};\n"
    listen = f"listen 127.0.0.1:{proxy.port}"
    proxy.file.write_text(proxy.file.read_text().replace(f"{listen};\n", f"{listen} {secure}"))
    with name_server.answering(dict(RIGHT)) as records, mail_server.inbox() as inbox:
        environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "of-the-drill-" + "x1y2z3" * 10,
            "ALLOWED_HOSTS": "localhost",
            "SITE_URL": f"https://localhost:{proxy.port}",
            "TRUSTED_PROXY_COUNT": "1",
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(folder),
            "BACKUP_DIR": str(backups),
            "STATIC_ROOT": str(tmp_path / "static"),
            "MAIL_URL": inbox.url,
            "DEFAULT_FROM_EMAIL": f"Encuentro <eim@{DOMAIN}>",
            "ADMINS": f"ana@{DOMAIN}",
            "PORT": str(port),
            "WEB_CONCURRENCY": "1",
            "SSL_CERT_FILE": str(certificate),
        }
        collect = [sys.executable, MANAGE, "collectstatic", "--noinput", "--verbosity=0"]
        subprocess.run(collect, env=environment, check=True)
        with running(environment, tmp_path, ["web"]), nginx_running(proxy):
            nginx.wait_for(port)
            yield House(
                environment=environment,
                proxy=proxy,
                records=records,
                inbox=inbox,
                backups=backups,
            )


@contextmanager
def nginx_running(proxy):
    process = subprocess.Popen(proxy.command)
    proxy.pid = process.pid
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def records_without(house, key):
    kept = house.records.records.pop(key)
    yield
    house.records.records[key] = kept


@contextmanager
def silent_name_server(house):
    house.records.unwell = name_server.SILENT
    yield
    house.records.unwell = ""


@contextmanager
def denied_letters(house):
    house.inbox.answers["RCPT"] = "550 5.7.1 relaying denied"
    yield
    house.inbox.answers.clear()


@contextmanager
def migration_to_be_done():
    def run(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    [(_app, name)] = MigrationLoader(connection).graph.leaf_nodes("registration")
    last = f"name = '{name}'"
    run(f"UPDATE django_migrations SET app = 'gone' WHERE {last}")
    yield
    run(f"UPDATE django_migrations SET app = 'registration' WHERE {last}")


@contextmanager
def rows_with(rows, **facts):
    """Have rows with other values for a while."""
    before = {row.pk: {name: getattr(row, name) for name in facts} for row in rows}
    rows.model.objects.filter(pk__in=before).update(**facts)
    yield
    for key, values in before.items():
        rows.model.objects.filter(pk=key).update(**values)


@contextmanager
def old_backup(house):
    (there,) = house.backups.iterdir()
    old = there.rename(house.backups / "2026-01-01T033000Z")
    yield
    old.rename(there)


@contextmanager
def server_that_hangs(house):
    """Take connections, and say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


def faults_in(house):
    """Yield each fault: a name, what puts it in, changed variables, and words of its sentence."""
    lines = house.proxy_with
    appended = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
    scheme = "proxy_set_header X-Forwarded-Proto $eim_scheme;"
    upstream = f"server 127.0.0.1:{house.environment['PORT']}"
    chiefs = User.objects.filter(is_superuser=True)
    worker = Heartbeat.objects.filter(name=Heartbeat.WORKER)
    long_ago = real_now() - timedelta(hours=3)
    yield None, {"MAIL_URL": ""}, "MAIL_URL is not set"
    yield None, {"ALLOWED_HOSTS": "museums.test"}, "ALLOWED_HOSTS does not have localhost"
    yield None, {"SECRET_KEY": "y" * 20 + "z1" * 20}, "started with another SECRET_KEY"
    yield None, {"TRUSTED_PROXY_COUNT": "2"}, "The site runs with another TRUSTED_PROXY_COUNT"
    yield None, {"SSL_CERT_FILE": "/dev/null"}, "The certificate of https://localhost"
    yield None, {"STATIC_ROOT": "/proc/none"}, "No style sheets were collected in /proc/none"
    yield None, {"DATA_DIR": "/proc/nowhere"}, "/proc/nowhere is not there"
    no_place = {"DATA_DIR": "/proc/nowhere", "DATABASE_URL": ""}
    yield None, no_place, "There is no database yet (/proc/nowhere/"
    yield None, {"SITE_URL": f"https://localhost:{mail_server.free_port()}"}, "cannot be reached"
    yield lines(**{appended: "proxy_set_header X-Forwarded-For $http_x;"}), {}, "but 0 proxies tell"
    yield lines(**{scheme: ""}), {}, "does not learn that visitors come by https"
    yield lines(**{"Host $host;": "Host upstream;"}), {}, "passes the host name “upstream”"
    yield lines(**{upstream: "server 127.0.0.1:1"}), {}, "the proxy does not reach the site"
    yield records_without(house, SPF), {}, "SPF of encuentro.museums.test is missing"
    yield records_without(house, DKIM), {}, "DKIM at s1._domainkey"
    yield silent_name_server(house), {}, "No name server answers"
    yield denied_letters(house), {}, "550 5.7.1 relaying denied"
    yield migration_to_be_done(), {}, "Migrations are to be done: 1"
    yield rows_with(worker, succeeded_at=long_ago), {}, "The worker has not reported since"
    yield rows_with(chiefs, is_superuser=False), {}, "No account has every right"
    yield old_backup(house), {}, "The newest backup is of 2026-01-01"


def test_doctor_finds_nothing_wrong_with_a_right_site_and_sends_a_letter(house):
    code, lines = house.doctor()

    wrong = [line for line in lines if line.startswith(("broken", "to look at"))]
    assert [line for line in wrong if "runs as root" not in line] == []
    assert code == 0
    assert house.inbox.mails[0]["To"] == ADDRESS


def test_doctor_names_each_of_twenty_faults(house):
    unnamed = {}
    for fault, changes, words in faults_in(house):
        if fault is None:
            code, lines = house.doctor(**changes)
        else:
            with fault:
                code, lines = house.doctor(**changes)
        named = [line for line in lines if words in line and not line.startswith("ok")]
        is_grave = any(line.startswith("broken") for line in named)
        if not named or code != is_grave:
            unnamed[words] = (code, lines)

    assert unnamed == {}


def test_servers_that_hang_are_told_in_time_and_stop_nothing_else(house):
    with server_that_hangs(house) as port:
        _code, lines = house.doctor(
            MAIL_URL=f"smtp://127.0.0.1:{port}",
            DATABASE_URL=f"postgresql://eim:hidden@127.0.0.1:{port}/eim",
            SITE_URL=f"https://localhost:{port}",
        )

    grave = [line.split()[1] for line in lines if line.startswith("broken")]
    assert grave == ["database", "mail", "site"]
    assert "hidden" not in "".join(lines)
    assert len([line for line in lines if line.startswith("ok")]) > 5


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets everybody read.")
def test_database_that_lets_nobody_read_its_migrations_is_given_up_in_time(house):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE django_migrations")
        code, lines = house.doctor()

    (told, *_more) = [line for line in lines if line.split()[:2] == ["broken", "database"]]
    assert "This check itself failed" in told
    assert code == 1
    # What needs no rows is looked at all the same.
    assert len([line for line in lines if line.startswith("ok")]) > 5
