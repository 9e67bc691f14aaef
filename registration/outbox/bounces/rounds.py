"""Look into the mailbox of bounces, again and again: a job of the worker's housekeeping."""

import logging
import time

from django.conf import settings

from eim import clock
from registration.models import BounceMailbox
from registration.models.bounces import BounceKind
from registration.outbox.bounces.mailbox import (
    FAULTS,
    NEW,
    WAITING_FOR_A_PERSON,
    BounceInbox,
    NoLogin,
    fault_of,
    opened,
)
from registration.outbox.bounces.noting import note
from registration.outbox.bounces.reading import Report, read

logger = logging.getLogger(__name__)

# E-mails are sent by the same worker: after so many reports, or seconds, it is their turn.
MOST_AT_ONCE = 100
LONGEST_ROUND = 20
SEEN, FLAGGED = r"\Seen", r"\Flagged"


def read_bounces() -> bool:
    """Note what the mailbox reports; return whether more is left. Raises what it refuses."""
    if not settings.BOUNCE_MAILBOX:
        return False
    try:
        with opened(settings.BOUNCE_MAILBOX) as inbox:
            is_more_left = take_reports(inbox)
            left = len(inbox.uids(WAITING_FOR_A_PERSON))
    except (*FAULTS, NoLogin) as error:
        note_looking(fault=fault_of(error))
        raise
    note_looking(not_understood=left)
    return is_more_left


def take_reports(inbox: BounceInbox) -> bool:
    """Take what is new, until it is the turn of other work; return whether some is left."""
    ends_at = time.monotonic() + LONGEST_ROUND
    new = inbox.uids(NEW)
    for count, uid in enumerate(new[:MOST_AT_ONCE], start=1):
        take(inbox, uid)
        if time.monotonic() >= ends_at:
            return count < len(new)
    return len(new) > MOST_AT_ONCE


def take(inbox: BounceInbox, uid: bytes) -> None:
    """Note one e-mail, then mark it: a kill in between has it noted twice, which is harmless."""
    report = understood(inbox.raw(uid))
    inbox.mark(uid, SEEN if report and is_done(report) else FLAGGED)


def is_done(report: Report) -> bool:
    """Note what is reported; return whether nothing is left that a person should do there."""
    if report.kind is None:
        return True
    is_noted = note(report, clock.now()) is not None
    # Somebody may follow the link in a challenge.
    return is_noted and report.kind != BounceKind.CHALLENGE


def understood(raw: bytes) -> Report | None:
    """Read an e-mail; one that no program can read must not stop the others."""
    try:
        return read(raw)
    except Exception:
        # Without its trace: it may quote what people wrote.
        logger.warning("An e-mail in the mailbox of bounces cannot be read: it was flagged there")
        return None


def note_looking(**facts: object) -> None:
    defaults = {"not_understood": 0, "fault": "", "looked_at": clock.now()}
    if "fault" in facts:
        # How many waited is still the best that is known.
        del defaults["not_understood"]
    BounceMailbox.objects.update_or_create(pk=1, defaults=defaults | facts)
