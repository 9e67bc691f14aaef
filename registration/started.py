"""How long a form has been open: the moment travels with it, signed."""

from datetime import datetime

from django.core import signing

FASTEST = 3  # seconds: nobody reads and fills in the form in less
SLOWEST = 4 * 60 * 60
SALT = "registration.started"


def age_of(started: str, now: datetime) -> float | None:
    """Seconds since the form was opened; None for what this site did not sign."""
    try:
        return now.timestamp() - float(signing.Signer(salt=SALT).unsign(started))
    except (signing.BadSignature, ValueError):
        return None


def started_now(now: datetime) -> str:
    return signing.Signer(salt=SALT).sign(f"{now.timestamp():.0f}")
