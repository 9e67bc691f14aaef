"""Give each request a number, by which its lines are found in the logs."""

import random
import re
from contextvars import ContextVar

# What a proxy may have given: nothing that could forge a line or fill a log.
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

# Of the request that this thread works on.
request_id: ContextVar[str] = ContextVar("request_id", default="")


def sane_or_new(given: str | None) -> str:
    """Return the number that a proxy has given, or else a new one, which need not be a secret."""
    return given if given and SANE.fullmatch(given) else f"{random.getrandbits(64):016x}"
