"""Speak to the mailbox of bounces by IMAP, within limits of time and size.

What is unread and not flagged is new. What was understood becomes read, the rest is flagged and
stays unread for a person: so nothing is remembered here, and a kill loses nothing.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from imaplib import IMAP4, IMAP4_SSL

from registration.models.bounces import MailboxFault
from registration.outbox.delivery import deadline
from registration.outbox.outcomes import TooSlow

# Seconds for an answer of the server, and for all that is asked of it at one time.
PATIENCE, PATIENCE_IN_ALL = 10, 15
GOODBYE = 2
# The report and the head of what came back are at the beginning.
MOST_BYTES = 256 * 1024
NEW = "UNSEEN UNFLAGGED UNDELETED"
WAITING_FOR_A_PERSON = "UNSEEN FLAGGED UNDELETED"
FAULTS = (IMAP4.error, OSError, TooSlow, ValueError)


class NoLogin(Exception):
    """The mailbox does not accept our user name and password; the cause has its words."""


class BounceInbox:
    """An open mailbox of bounces."""

    def __init__(self, connection: IMAP4) -> None:
        self.connection = connection

    def uids(self, criteria: str) -> list[bytes]:
        """Return the numbers of e-mails, the oldest first."""
        with deadline(PATIENCE_IN_ALL):
            found: list[bytes] = self.ask("SEARCH", criteria)[0].split()
            return found

    def raw(self, uid: bytes) -> bytes:
        """Return the beginning of an e-mail, without marking it as read."""
        with deadline(PATIENCE_IN_ALL):
            answer = self.ask("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
        return next((part[1] for part in answer if isinstance(part, tuple)), b"")

    def mark(self, uid: bytes, flag: str) -> None:
        with deadline(PATIENCE_IN_ALL):
            self.ask("STORE", uid.decode(), "+FLAGS.SILENT", f"({flag})")

    def ask(self, command: str, *arguments: str) -> list:
        kind, answer = self.connection.uid(command, *arguments)
        if kind != "OK":
            raise IMAP4.error(f"{command}: {answer!r}")
        return answer


@contextmanager
def opened(address: dict) -> Iterator[BounceInbox]:
    """Open the mailbox, and close it in any case. Raises one of `FAULTS`, or `NoLogin`."""
    trusting = ssl.create_default_context()
    with deadline(PATIENCE_IN_ALL):
        connection = IMAP4_SSL(
            address["host"], address["port"], ssl_context=trusting, timeout=PATIENCE
        )
    try:
        with deadline(PATIENCE_IN_ALL):
            log_in(connection, address)
            connection.select(quoted(address["folder"]))
            if connection.state != "SELECTED":
                raise IMAP4.error(f"There is no folder {address['folder']}.")
        yield BounceInbox(connection)
    finally:
        # Not logout() alone: it would wait for a server that hangs.
        with suppress(*FAULTS), deadline(GOODBYE):
            connection.logout()
        with suppress(*FAULTS):
            connection.shutdown()


def log_in(connection: IMAP4, address: dict) -> None:
    try:
        connection.login(address["user"], address["password"])
    except IMAP4.abort:
        raise
    except IMAP4.error as error:
        raise NoLogin from error


def quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def fault_of(error: Exception) -> MailboxFault:
    """Return what is wrong with the mailbox."""
    if isinstance(error, NoLogin):
        return MailboxFault.LOGIN
    if isinstance(error, ssl.SSLError):
        return MailboxFault.ENCRYPTION
    if isinstance(error, TooSlow | TimeoutError):
        return MailboxFault.SLOW
    if isinstance(error, IMAP4.abort | ConnectionResetError | BrokenPipeError):
        return MailboxFault.BROKEN
    return MailboxFault.REFUSING if isinstance(error, IMAP4.error) else MailboxFault.UNREACHABLE
