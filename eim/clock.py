"""What time it is for the meeting: the real time, or that of a rehearsal (setting CLOCK)."""

from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    return timezone.now() + offset(settings.CLOCK)


@cache
def offset(clock: str) -> timedelta:
    """How far the site's clock is from the real one: fixed at the first start."""
    if not clock:
        return timedelta(0)
    from eim.models import (
        ClockStart,
    )  # the app registry is not ready when settings are read

    start, _ = ClockStart.objects.get_or_create(
        clock=clock, defaults={"started_at": timezone.now()}
    )
    return datetime.fromisoformat(clock) - start.started_at
