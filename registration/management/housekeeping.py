"""Do what the clock asks for, job by job: one that fails stops neither the others nor mails."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eim import clock
from eim.lib.fields.kept_uploads import discard_old_uploads
from registration import throttling
from registration.actions import empty_journal, end_letters, purge_when_due, remind, sweep
from registration.models import Heartbeat, History
from registration.outbox import DATABASE_AWAY
from registration.outbox.bounces.rounds import read_bounces
from registration.outbox.sender.health import look_up_sender

logger = logging.getLogger(__name__)

# Seconds, by the process's own clock: the machine's may be put back.
HALF_A_MINUTE, MINUTE, HOUR = 30, 60, 60 * 60
SIGN_INS_KEPT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work that is done again and again; it returns whether more of it waits."""

    name: str
    words: Promise
    every: int
    work: Callable[[], object]


def forget_old_windows() -> None:
    throttling.forget_old_windows(clock.now())


def forget_uploads() -> None:
    # By the real clock, as files have it: not by that of a rehearsal.
    discard_old_uploads(timezone.now())


def forget_sign_ins() -> None:
    """Delete sessions of staff that have ended, and after a month what is noted of sign-ins."""
    call_command("clearsessions")
    for rows in (AccessAttempt, AccessFailureLog, AccessLog):
        rows.objects.filter(attempt_time__lt=timezone.now() - SIGN_INS_KEPT).delete()


def end_letters_sent() -> None:
    end_letters()


def take_bounces() -> None:
    """Read what came back; e-mails go out before the rest of a full mailbox is read."""
    read_bounces()


def forget_deeds() -> None:
    """Delete the log of the back office, and names of organisers in histories, after their term."""
    kept = timedelta(days=settings.DEEDS_KEPT_DAYS)
    # By the real clock, as Django writes its log; histories have that of a rehearsal.
    LogEntry.objects.filter(action_time__lt=timezone.now() - kept).delete()
    old = History.objects.exclude(actor=None).filter(happened_at__lt=clock.now() - kept)
    old.update(actor=None)
    call_command("forget_invitations", stdout=StringIO())


def remind_some() -> bool:
    """Write reminders to some people; return whether others may be left."""
    return remind() > 0


JOBS = [
    Job(name="lapses", words=_("overdue places"), every=HALF_A_MINUTE, work=sweep),
    Job(name="reminders", words=_("reminders"), every=MINUTE, work=remind_some),
    Job(name="letters", words=_("letters"), every=HALF_A_MINUTE, work=end_letters_sent),
    Job(name="limits", words=_("old counts of the limits"), every=HOUR, work=forget_old_windows),
    Job(name="erasures", words=_("erasure of personal data"), every=HOUR, work=purge_when_due),
    Job(name="uploads", words=_("old uploads"), every=HOUR, work=forget_uploads),
    Job(name="sign-ins", words=_("old sign-ins"), every=HOUR, work=forget_sign_ins),
    Job(name="deeds", words=_("old deeds of organisers"), every=HOUR, work=forget_deeds),
    Job(name="bounces", words=_("e-mails that come back"), every=2 * MINUTE, work=take_bounces),
    Job(name="sender", words=_("health of the sender"), every=HOUR, work=look_up_sender),
    Job(name="journal", words=_("journal of the database"), every=HOUR, work=empty_journal),
]


class Housekeeping:
    """The jobs of one worker: when each is due next, and what came of it."""

    def __init__(self) -> None:
        self.due_at: dict[str, float] = {}
        self.failing: set[str] = set()
        self.unreported: dict[str, Heartbeat] = {}
        self.next_report = 0.0

    def do_what_is_due(self) -> None:
        """Do each due job, and report about every half minute. Raises if the database is away."""
        for job in JOBS:
            if time.monotonic() >= self.due_at.get(job.name, 0):
                self.due_at[job.name] = time.monotonic() + self.wait_after(job)
        if time.monotonic() >= self.next_report:
            if not self.next_report:
                forget_other_jobs()
            self.report()
            self.next_report = time.monotonic() + HALF_A_MINUTE

    def wait_after(self, job: Job) -> float:
        """Do the job; return the seconds until it is due again."""
        try:
            more = job.work()
        except Exception as error:
            self.note_failure(job, error)
            return job.every
        self.failing.discard(job.name)
        now = timezone.now()
        self.unreported[job.name] = Heartbeat(name=job.name, succeeded_at=now)
        return 0 if more is True else job.every

    def note_failure(self, job: Job, error: Exception) -> None:
        """Log a job that failed, the first time with its trace. Raises if the database is away."""
        if isinstance(error, DATABASE_AWAY) and not is_database_there():
            raise error
        is_new = job.name not in self.failing
        logger.error("Housekeeping failed: %s", job.name, exc_info=error if is_new else None)
        self.failing.add(job.name)
        self.unreported[job.name] = Heartbeat(name=job.name, failed_at=timezone.now())

    def report(self) -> None:
        """Write that the worker is alive, and what came of its jobs."""
        alive = Heartbeat(name=Heartbeat.WORKER, succeeded_at=timezone.now())
        rows = [alive, *self.unreported.values()]
        for field in ("succeeded_at", "failed_at"):
            Heartbeat.objects.bulk_create(
                [row for row in rows if getattr(row, field)],
                update_conflicts=True,
                unique_fields=["name"],
                update_fields=[field],
            )
        self.unreported.clear()


def forget_other_jobs() -> None:
    """Delete what is noted of jobs that this version does not have."""
    known = [Heartbeat.WORKER, *(job.name for job in JOBS)]
    Heartbeat.objects.exclude(name__in=known).delete()


def is_database_there() -> bool:
    """Return whether the database answers, so that an error of it is the job's."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
