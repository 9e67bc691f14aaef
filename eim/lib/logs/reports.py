"""Mail errors to the people who look after the machines, seldom and without personal data."""

import fcntl
import logging
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTPException
from typing import TextIO

from django.conf import settings
from django.core.mail import mail_admins

from eim.lib.logs import without_secrets
from eim.lib.logs.request_ids import request_id

logger = logging.getLogger(__name__)

HOUR, MINUTE = 60 * 60, 60
# Seconds that the end of a process waits for a report on its way.
LONGEST_REPORT = 15
FRAMES = 15
SUBJECT = 80


class AdminReports(logging.Handler):
    """Mail an error to ADMINS: one an hour from all processes of the machine; the log has all.

    A record with `is_report` is mailed too, whatever its level. Nothing of a request is told but
    its path, and of an exception only its type and place: its words may be about a person.
    """

    def __init__(self) -> None:
        super().__init__()
        self.thread: threading.Thread | None = None
        self.next_try = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep out what strangers can cause at will, such as requests for another host."""
        is_wanted = record.levelno >= logging.ERROR or getattr(record, "is_report", False)
        return is_wanted and not record.name.startswith("django.security")

    def emit(self, record: logging.LogRecord) -> None:
        """Mail from a thread of its own: whoever logs an error does not wait for the mail."""
        now = time.monotonic()
        is_busy = self.thread is not None and self.thread.is_alive()
        if not settings.ADMINS or is_busy or now < self.next_try:
            return
        self.next_try = now + MINUTE
        said = without_secrets(record.getMessage())
        self.thread = threading.Thread(
            target=report, args=[" ".join(said.split())[:SUBJECT], text_of(record)], daemon=True
        )
        self.thread.start()

    def close(self) -> None:
        """Let a report that is on its way be sent before the process ends."""
        if self.thread is not None:
            self.thread.join(LONGEST_REPORT)
        super().close()


def text_of(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")
    number = request_id.get()
    lines = [
        f"{moment} {record.levelname} {record.name}{f', request {number}' if number else ''}",
        without_secrets(record.getMessage()),
        *places_of(record.exc_info[1] if record.exc_info else None),
        "",
        "Only the first error of an hour is mailed: the log of the site has all of them.",
        f"{settings.SITE_URL}/status says what is well now.",
    ]
    return "\n".join(lines)


def places_of(error: BaseException | None) -> list[str]:
    """Return the type of an exception and the lines of code that led to it, without its words."""
    if error is None:
        return []
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return ["", *places, f"{type(error).__module__}.{type(error).__qualname__}"]


def report(subject: str, text: str) -> None:
    """Mail the report, unless another one was mailed within the hour."""
    try:
        with noted().open("a+") as note:
            fcntl.flock(note, fcntl.LOCK_EX)
            if is_recent(note):
                return
            mail_admins(subject, text)
            note.truncate(0)
            note.write(str(time.time()))
    except (OSError, SMTPException, ValueError) as error:
        # No error, which would be reported.
        logger.warning("A report could not be mailed: %s", type(error).__name__)


def noted() -> Path:
    """Return the file in which the moment of the last report is noted, for all processes."""
    return Path(settings.DATA_DIR) / "last-report"


def is_recent(note: TextIO) -> bool:
    """Return whether a report was mailed within the hour; a clock put back does not count."""
    note.seek(0)
    try:
        last = float(note.read())
    except ValueError:
        return False
    return 0 <= time.time() - last < HOUR
