"""What a link or a code in a mail proves: that its reader reads this mailbox."""

from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from programme.hashing import keyed_hash
from registration.models import Registration

CONFIRM = "registration.confirm"
OWN = "registration.own"
FRESH = "registration.fresh"
STOP = "registration.stop"

FRESH_SECONDS = 10 * 60  # of the real clock, whatever time it is in a rehearsal


@dataclass(frozen=True)
class Claim:
    """Of which registration a link speaks, and of which of its versions."""

    registration_id: int
    link_version: int


def confirm_token(registration: Registration) -> str:
    return _token(registration, CONFIRM)


def own_token(registration: Registration) -> str:
    return _token(registration, OWN)


def read(token: str, purpose: str) -> Claim | None:
    """None for whatever this site did not sign for this purpose."""
    try:
        registration_id, link_version = signing.Signer(salt=purpose).unsign_object(token)
        return Claim(int(registration_id), int(link_version))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def fresh_token(registration: Registration) -> str:
    """For what only the reader of the mailbox may do, just now: one's data, and their erasure."""
    return signing.TimestampSigner(salt=FRESH).sign_object(_value(registration))


def read_fresh(token: str) -> Claim | None:
    return _read_fresh(token, FRESH_SECONDS)


def read_stale(token: str) -> Claim | None:
    """Of one that was fresh at some time: enough to write to its mailbox, for nothing else."""
    return _read_fresh(token, None)


def stop_token(registration: Registration) -> str:
    """Names the mailbox, so that it serves as long as the registration is of that mailbox."""
    value = [registration.pk, _mailbox(registration)]
    return signing.Signer(salt=STOP).sign_object(value)


def read_stop(token: str) -> Registration | None:
    """The registration, if it is still of the mailbox that got this link."""
    try:
        registration_id, mailbox = signing.Signer(salt=STOP).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    registration = Registration.objects.filter(pk=registration_id, email_key__isnull=False).first()
    return registration if registration and _mailbox(registration) == mailbox else None


def code(registration: Registration) -> str:
    """Six digits that only the mail tells; others after every new `link_version`."""
    value = f"{registration.pk}:{registration.link_version}"
    digest = salted_hmac("registration.code", value, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def is_code_of(registration: Registration, typed: str) -> bool:
    return constant_time_compare(code(registration), typed)


def _read_fresh(token: str, seconds: int | None) -> Claim | None:
    try:
        value = signing.TimestampSigner(salt=FRESH).unsign_object(token, max_age=seconds)
        return Claim(*map(int, value))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _token(registration: Registration, purpose: str) -> str:
    return signing.Signer(salt=purpose).sign_object(_value(registration))


def _value(registration: Registration) -> list[int]:
    return [registration.pk, registration.link_version]


def _mailbox(registration: Registration) -> str:
    return keyed_hash("mailbox", registration.email_key or "")
