"""The outbox: a message is claimed, sent outside any transaction, then settled."""

import logging
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import translation
from django.utils.translation import gettext

from eim import clock
from programme.models import Meeting
from registration import mails
from registration.actions import suppressions
from registration.models import Message, Suppression
from registration.models.messages import LEASE, RETRY_AFTER, MessageQuerySet

logger = logging.getLogger(__name__)

# Seconds for one mail: well below the lease, so that no other worker takes it meanwhile.
DEADLINE = 120
GOODBYE = 10
ATTEMPTS = len(RETRY_AFTER) + 1
PAUSE = timedelta(seconds=5)
LONGEST_ANSWER = 300
# RFC 3463: bad address, mailbox or domain. Other refusals may be about the sender.
UNKNOWN_MAILBOX = re.compile(r"5\.1\.[0-3]\b")
DATABASE_AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of one attempt; `DUE` means: try again."""

    state: Message.State
    error: str = ""
    is_unknown_mailbox: bool = False

    def after(self, attempts: int) -> "Outcome":
        """Return the outcome after so many attempts: the last one fails for good."""
        is_last = self.state == Message.State.DUE and attempts >= ATTEMPTS
        return replace(self, state=Message.State.FAILED) if is_last else self


SENT = Outcome(state=Message.State.SENT)
SKIPPED = Outcome(state=Message.State.SKIPPED)


class TooSlow(Exception):
    """The deadline is over.

    Not an OSError: smtplib would take that for a lost connection and go on talking.
    """


def claim(now: datetime) -> Message | None:
    """Lease the next due message and return it; None without one, or at the relay's limit."""
    while message := Message.objects.next_due(now):
        if is_at_limit(message, now):
            return None
        if message.attempts >= ATTEMPTS:
            abandon(message)
        elif lease(message, now):
            message.refresh_from_db()
            return message
    return None


def is_at_limit(message: Message, now: datetime) -> bool:
    """Return whether the minute, the day, or the reminders' part of the day is used up."""
    attempts = Message.objects.attempts(now)
    is_over = attempts.is_minute_used_up or attempts.is_day_used_up
    return is_over or (message.is_to_everybody and attempts.are_reminders_used_up)


def lease(message: Message, now: datetime) -> bool:
    """Lease a message by one conditional UPDATE, which only one of several workers wins."""
    return bool(
        as_it_was(message).update(
            state=Message.State.LEASED,
            leased_until=now + LEASE,
            attempts=message.attempts + 1,
            attempted_at=now,
        )
    )


def as_it_was(message: Message) -> MessageQuerySet:
    """Filter the row, unless another worker has changed it since `message` was read."""
    return Message.objects.filter(
        pk=message.pk,
        state=message.state,
        attempts=message.attempts,
        leased_until=message.leased_until,
    )


def abandon(message: Message) -> None:
    """Give up a message whose last attempt killed the worker: it must not do so for ever."""
    with translation.override(organisers_language()):
        error = gettext("The worker stopped in the middle of the last attempt.")
    as_it_was(message).update(state=Message.State.FAILED, leased_until=None, last_error=error)


def send(message: Message) -> Outcome:
    """Send a mail without writing a row; raise only if the database is away."""
    with translation.override(organisers_language()):
        if not mails.is_still_true(message):
            return SKIPPED
        if suppressions.is_suppressed(message.mailbox):
            return replace(SKIPPED, error=gettext("We do not write to this address."))
        try:
            mail = mails.render(message)
        except DATABASE_AWAY:
            raise
        except Exception:
            # A bug in one mail must not stop the others.
            logger.exception("Message %s could not be written", message.pk)
            return again(gettext("The e-mail could not be written: the worker's log says why."))
        try:
            deliver(mail)
        except (SMTPException, OSError, TooSlow, ValueError) as error:
            return refusal(error)
        except Exception:
            logger.exception("Message %s could not be sent", message.pk)
            return again(gettext("The e-mail could not be sent: the worker's log says why."))
    return SENT


