"""Send one mail: render it, talk to the relay within a deadline, and tell what came of it."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db import InterfaceError, OperationalError
from django.utils import translation
from django.utils.translation import gettext

from programme.models import Meeting
from registration import mails
from registration.actions import suppressions
from registration.models import Message
from registration.models.messages import NOT_TO_BOUNCING
from registration.outbox.outcomes import (
    SENT,
    SKIPPED,
    Outcome,
    TooSlow,
    again,
    refused_at_the_door,
    refused_mail,
)

logger = logging.getLogger(__name__)

# Seconds for one mail: well below the lease, so that no other worker takes it meanwhile.
DEADLINE = 120
GOODBYE = 10
DATABASE_AWAY = (OperationalError, InterfaceError)
# ValueError: a host name, or an address, that cannot be written on the wire.
REFUSALS = (SMTPException, OSError, TooSlow, ValueError)


class NoConnection(Exception):
    """The relay could not be reached, or let nobody in; the cause says why."""


def send(message: Message) -> Outcome:
    """Send a mail without writing a row; raise only if the database is away."""
    with translation.override(organisers_language()):
        if not mails.is_still_true(message):
            return SKIPPED
        if suppressions.is_suppressed(message.mailbox):
            return replace(SKIPPED, error=gettext("We do not write to this address."))
        is_unwanted = suppressions.is_without_reminders
        if message.is_stopped_with_reminders and is_unwanted(message.mailbox):
            return replace(SKIPPED, error=gettext("This reader wants no reminders and no letters."))
        if message.kind in NOT_TO_BOUNCING and suppressions.is_bouncing(message.mailbox):
            return replace(SKIPPED, error=gettext("E-mails to this address come back."))
        try:
            mail = mails.render(message)
        except DATABASE_AWAY:
            raise
        except Exception:
            # A bug in one mail must not stop the others.
            logger.exception("Message %s could not be written", message.pk)
            return again(gettext("The e-mail could not be written: the worker's log says why."))
        return attempt(mail, message)


def organisers_language() -> str:
    meeting = Meeting.objects.first()
    return meeting.first_language if meeting else settings.LANGUAGE_CODE


def attempt(mail: EmailMessage, message: Message) -> Outcome:
    try:
        deliver(mail)
    except NoConnection as error:
        return refused_at_the_door(error.args[0])
    except REFUSALS as error:
        return refused_mail(error)
    except Exception:
        logger.exception("Message %s could not be sent", message.pk)
        return again(gettext("The e-mail could not be sent: the worker's log says why."))
    return SENT


def deliver(mail: EmailMessage) -> None:
    mailer = mailers.default
    try:
        with deadline(DEADLINE):
            # Opened here: a mailer that opens by itself also closes, and an error while closing
            # would make an accepted mail look refused.
            try:
                mailer.open()
            except REFUSALS as error:
                raise NoConnection(error) from error
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
