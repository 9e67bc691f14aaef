"""Outcomes of an attempt to send a mail, and whose fault it is if the relay did not take it."""

import re
import ssl
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from django.utils.translation import gettext

from eim.lib.logs import without_addresses
from registration.models import Message
from registration.models.messages import RETRY_AFTER
from registration.models.relay import RelayFault

ATTEMPTS = len(RETRY_AFTER) + 1
LONGEST_ANSWER = 300
# RFC 3463: bad address, mailbox or domain. Other refusals may be about the sender.
UNKNOWN_MAILBOX = re.compile(r"5\.1\.[0-3]\b")
# RFC 3463: the mail system (but for the size of a mail), or policy and safety.
ABOUT_US = re.compile(r"[45]\.(?:3\.(?!4\b)|7\.)\d+\b")
# RFC 5321 and 4954: the relay closes the connection, wants a login, does not accept ours.
GOES_AWAY, TOO_LARGE = 421, 552
WANTS_LOGIN = (530, 534, 535, 538, 454)


class TooSlow(Exception):
    """The deadline is over.

    Not an OSError: smtplib would take that for a lost connection and go on talking.
    """


class Blame(Enum):
    """The side that is at fault when a mail is refused."""

    RECIPIENT = "the recipient's, or of this one mail"
    RELAY = "the relay's: no other mail would get through"
    LIKELY_RELAY = "the relay's, unless others are accepted meanwhile"
    UNCLEAR = "the relay's if others are refused too"


@dataclass(frozen=True, kw_only=True)
class MailRefusal:
    """Why the relay did not take a mail; `answer` holds no e-mail address."""

    blame: Blame
    fault: RelayFault
    answer: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of one attempt; `DUE` means: try again."""

    state: Message.State
    error: str = ""
    is_unknown_mailbox: bool = False
    # Said of the mailbox, before the relay saw what is in the e-mail.
    is_of_mailbox: bool = False
    refusal: MailRefusal | None = None
    # None: the longer, the more attempts there were.
    wait: timedelta | None = None
    costs_attempt: bool = True

    @property
    def is_refused_by_recipient(self) -> bool:
        """Return whether the recipient's server refused it for good."""
        blame = self.refusal and self.refusal.blame
        return self.state == Message.State.FAILED and blame == Blame.RECIPIENT

    @property
    def is_with_recipient(self) -> bool:
        """Return whether it says something of the mailbox to which it was sent."""
        return self.state == Message.State.SENT or self.is_refused_by_recipient

    def after(self, attempts: int) -> "Outcome":
        """Return the outcome after so many attempts: the last one fails for good."""
        is_last = self.state == Message.State.DUE and self.costs_attempt and attempts >= ATTEMPTS
        return replace(self, state=Message.State.FAILED) if is_last else self


SENT = Outcome(state=Message.State.SENT)
SKIPPED = Outcome(state=Message.State.SKIPPED)


def again(error: str) -> Outcome:
    return Outcome(state=Message.State.DUE, error=error)


def final(error: str) -> Outcome:
    return Outcome(state=Message.State.FAILED, error=error)


def refused_at_the_door(error: Exception) -> Outcome:
    """Return the outcome of a connection, greeting or login that failed: no mail is to blame."""
    return refused(error, Blame.RELAY)


def refused_mail(error: Exception) -> Outcome:
    """Return the outcome of a mail that the relay did not take."""
    if isinstance(error, ValueError):
        return final(gettext("No e-mail can be sent to this address: it is not written correctly."))
    is_of_mailbox = isinstance(error, SMTPRecipientsRefused)
    outcome = replace(refused(error, blame_for(error)), is_of_mailbox=is_of_mailbox)
    code, text = code_and_text(error)
    if is_of_mailbox and code >= 500 and blame_for(error) == Blame.RECIPIENT:
        is_unknown = bool(UNKNOWN_MAILBOX.match(text))
        return replace(outcome, state=Message.State.FAILED, is_unknown_mailbox=is_unknown)
    return outcome