def organisers_language() -> str:
    meeting = Meeting.objects.first()
    return meeting.first_language if meeting else settings.LANGUAGE_CODE


def deliver(mail: EmailMessage) -> None:
    mailer = mailers.default
    try:
        with deadline(DEADLINE):
            # Opened here: a mailer that opens by itself also closes, and an error while closing
            # would make an accepted mail look refused.
            mailer.open()
            mailer.send_messages([mail])
    finally:
        with suppress(SMTPException, OSError, TooSlow), deadline(GOODBYE):
            mailer.close()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many seconds, be it a name look-up or a slow answer."""

    def stop(*_signal: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def refusal(error: Exception) -> Outcome:
    match error:
        case SMTPRecipientsRefused():
            code, answer = next(iter(error.recipients.values()))
            words = gettext("The mail server does not accept this address.")
            words = with_answer(words, f"{code} {decoded(answer)}")
            if code < 500:
                return again(words)
            is_unknown = bool(UNKNOWN_MAILBOX.match(decoded(answer)))
            return replace(final(words), is_unknown_mailbox=is_unknown)
        case SMTPResponseException():
            words = gettext("The mail server did not accept the e-mail.")
            return again(with_answer(words, f"{error.smtp_code} {decoded(error.smtp_error)}"))
        case ValueError():
            return final(
                gettext("No e-mail can be sent to this address: it is not written correctly.")
            )
        case SMTPException() if not is_slowness(error):
            return again(gettext("The mail server broke off the connection."))
        case _ if is_slowness(error):
            return again(gettext("The mail server did not answer in time."))
    return again(with_answer(gettext("The mail server cannot be reached."), str(error)))


def is_slowness(error: Exception) -> bool:
    """Return whether it is a time-out: smtplib calls that "disconnected"."""
    return any(isinstance(e, TooSlow | TimeoutError) for e in (error, error.__context__))


def with_answer(words: str, answer: str) -> str:
    return f"{words} ({' '.join(answer.split())[:LONGEST_ANSWER]})"


def decoded(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def again(error: str) -> Outcome:
    return Outcome(state=Message.State.DUE, error=error)


def final(error: str) -> Outcome:
    return Outcome(state=Message.State.FAILED, error=error)


def settle(message: Message, outcome: Outcome, now: datetime) -> bool:
    """Write the outcome; return False if the lease ended and another worker has the message."""
    outcome = outcome.after(message.attempts)
    facts: dict[str, object] = {"state": outcome.state, "last_error": outcome.error}
    if outcome.state == Message.State.DUE:
        facts["next_attempt_at"] = now + RETRY_AFTER[message.attempts - 1]
    if outcome.state == Message.State.SENT:
        facts["sent_at"] = now
    return bool(as_it_was(message).update(leased_until=None, **facts))


def reschedule(message: Message, now: datetime) -> bool:
    """Make a message due again, with all attempts; return False if it is being sent or done."""
    rows = Message.objects.filter(
        pk=message.pk, state__in=[Message.State.FAILED, Message.State.DUE]
    )
    return bool(rows.update(state=Message.State.DUE, attempts=0, next_attempt_at=now))


def send_next() -> Outcome | None:
    """Claim, send and settle one message; return None if nothing is to be sent now."""
    message = claim(clock.now())
    if message is None:
        return None
    outcome = send(message).after(message.attempts)
    settle_with_retries(message, outcome)
    if outcome.is_unknown_mailbox:
        suppressions.suppress(message.mailbox, Suppression.Reason.REFUSED)
    return outcome


def settle_with_retries(message: Message, outcome: Outcome) -> None:
    """Settle, and retry while the database is away: otherwise the mail would be sent twice."""
    while True:
        try:
            settle(message, outcome, clock.now())
            return
        except DATABASE_AWAY:
            if not message.leased_until or clock.now() + PAUSE >= message.leased_until:
                raise
            close_old_connections()
            time.sleep(PAUSE.total_seconds())
