"""An operator follows docs/operating.md on a bare Debian: what it says is what happens."""

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from tests import manual
from tests.drill.machines import DEBOOTSTRAP, Debian, codename, run

# Debian 12 and 13; DEBIAN=trixie tries another one than this machine's.
DEBIANS = ("bookworm", "trixie")
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="namespaces of a machine are root's to make"),
    pytest.mark.skipif(not DEBOOTSTRAP, reason="debootstrap is missing"),
    pytest.mark.skipif(codename() not in DEBIANS, reason="the manual is for Debian 12 and 13"),
]

OLD, NEW = "v1.4.0", "v1.5.0"
# The manual's name of a backup, and its moment to which a database goes back.
BACKUP, MOMENT = "2026-11-29T033000Z", "2026-11-29 18:00:00+00"
# What stands in the manual for what only the operator knows, or is asked for by a terminal.
IN_PLACE_OF = {
    "<this repository>": "/mnt/repository",
    "museums@elsewhere.example:": "/mnt/elsewhere/",
    "createsuperuser": "createsuperuser --noinput --email ana@museums.example",
}
# What the operator types into `.env`, as expressions of sed: at first, and to move to PostgreSQL.
SETTINGS = r"""
s|^MAIL_URL=.*|MAIL_URL=smtp://localhost|
s|^#BACKUP_DIR=.*|BACKUP_DIR=var/backups|
s|^#ADMINS=|ADMINS=ana@museums.example|
s|^#TRUSTED_PROXY_COUNT=.*|TRUSTED_PROXY_COUNT=1|
"""
POSTGRESQL = "s|^#DATABASE_URL=.*|DATABASE_URL=postgresql://eim@//run/postgresql/eim|\n"
EDITOR = '#!/bin/sh\nexec sed --in-place --file /root/typed "$1"\n'
# Each restore raises the meeting's version, and a worker reports every half minute.
MOVING = ("programme_meeting", "registration_heartbeat", "registration_senderhealth")
ASK = "curl --silent --show-error"
MANAGE = "sudo -u eim .venv/bin/python manage.py"
UNSAFE = rf"{MANAGE} check --deploy 2>&1 | grep --only-matching '\w*\.[EW][0-9]*' | sort"
# Notes the status of one answer of the site after the other, until it is stopped.
TRAFFIC = """
while :; do
  curl --silent --output /dev/null --write-out '%{http_code}\\n' \\
    --header 'Host: museums.example' --header 'X-Forwarded-Proto: https' 127.0.0.1:8000/es/sede/
  sleep 0.05
done >> /root/traffic
"""
# A migration that only the newer version has.
MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("eim", "{last}")]
    operations = [migrations.RunSQL("CREATE TABLE newer (id integer)", "DROP TABLE newer")]
"""


def make_repository(folder):
    """Make a repository of the files that are here, with two releases."""
    names = run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=settings.BASE_DIR
    )
    for name in filter(lambda name: (settings.BASE_DIR / name).is_file(), names.splitlines()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.BASE_DIR / name, folder / name)
    run(["git", "init", "--quiet"], cwd=folder)
    release(folder, OLD)
    migrations = folder / "eim" / "migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9999_newer.py").write_text(MIGRATION.format(last=last))
    release(folder, NEW)


def release(repository, tag):
    project = repository / "pyproject.toml"
    project.write_text(re.sub(r"(?m)^version = .*", f'version = "{tag[1:]}"', project.read_text()))
    somebody = ["-c", "user.name=Ana", "-c", "user.email=ana@museums.example"]
    run(["git", "add", "--all"], cwd=repository)
    run(["git", *somebody, "commit", "--quiet", "--message", tag], cwd=repository)
    run(["git", "tag", tag], cwd=repository)


class Operator:
    """Follows the steps of the manual on one machine after the other."""

    def __init__(self, debian):
        self.debian = debian
        self.steps = manual.steps()
        self.followed = set()
        self.machine = None
        # What stands for the manual's moment; backups are named by theirs.
        self.moment = MOMENT

    def take(self, *, typing=SETTINGS):
        """Take a new machine; the one before is gone."""
        if self.machine:
            self.machine.destroy()
        self.machine = self.debian.boot()
        self.machine.write("/usr/local/bin/editor", EDITOR)
        self.run("chmod 755 /usr/local/bin/editor")
        self.type(typing)

    def type(self, expressions):
        self.machine.write("/root/typed", expressions)

    def commands(self, step):
        self.followed.add(step)
        commands = self.steps[step]
        for words, others in IN_PLACE_OF.items():
            commands = commands.replace(words, others)
        return commands.replace(MOMENT, self.moment)

    def follow(self, *steps, backup=BACKUP):
        for step in steps:
            self.run(self.commands(step).replace(BACKUP, backup), typed="yes\n")

    def run(self, commands, typed=""):
        return self.machine.run(commands, typed)

    def status(self):
        """Return what a monitor is told, once the worker has reported."""
        return json.loads(self.run(f"sleep 3; {ASK} http://127.0.0.1:8000/status"))

    def newest_backup(self):
        return self.run("ls /srv/eim/var/backups").split()[-1]

    def back_up(self):
        """Back up as the manual says, and return the backup's name and what is in it."""
        self.follow("back up")
        name = self.newest_backup()
        return name, self.manifest(name)

    def manifest(self, name):
        return json.loads(self.machine.read(f"/srv/eim/var/backups/{name}/manifest.json"))


