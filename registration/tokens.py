"""Signed links and codes of mails: they prove that a person reads the mailbox."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from eim.lib.hashing import keyed_hash, keyed_hashes
from registration.models import NewsAddress, Registration
from registration.models.mailboxes import mailbox_of

CONFIRM = "registration.confirm"
OWN = "registration.own"
FRESH = "registration.fresh"
OPENED = "registration.opened"
STOP = "registration.stop"
STOP_REMINDERS = "registration.stop-reminders"
WITHDRAW = "registration.withdraw"
NEW_ADDRESS = "registration.new-address"
NEWS = "registration.news"

# By the real clock, also in a rehearsal. A form that was opened in time may be sent for longer.
FRESH_SECONDS = 10 * 60
OPENED_SECONDS = 60 * 60


@dataclass(frozen=True)
class Claim:
    """The registration of a link, and the versions of its links that the link has."""

    registration_id: int
    link_version: int
    # Only of the link to the person's data.
    fresh_version: int = 0


def confirm_token(registration: Registration) -> str:
    return _token(registration, CONFIRM)


def own_token(registration: Registration) -> str:
    return _token(registration, OWN)


def read(token: str, purpose: str) -> Claim | None:
    """Return the claim; None if this site did not sign the token for this purpose."""
    try:
        registration_id, link_version = signing.Signer(salt=purpose).unsign_object(token)
        return Claim(int(registration_id), int(link_version))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def fresh_token(registration: Registration) -> str:
    """Sign a token that is valid for ten minutes, and acts once: for the person's data."""
    return _timed(registration, FRESH)


def read_fresh(token: str) -> Claim | None:
    return _read_timed(token, FRESH, FRESH_SECONDS)


def read_stale(token: str) -> Claim | None:
    """Return the claim of a token of any age: enough to send a mail to its mailbox, no more."""
    return _read_timed(token, FRESH, None)


def opened_token(registration: Registration) -> str:
    """Sign into a form that it was opened while its link was fresh."""
    return _timed(registration, OPENED)


def read_opened(token: str) -> Claim | None:
    return _read_timed(token, OPENED, OPENED_SECONDS)


@dataclass(frozen=True)
class MailboxClaim:
    """The registration of a link, and the hash of the mailbox to which it was sent."""

    registration_id: int
    mailbox: str

    def is_of(self, email_key: str | None) -> bool:
        return email_key is not None and self.mailbox in keyed_hashes("mailbox", email_key)


def stop_token(registration: Registration, email_key: str | None = None) -> str:
    """Sign a token that never expires: a stranger may use it after the address was corrected.

    It is for all addresses of the mailbox: the next mail might go to another of them.
    """
    key = mailbox_of(email_key or registration.email_key or "")
    return _mailbox_token(registration, key, STOP)


def read_stop(token: str) -> MailboxClaim | None:
    return _read_mailbox(token, STOP)


def stop_reminders_token(registration: Registration | None, email_key: str | None = None) -> str:
    """Sign a token for all addresses of the mailbox that never expires, as `stop_token` does.

    A speaker who gets a letter may have no registration.
    """
    key = mailbox_of(email_key or (registration and registration.email_key) or "")
    return _mailbox_token(registration, key, STOP_REMINDERS)


def read_stop_reminders(token: str) -> MailboxClaim | None:
    return _read_mailbox(token, STOP_REMINDERS)


def withdraw_token(registration: Registration) -> str:
    """Sign a token for the reader of the mailbox, which newer answers do not invalidate."""
    return _mailbox_token(registration, registration.email_key or "", WITHDRAW)


def read_withdraw(token: str) -> MailboxClaim | None:
    return _read_mailbox(token, WITHDRAW)


def new_address_token(registration: Registration, email_key: str) -> str:
    return _mailbox_token(registration, email_key, NEW_ADDRESS)


def read_new_address(token: str) -> MailboxClaim | None:
    return _read_mailbox(token, NEW_ADDRESS)


@dataclass(frozen=True)
class NewsClaim:
    """The address for news of a link, and the version of its links that the link has."""

    address_id: int
    link_version: int


def news_token(address: NewsAddress) -> str:
    """Sign a token that never expires: it takes the address back."""
    return signing.Signer(salt=NEWS).sign_object([address.pk, address.link_version])


def read_news(token: str) -> NewsClaim | None:
    try:
        return NewsClaim(*map(int, signing.Signer(salt=NEWS).unsign_object(token)))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def code(registration: Registration) -> str:
    """Return the six digits of the mail, which change with `link_version`."""
    return _code(registration, settings.SECRET_KEY)


def is_code_of(registration: Registration, typed: str) -> bool:
    """Return whether a mail has this code, also one that was written under the key before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_code(registration, key), typed) for key in keys)


def _code(registration: Registration, key: str) -> str:
    value = f"{registration.pk}:{registration.link_version}"
    digest = salted_hmac("registration.code", value, key, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def _timed(registration: Registration, purpose: str) -> str:
    value = [*_value(registration), registration.fresh_version]
    return signing.TimestampSigner(salt=purpose).sign_object(value)


def _read_timed(token: str, purpose: str, seconds: int | None) -> Claim | None:
    try:
        value = signing.TimestampSigner(salt=purpose).unsign_object(token, max_age=seconds)
        return Claim(*map(int, value))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _token(registration: Registration, purpose: str) -> str:
    return signing.Signer(salt=purpose).sign_object(_value(registration))


def _value(registration: Registration) -> list[int]:
    return [registration.pk, registration.link_version]


def _mailbox_token(registration: Registration | None, email_key: str, purpose: str) -> str:
    value = [registration.pk if registration else 0, keyed_hash("mailbox", email_key)]
    return signing.Signer(salt=purpose).sign_object(value)


def _read_mailbox(token: str, purpose: str) -> MailboxClaim | None:
    try:
        registration_id, mailbox = signing.Signer(salt=purpose).unsign_object(token)
        return MailboxClaim(int(registration_id), str(mailbox))
    except (signing.BadSignature, ValueError, TypeError):
        return None
