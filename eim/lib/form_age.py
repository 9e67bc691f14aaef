"""Write into a form, signed, when it was opened, so that its age is known when it is sent."""

import secrets
from datetime import datetime

from django.core import signing

# Seconds: nobody fills a form in faster than FASTEST; SLOWEST is how long it may stay open.
FASTEST = 3
SLOWEST = 4 * 60 * 60
SALT = "programme.started"


def started_now(now: datetime) -> str:
    return signing.Signer(salt=SALT).sign(f"{now.timestamp():.0f}-{secrets.token_hex(8)}")


def age_of(started: str, now: datetime) -> float | None:
    """Return the seconds since the form was opened; None without a valid signature."""
    try:
        moment, _, _nonce = signing.Signer(salt=SALT).unsign(started).partition("-")
        return now.timestamp() - float(moment)
    except (signing.BadSignature, ValueError):
        return None