def contents(manifest):
    """Return the rows of each table and their sums: what is as it was after a restore."""
    tables = manifest["tables"].items()
    return {name: (table["rows"], table["sum"]) for name, table in tables if name not in MOVING}


@pytest.fixture
def debian():
    # In memory: packages are unpacked in half the time.
    folder = Path(tempfile.mkdtemp(prefix="eim-operating-", dir="/dev/shm"))
    try:
        yield Debian(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def operator(debian):
    """Return an operator at a bare Debian with the packages of the manual."""
    packages = debian.shared / "packages"
    requirements = settings.BASE_DIR / "requirements.txt"
    get = ["pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    run([sys.executable, "-m", *get, "--requirement", requirements, "--dest", packages])
    (debian.shared / "elsewhere/eim").mkdir(parents=True)
    make_repository(debian.shared / "repository")
    operator = Operator(debian)
    debian.follow(operator.commands("packages"))
    debian.put_python()
    # The machines reach nothing.
    debian.follow("apt-get install --download-only postgresql caddy")
    yield operator
    if operator.machine:
        operator.machine.destroy()


def test_the_manual_leads_from_a_bare_debian_to_the_same_site_on_another(operator):
    install(operator)
    rehearse(operator)
    update_and_go_back(operator)
    backup, before = lose_the_machine(operator)
    assert contents(restore_on_another(operator, backup)) == contents(before)
    assert contents(move_to_postgresql(operator)) == contents(before)
    go_back_in_time(operator)

    assert operator.followed == set(operator.steps)


def install(operator):
    operator.take()
    operator.follow("code", "settings", "tables", "processes")
    operator.follow("nginx", "trial certificate", "encryption", "logs")
    operator.follow("every night", "elsewhere", "caddy", "personal data")
    assert operator.status()["ok"]
    # Its name is the example's: the site's, and that of its sender.
    assert operator.run(f"cd /srv/eim; {UNSAFE}").split() == ["eim.W003", "eim.W008"]
    assert operator.run("find /srv/eim -user eim -not -path '/srv/eim/var*'") == ""


def rehearse(operator):
    operator.follow("rehearsal", backup=operator.newest_backup())
    page = operator.run("curl --fail --silent --retry 10 --retry-connrefused 127.0.0.1:8010/es/")
    assert "Ensayo: el reloj de este sitio" in page
    operator.run("systemctl stop rehearsal")


def update_and_go_back(operator):
    operator.machine.write("/root/traffic.sh", TRAFFIC)
    operator.run("systemd-run --unit traffic bash /root/traffic.sh")
    operator.follow("update")
    operator.run("systemctl stop traffic")
    assert set(operator.machine.read("/root/traffic").split()) == {"200"}
    before = operator.newest_backup()
    assert operator.manifest(before)["version"] == OLD[1:]
    _name, updated = operator.back_up()
    assert updated["version"] == NEW[1:]

    operator.follow("go back", backup=before)

    _name, back = operator.back_up()
    assert (back["version"], contents(back)) == (OLD[1:], contents(operator.manifest(before)))


def lose_the_machine(operator):
    """Take a machine's power away after its nightly backup, and return that backup."""
    operator.follow("restore", backup=operator.newest_backup())
    operator.run(f"cd /srv/eim; {MANAGE} freeze var/editions/11")
    operator.run("systemctl start eim-backup.service")
    name = operator.newest_backup()
    before = operator.manifest(name)
    operator.take()
    return name, before


def restore_on_another(operator, backup):
    operator.follow("code", "new machine", "new tables", "processes", "every night", backup=backup)
    operator.follow("nginx", "trial certificate", "encryption")
    copied, there = (
        set(operator.run(f"ls {folder}").split())
        for folder in ("/mnt/elsewhere/eim/backups", "/srv/eim/var/backups")
    )
    # The first copy elsewhere with --delete would remove the others there.
    assert copied <= there
    assert "Copia archivada" in operator.run(f"{ASK} https://museums.example/11/es/")
    return operator.back_up()[1]


def move_to_postgresql(operator):
    operator.follow("postgresql")
    operator.type(POSTGRESQL)
    operator.run("systemctl stop eim-web eim-worker")
    operator.follow("move", backup=operator.back_up()[0])
    operator.follow("locks")
    name, moved = operator.back_up()
    assert moved["database"] == "postgresql"
    return moved


def go_back_in_time(operator):
    operator.follow("archive")
    operator.run(
        f"cd /srv/eim; {MANAGE} createsuperuser --noinput --username berta --email b@x.example"
    )
    operator.moment = operator.run("sleep 1; date '+%F %T.%N%:z'; sleep 1").strip()
    operator.run(
        f"cd /srv/eim; {MANAGE} createsuperuser --noinput --username clara --email c@x.example"
    )
    operator.follow("point in time")
    asked = "SELECT string_agg(username, ' ' ORDER BY username) FROM auth_user"
    assert (
        operator.run(f"cd /; sudo -u eim psql --tuples-only --no-align --command {asked!r}")
        == "ana berta\n"
    )
    assert operator.status()["ok"]
