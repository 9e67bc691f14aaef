"""What a link or a code in a mail proves: that its reader reads this mailbox."""

from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from registration.models import Registration

CONFIRM = "registration.confirm"
OWN = "registration.own"


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


def code(registration: Registration) -> str:
    """Six digits that only the mail tells; others after every new `link_version`."""
    value = f"{registration.pk}:{registration.link_version}"
    digest = salted_hmac("registration.code", value, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def is_code_of(registration: Registration, typed: str) -> bool:
    return constant_time_compare(code(registration), typed)


def _token(registration: Registration, purpose: str) -> str:
    value = [registration.pk, registration.link_version]
    return signing.Signer(salt=purpose).sign_object(value)
