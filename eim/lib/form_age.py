"""How long a form has been open, and which one it is: both travel with it, signed."""

import secrets
from datetime import datetime

from django.core import signing

FASTEST = 3  # seconds: nobody reads and fills in the form in less
SLOWEST = 4 * 60 * 60
SALT = "programme.started"


def started_now(now: datetime) -> str:
    return signing.Signer(salt=SALT).sign(f"{now.timestamp():.0f}-{secrets.token_hex(8)}")


def age_of(started: str, now: datetime) -> float | None:
    """Seconds since the form was opened; None for what this site did not sign."""
    try:
        moment, _, _nonce = signing.Signer(salt=SALT).unsign(started).partition("-")
        return now.timestamp() - float(moment)
    except (signing.BadSignature, ValueError):
        return None
