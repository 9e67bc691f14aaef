"""How often one network or one mailbox may do something: counted in rows all processes share."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from registration.hashing import keyed_hash
from registration.models import Throttle

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def may_sign_up(network: str, now: datetime) -> bool:
    return take(f"sign-up:{network}", limit=settings.SIGNUPS_PER_NETWORK, period=HOUR, now=now)


def may_write_to(email_key: str, now: datetime) -> bool:
    """For mails that anybody can cause by typing an address into a form."""
    key = keyed_hash("mailbox", email_key)
    return take(f"mail:{key}", limit=settings.MAILS_PER_ADDRESS, period=DAY, now=now)


def take(what: str, *, limit: int, period: timedelta, now: datetime) -> bool:
    """Counts one more in this stretch of time; False, and not counted, beyond the limit."""
    key = keyed_hash("throttle", what)
    seconds = period.total_seconds()
    window = datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
    rows = Throttle.objects.filter(key=key, window_at=window)
    for _attempt in range(2):
        if rows.filter(count__lt=limit).update(count=F("count") + 1):
            return True
        if rows.exists() or limit < 1:
            return False
        try:
            with transaction.atomic():
                Throttle.objects.create(key=key, window_at=window)
            return True
        except IntegrityError:
            continue  # somebody else opened this window just now: count there
    return False


def forget_old_windows(now: datetime) -> int:
    return Throttle.objects.filter(window_at__lt=now - 2 * DAY).delete()[0]
