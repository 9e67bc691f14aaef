"""Tell load balancers whether this process can serve, and monitors whether all is well.

Health checks are answered by `eim.middleware.health`, before hosts are checked.
"""

import re
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from shutil import disk_usage

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eim import clock
from programme.decorators import machine
from registration.management.housekeeping import JOBS
from registration.models import Heartbeat, Message, Relay

# What is said of one thing; "ok" says whether it is well.
type Check = dict[str, object]

# RFC 5321 and 3463: what an answer of a mail server begins with. Its words may be about anybody.
CODES = re.compile(r"\d{3}\b(?:[ -]\d\.\d{1,3}\.\d{1,3}\b)?")

# Set once the tables are those of this version: to ask the files each time costs 20 ms.
known_as_migrated = threading.Event()


@machine
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer if the process does."""
    return HttpResponse("ok", content_type="text/plain")


@machine
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Tell whether the database answers and is migrated: a load balancer asks nothing else."""
    if is_database_fine():
        return HttpResponse("ok", content_type="text/plain")
    return unlogged(HttpResponse("not ready", content_type="text/plain", status=503))


@machine
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Tell monitors what is well and what is not, without personal data."""
    has_rows = is_database_fine()
    checks: dict[str, Check] = {"database": {"ok": has_rows}, "disk": disk()}
    checks |= checks_of_rows() if has_rows else {}
    is_fine = all(check["ok"] for check in checks.values())
    body = {"ok": is_fine, "checks": checks}
    return unlogged(JsonResponse(body, status=200 if is_fine else 503))


def unlogged(response: HttpResponse) -> HttpResponse:
    """Keep Django from logging an error for each question of a monitor."""
    vars(response)["_has_been_logged"] = True
    return response


# Address and view: nothing here needs a host, a session or a language.
CHECKS: dict[str, Callable[..., HttpResponse]] = {
    "healthz": healthz,
    "readyz": readyz,
    "status": status,
}


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
    free = {
        "data": free_bytes(settings.DATA_DIR),
        "uploads": free_bytes(settings.MEDIA_ROOT),
        "temporary": free_bytes(Path(tempfile.gettempdir())),
    }
    least = {"temporary": settings.LEAST_FREE_TEMPORARY}
    return {
        "ok": all(free[name] >= least.get(name, settings.LEAST_FREE_DATA) for name in free),
        "free_bytes": free,
    }


def free_bytes(folder: Path) -> int:
    """Return what is free where the folder is, or will be."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return disk_usage(there).free


def seconds_since(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else round((now - moment).total_seconds())
