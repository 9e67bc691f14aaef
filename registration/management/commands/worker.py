import logging
import signal
import time
from argparse import ArgumentParser
from collections import Counter

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from eim import clock
from registration import outbox
from registration.management.housekeeping import Housekeeping

logger = logging.getLogger(__name__)

IDLE_SECONDS = 1.5
AWAY_SECONDS = 5


class Command(BaseCommand):
    help = (
        "Sends the mails that are due, reminds, lets lapse what nobody confirmed, and erases what "
        "has had its time, until it is stopped."
    )

    is_stopping = False
    is_database_away = False
    last_fault = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Send what is due now, and stop.")

    def handle(self, *, once: bool, **options: object) -> None:
        self.housekeeping = Housekeeping()
        if once:
            self.say(self.drain())
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop)
        while not self.is_stopping:
            self.round()
            time.sleep(0 if self.is_stopping else IDLE_SECONDS)

    def say(self, counts: Counter[str]) -> None:
        self.stdout.write(
            f"{counts['sent']} sent, {counts['skipped']} no longer needed, "
            f"{counts['due']} to be tried again, {counts['failed']} failed."
        )
        if until := outbox.end_of_pause(clock.now()):
            self.stdout.write(
                "The mail server takes no e-mails now: the next attempt is made after "
                f"{until:%Y-%m-%d %H:%M:%S} UTC."
            )

    def stop(self, *_signal: object) -> None:
        """Stop after the mail that is being sent."""
        self.is_stopping = True

    def round(self) -> None:
        """Send what is due; whatever fails, try again after a while."""
        close_old_connections()
        try:
            self.drain()
        except outbox.DATABASE_AWAY as error:
            if not self.is_database_away:
                logger.error("The database is away, the worker waits: %s", error)
            self.is_database_away = True
        except Exception as error:
            # Once with its trace: the next round is in some seconds.
            trace = error if str(error) != self.last_fault else None
            logger.error("The worker could not go on, and tries again", exc_info=trace)
            self.last_fault = str(error)
        else:
            if self.is_database_away:
                logger.info("The database is back.")
            self.is_database_away, self.last_fault = False, ""
            return
        time.sleep(0 if self.is_stopping else AWAY_SECONDS)

    def drain(self) -> Counter[str]:
        self.housekeeping.do_what_is_due()
        counts: Counter[str] = Counter()
        while not self.is_stopping and (outcome := outbox.send_next()):
            counts[outcome.state] += 1
            self.housekeeping.do_what_is_due()
        return counts
