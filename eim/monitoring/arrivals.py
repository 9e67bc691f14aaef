"""Tell the doctor how its request arrived here: through how many proxies, by which scheme and name.

It asks `/healthz` with a header that SECRET_KEY signs and that is good for a minute. The answer is
about that request alone, and goes to nobody else.
"""

import time

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

from eim.monitoring.releases import code_version

HEADER = "X-Eim-Doctor"
FORWARDED = "X-Forwarded-For"
LIFETIME = 60
SALT = "eim.doctor"

type Arrival = dict[str, object]


def question(invented: str) -> dict[str, str]:
    """Return the headers of a visitor who invents an address: proxies write theirs behind it."""
    return {FORWARDED: invented, HEADER: TimestampSigner(salt=SALT).sign(invented)}


def arrival(request: HttpRequest) -> Arrival | None:
    """Return how the doctor's request arrived; None for everybody else's."""
    try:
        signed = request.headers.get(HEADER, "")
        invented = TimestampSigner(salt=SALT).unsign(signed, max_age=LIFETIME)
    except BadSignature:
        return None
    return {
        "version": code_version(),
        "time": time.time(),
        "proxies": proxies_behind(invented, request.headers.get(FORWARDED, "")),
        "trusted": settings.TRUSTED_PROXY_COUNT,
        "scheme": request.headers.get("X-Forwarded-Proto", ""),
        "is_secure": request.is_secure(),
        "host": request.headers.get("host", ""),
        "is_host_allowed": is_host_allowed(request),
    }


def proxies_behind(invented: str, forwarded: str) -> int:
    """Return how many addresses proxies have written; one may have thrown away what was there."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return len(hops) - 1 - hops.index(invented) if invented in hops else len(hops)


def is_host_allowed(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True
