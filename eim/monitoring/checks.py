"""Check one by one what must be well for the site to run, without personal data."""

import os
import re
import tempfile
import threading
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from shutil import disk_usage
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from eim import clock
from eim.backups import last_backup
from eim.lib.uploads.folder import FolderStorage
from eim.lib.uploads.storage import upload_storage
from registration.management.housekeeping import JOBS
from registration.models import Heartbeat, Message, Relay

# What is said of one thing; "ok" says whether it is well.
type Check = dict[str, object]

# RFC 5321 and 3463: what an answer of a mail server begins with. Its words may be about anybody.
CODES = re.compile(r"\d{3}\b(?:[ -]\d\.\d{1,3}\.\d{1,3}\b)?")

# Set once the tables are those of this version: to ask the files each time costs 20 ms.
known_as_migrated = threading.Event()
# Seconds for which an answer of the object storage counts.
ANSWER_KEPT = 30


def named_checks() -> dict[str, Check]:
    """Return all checks by name; of a database that does not answer, no more than that."""
    has_rows = is_database_fine()
    checks: dict[str, Check] = {"database": {"ok": has_rows}, "disk": disk(), "backup": backup()}
    checks |= object_storage()
    return checks | (checks_of_rows() if has_rows else {})


def is_database_fine() -> bool:
    """Return whether the database answers and its tables are those of this version."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return is_migrated()
    except DatabaseError:
        return False


def is_migrated() -> bool:
    if known_as_migrated.is_set():
        return True
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    known_as_migrated.set()
    return True


def checks_of_rows() -> dict[str, Check]:
    now = timezone.now()
    try:
        beats = {beat.name: beat for beat in Heartbeat.objects.all()}
        worker = beats.get(Heartbeat.WORKER) or Heartbeat(name=Heartbeat.WORKER)
        # Rows of jobs that another version had count no more.
        jobs = [beats[job.name] for job in JOBS if job.name in beats]
        return mail_checks(clock.now()) | {
            "worker": {
                "ok": not worker.is_silent(now),
                "seconds_since_report": seconds_since(worker.succeeded_at, now),
            },
            "housekeeping": housekeeping(jobs, now),
        }
    except DatabaseError:
        return {"database": {"ok": False}}


def housekeeping(beats: list[Heartbeat], now: datetime) -> Check:
    """Tell when each job of this version was last done, and which fail."""
    failing = [beat.name for beat in beats if beat.has_failed]
    return {
        "ok": not failing,
        "seconds_since_success": {
            beat.name: seconds_since(beat.succeeded_at, now) for beat in beats
        },
        "failing": failing,
    }


def mail_checks(now: datetime) -> dict[str, Check]:
    """Tell whether mails go out, and how many wait: more than a day's are a backlog."""
    relay, due = Relay.known(), Message.objects.due(now).count()
    late = Message.objects.late(now).exists()
    waits = Message.objects.unsent().waits()
    return {
        "mail": {
            "ok": not (relay.is_failing or late),
            "seconds_since_oldest": seconds_since(waits.since, now),
            "refusals_in_a_row": relay.refusals,
            "seconds_since_refusal": seconds_since(relay.refused_at, now),
            "fault": relay.fault,
            "codes": codes_of(relay.answer),
            "paused": relay.is_paused(now),
        },
        "backlog": {"ok": due <= settings.MAILS_PER_DAY, "due": due, "unsent": waits.count},
    }


def codes_of(answer: str) -> str:
    """Return the code numbers of a mail server's answer; empty if the machine itself said it."""
    codes = CODES.match(answer)
    return codes[0] if codes else ""


def disk() -> Check:
    """Tell the free bytes of the folders that this process writes to."""
    folders = {"data": settings.DATA_DIR, "temporary": Path(tempfile.gettempdir())}
    if is_uploads_folder():
        folders["uploads"] = settings.MEDIA_ROOT
    free = {name: free_bytes(folder) for name, folder in folders.items()}
    least = {"temporary": settings.LEAST_FREE_TEMPORARY}
    return {
        "ok": all(free[name] >= least.get(name, settings.LEAST_FREE_DATA) for name in free),
        "free_bytes": free,
    }


def is_uploads_folder() -> bool:
    return isinstance(upload_storage(), FolderStorage)


def object_storage() -> dict[str, Check]:
    """Tell whether the object storage answers; nothing where uploads are in a folder."""
    if is_uploads_folder():
        return {}
    return {"object_storage": {"ok": storage_answers(int(monotonic() // ANSWER_KEPT))}}


@lru_cache(maxsize=1)
def storage_answers(_period: int) -> bool:
    """Ask the object storage, at most once in a period: monitors ask often, and from outside."""
    return upload_storage().is_reachable()


def free_bytes(folder: Path) -> int:
    """Return what is free where the folder is, or will be."""
    there = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    return disk_usage(there).free


def backup() -> Check:
    """Tell the age of the newest backup; it fails only where BACKUP_DIR promises some."""
    now = timezone.now()
    try:
        made_at = last_backup()
    except OSError:
        # A disk that is not there, or a folder of somebody else.
        made_at = None
    oldest = now - timedelta(hours=settings.BACKUP_HOURS)
    is_young = made_at is not None and made_at >= oldest
    return {
        "ok": is_young or not settings.ARE_BACKUPS_EXPECTED,
        "expected": settings.ARE_BACKUPS_EXPECTED,
        "seconds_since_backup": seconds_since(made_at, now),
    }


def seconds_since(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else round((now - moment).total_seconds())
