"""Write into a form, signed, when it was opened, so that its age is known when it is sent.

It is a hint of time and nothing else: strangers who open a cached page share it.
"""

from datetime import datetime

from django.core import signing

# Seconds: nobody fills a form in faster than FASTEST; SLOWEST is how long it may stay open.
FASTEST = 3
SLOWEST = 4 * 60 * 60
SALT = "programme.started"


def started_now(now: datetime) -> str:
    return signing.Signer(salt=SALT).sign(f"{now.timestamp():.0f}")


def age_of(started: str, now: datetime) -> float | None:
    """Return the seconds since the form was opened; None without a valid signature."""
    try:
        # Forms that were opened before a release of December 2026 have a random number behind it.
        moment, _, _number = signing.Signer(salt=SALT).unsign(started).partition("-")
        return now.timestamp() - float(moment)
    except (signing.BadSignature, ValueError):
        return None


def is_plausible(age: float | None) -> bool:
    """Return whether a person may have filled in a form in so many seconds."""
    return age is not None and FASTEST <= age <= SLOWEST
