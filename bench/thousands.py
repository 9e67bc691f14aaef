"""Measure what docs/scaling.md multiplies: one viewer, one e-mail, one person's rows."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from django.conf import settings
from django.db import connection

from bench import harness, load
from bench.costs import open_sample
from bench.environment import scaled
from bench.report import Figure
from eim.backups.writing import write_backup
from registration import actions
from registration.models import Message, Registration
from tests import nginx
from tests.registration.helpers import sign_up
from tests.registration.site import MANAGE, environment

PEOPLE = 1000
LIVE_DAY = "2026-11-19T10:15-05:00"
LOOKED_AT = {
    "the live page": "/es/en-vivo/",
    "what open live pages poll": "/live/state.json",
    "the programme": "/es/programa/",
}


def thousands() -> Iterator[Figure]:
    [seat, _other] = open_sample()
    yield from viewers()
    before = bytes_of_database()
    people = [sign_up(seat, n=number) for number in range(scaled(PEOPLE))]
    yield mails(len(people), "that ask to confirm")
    for person in people:
        actions.confirm(person.pk, person.link_version)
    yield mails(len(people), "that confirm, with calendar and pass")
    each = (bytes_of_database() - before) / len(people)
    yield Figure(
        what="rows and indexes of a person with two e-mails", value=f"{each / 1000:.1f} kB"
    )
    yield backup()


def viewers() -> Iterator[Figure]:
    if not (nginx.NGINX and load.is_installed()):
        yield Figure(what="behind nginx", value=f"{nginx.MISSING}; {load.MISSING}")
        return
    with harness.site("web", CLOCK=LIVE_DAY) as running_site:
        harness.wait_for(running_site.port, "/healthz")
        with harness.behind_nginx(running_site) as proxy:
            front = SimpleNamespace(port=proxy.port, running={"web": proxy})
            for what, path in LOOKED_AT.items():
                headers, body = load.fetch(proxy.port, path)
                size = len(str(headers)) + len(body)
                found = load.load_on(front, path)  # type: ignore[arg-type]
                yield Figure(what=f"nginx: {what}", value=f"{found} of nginx; {size / 1000:.1f} kB")


def mails(count: int, what: str) -> Figure:
    """Let one worker send what is due to a mail server that takes it at once."""
    due = Message.objects.filter(state="due").count()
    with harness.mail_sink() as sink:
        used, start = cpu_of_children(), time.perf_counter()
        variables = environment(sink, settings.DATA_DIR, DEBUG="")
        subprocess.run([sys.executable, MANAGE, "worker", "--once"], env=variables, check=True)
        seconds, cpu = time.perf_counter() - start, cpu_of_children() - used
    value = f"{due} in {seconds:.0f} s: {due / seconds:.0f}/s, {1000 * cpu / due:.0f} ms CPU"
    return Figure(what=f"one worker, {count} e-mails {what}", value=value)


def cpu_of_children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bytes_of_database() -> int:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(settings.DATABASES["default"]["NAME"]).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def backup() -> Figure:
    people = Registration.objects.count()
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        made = write_backup(Path(folder))
        seconds = time.perf_counter() - start
        size = sum(file.stat().st_size for file in made.folder.rglob("*") if file.is_file())
    value = f"{seconds:.1f} s, {size / 1e6:.2f} MB"
    return Figure(what=f"a backup with {people} people, without uploads", value=value)
