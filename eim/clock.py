"""Return the site's time: the real time, or that of a rehearsal (setting CLOCK)."""

from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    return timezone.now() + offset(settings.CLOCK)


@cache
def offset(clock: str) -> timedelta:
    """Return the difference to the real time, which the first start of the rehearsal fixed."""
    if not clock:
        return timedelta(0)
    # Not at the top: models cannot be imported while the apps load.
    from eim.models import ClockStart

    start, _ = ClockStart.objects.get_or_create(
        clock=clock, defaults={"started_at": timezone.now()}
    )
    return datetime.fromisoformat(clock) - start.started_at
