import logging
import signal
import time
from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from eim import clock
from eim.lib.fields.kept_uploads import discard_old_uploads
from registration import outbox, throttling
from registration.actions import empty_journal, purge_when_due, remind, sweep

logger = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(seconds=30)
REMIND_EVERY = timedelta(minutes=1)
FORGET_EVERY = timedelta(hours=1)
SIGN_INS_KEPT = timedelta(days=30)
IDLE_SECONDS = 1.5
AWAY_SECONDS = 5


def forget_sign_ins(now: datetime) -> None:
    """Delete sessions of staff that have ended, and after a month what is noted of sign-ins."""
    call_command("clearsessions")
    for rows in (AccessAttempt, AccessFailureLog, AccessLog):
        rows.objects.filter(attempt_time__lt=now - SIGN_INS_KEPT).delete()


class Command(BaseCommand):
    help = (
        "Sends the mails that are due, reminds, lets lapse what nobody confirmed, and erases what "
        "has had its time, until it is stopped."
    )

    is_stopping = False
    is_database_away = False
    next_sweep = next_reminding = next_forgetting = datetime.min.replace(tzinfo=UTC)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Send what is due now, and stop.")

    def handle(self, *, once: bool, **options: object) -> None:
        if once:
            counts = self.drain()
            self.stdout.write(
                f"{counts['sent']} sent, {counts['skipped']} no longer needed, "
                f"{counts['due']} to be tried again, {counts['failed']} failed."
            )
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop)
        while not self.is_stopping:
            self.round()
            time.sleep(0 if self.is_stopping else IDLE_SECONDS)

    def stop(self, *_signal: object) -> None:
        """Stop after the mail that is being sent."""
        self.is_stopping = True

    def round(self) -> None:
        close_old_connections()
        try:
            self.drain()
        except outbox.DATABASE_AWAY as error:
            if not self.is_database_away:
                logger.error("The database is away, the worker waits: %s", error)
            self.is_database_away = True
            time.sleep(0 if self.is_stopping else AWAY_SECONDS)
            return
        if self.is_database_away:
            logger.info("The database is back.")
        self.is_database_away = False

    def keep_house(self) -> None:
        now = clock.now()
        if now >= self.next_sweep:
            sweep()
            self.next_sweep = now + SWEEP_EVERY
        if now >= self.next_reminding:
            # Without a pause while people are left: one call writes to AT_ONCE of them at most.
            self.next_reminding = now if remind() else now + REMIND_EVERY
        if now >= self.next_forgetting:
            throttling.forget_old_windows(now)
            purge_when_due()
            # By the real clock, as files have it: not by that of a rehearsal.
            discard_old_uploads(timezone.now())
            forget_sign_ins(timezone.now())
            empty_journal()
            self.next_forgetting = now + FORGET_EVERY

    def drain(self) -> Counter[str]:
        self.keep_house()
        counts: Counter[str] = Counter()
        while not self.is_stopping and (outcome := outbox.send_next()):
            counts[outcome.state] += 1
            self.keep_house()
        return counts