def refused(error: Exception, blame: Blame) -> Outcome:
    answer = answer_of(error)
    masked = " ".join(without_addresses(answer).split())[:LONGEST_ANSWER]
    refusal = MailRefusal(blame=blame, fault=fault_of(error), answer=masked)
    words = words_for(error)
    return replace(again(with_answer(words, answer) if answer else words), refusal=refusal)


def blame_for(error: Exception) -> Blame:
    """Tell whether the relay, or only this mail or its recipient, is the cause.

    A relay that has let us in may pass on what another server, or a filter, says of this one mail.
    """
    code, text = code_and_text(error)
    if not code:
        # It hung, died, or could not: that may be because of this mail.
        return Blame.UNCLEAR if is_slowness(error) or is_break(error) else Blame.RECIPIENT
    if code == GOES_AWAY or code in WANTS_LOGIN:
        return Blame.LIKELY_RELAY
    if isinstance(error, SMTPSenderRefused):
        is_size = code == TOO_LARGE or text.startswith(("5.3.4", "4.3.4"))
        return Blame.RECIPIENT if is_size else Blame.LIKELY_RELAY
    return Blame.UNCLEAR if ABOUT_US.match(text) else Blame.RECIPIENT


def fault_of(error: Exception) -> RelayFault:
    code, text = code_and_text(error)
    if isinstance(error, SMTPAuthenticationError) or code in WANTS_LOGIN:
        return RelayFault.LOGIN
    if isinstance(error, ssl.SSLError):
        return RelayFault.ENCRYPTION
    if is_slowness(error):
        return RelayFault.SLOW
    if code:
        return RelayFault.REFUSING
    if isinstance(error, SMTPException):
        return RelayFault.ENCRYPTION if is_without_tls(error) else RelayFault.BROKEN
    return RelayFault.UNREACHABLE


def is_without_tls(error: Exception) -> bool:
    return isinstance(error, SMTPNotSupportedError) and "STARTTLS" in str(error)


def words_for(error: Exception) -> str:
    """Say what happened, in the organisers' language."""
    match fault_of(error):
        case RelayFault.LOGIN:
            return gettext("The mail server does not accept our user name and password.")
        case RelayFault.ENCRYPTION:
            return gettext("No encrypted connection to the mail server can be made.")
        case RelayFault.SLOW:
            return gettext("The mail server did not answer in time.")
        case RelayFault.BROKEN:
            return gettext("The mail server broke off the connection.")
        case RelayFault.UNREACHABLE:
            return gettext("The mail server cannot be reached.")
    if isinstance(error, SMTPRecipientsRefused):
        return gettext("The mail server does not accept this address.")
    return gettext("The mail server did not accept the e-mail.")


def is_slowness(error: Exception) -> bool:
    """Return whether it is a time-out: smtplib calls that "disconnected"."""
    return any(isinstance(e, TooSlow | TimeoutError) for e in (error, error.__context__))


def is_break(error: Exception) -> bool:
    """Return whether the connection ended, rather than that something cannot be said in it."""
    return isinstance(error, SMTPServerDisconnected) or not isinstance(error, SMTPException)


def answer_of(error: Exception) -> str:
    """Return the code and the words of the relay, or of this machine, if there are any."""
    code, text = code_and_text(error)
    if code:
        return f"{code} {text}".strip()
    return "" if isinstance(error, SMTPException) or is_slowness(error) else str(error)


def code_and_text(error: Exception) -> tuple[int, str]:
    match error:
        case SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return code, decoded(text)
        case SMTPResponseException():
            return error.smtp_code, decoded(error.smtp_error)
    return 0, ""


def decoded(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def with_answer(words: str, answer: str) -> str:
    return f"{words} ({' '.join(answer.split())[:LONGEST_ANSWER]})"
